namespace Radapt.Datasets.Matching;

/// <summary>
/// Finds files whose names a table spells otherwise than a file system that tells capitals apart: in other case, or in the other Unicode
/// form of letters with marks (tables mostly hold <c>ü</c> as one character, files that came from a Mac as two). Every folder is listed
/// once.
/// </summary>
internal sealed class FileSpellings
{
    private static readonly EnumerationOptions s_options = new() { IgnoreInaccessible = true };

    // By folder: what all spellings of an entry have in common, and the entry; null where there are several.
    private readonly Dictionary<string, Dictionary<string, string?>> _entries = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string?> _folders = new(StringComparer.Ordinal); // as the table spells them, and as they are

    /// <summary>The file's absolute path; null: there is none, or several differ in their spelling alone.</summary>
    /// <param name="root">Absolute path of a folder, which is spelled right.</param>
    /// <param name="name">Path relative to it, or an absolute one.</param>
    public string? Find(string root, string name)
    {
        string path = Path.GetFullPath(name.Replace('\\', Path.DirectorySeparatorChar), root);
        return Path.GetDirectoryName(path) is { } folder && Folder(folder) is { } found && Entry(found, Path.GetFileName(path)) is { } file
            && File.Exists(file) ? file : null;
    }

    // Folders that are spelled right need not be looked for.
    private string? Folder(string path)
    {
        if (!_folders.TryGetValue(path, out string? found))
        {
            found = Directory.Exists(path) ? path
                : Path.GetDirectoryName(path) is { } parent && Folder(parent) is { } above ? Entry(above, Path.GetFileName(path)) : null;
            _folders[path] = found;
        }

        return found;
    }

    private string? Entry(string folder, string name)
    {
        if (!Entries(folder).TryGetValue(Key(name), out string? entry))
        {
            return null;
        }

        string path = Path.Combine(folder, entry ?? name); // of several alike, only the one that is spelled right
        return entry is not null || Path.Exists(path) ? path : null;
    }

    private Dictionary<string, string?> Entries(string folder)
    {
        if (!_entries.TryGetValue(folder, out Dictionary<string, string?>? entries))
        {
            entries = _entries[folder] = new(StringComparer.Ordinal);
            foreach (string path in Directory.Exists(folder) ? Directory.EnumerateFileSystemEntries(folder, "*", s_options) : [])
            {
                string entry = Path.GetFileName(path);
                entries[Key(entry)] = entries.ContainsKey(Key(entry)) ? null : entry;
            }
        }

        return entries;
    }

    private static string Key(string name) => CanonicalLetters.Decomposed(name).ToUpperInvariant();
}
