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
    private readonly Dictionary<string, Dictionary<string, string?>> _folders = new(StringComparer.Ordinal);

    /// <summary>The file's absolute path; null: there is none, or several differ in their spelling alone.</summary>
    /// <param name="root">Absolute path of a folder, which is spelled right.</param>
    /// <param name="name">Path relative to it, or an absolute one.</param>
    public string? Find(string root, string name)
    {
        string path = Path.GetFullPath(name.Replace('\\', Path.DirectorySeparatorChar), root);
        string start = Path.TrimEndingDirectorySeparator(root);
        bool isBelow = path.StartsWith(start + Path.DirectorySeparatorChar, StringComparison.Ordinal);
        string found = isBelow ? start : Path.GetPathRoot(path)!;
        foreach (string part in path[found.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            // Most folders are spelled right, and need not be listed.
            string same = Path.Combine(found, part);
            if (Path.Exists(same))
            {
                found = same;
            }
            else if (Entries(found).GetValueOrDefault(Key(part)) is { } entry)
            {
                found = Path.Combine(found, entry);
            }
            else
            {
                return null;
            }
        }

        return File.Exists(found) ? found : null;
    }

    private Dictionary<string, string?> Entries(string folder)
    {
        if (!_folders.TryGetValue(folder, out Dictionary<string, string?>? entries))
        {
            entries = _folders[folder] = new(StringComparer.Ordinal);
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
