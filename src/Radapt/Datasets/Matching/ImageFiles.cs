using Radapt.Datasets.Tables;

namespace Radapt.Datasets.Matching;

/// <summary>Where the images of a table are.</summary>
/// <param name="Root">The folder the names are relative to.</param>
/// <param name="Paths">Absolute path of every name.</param>
/// <param name="Exist">Whether a file is there.</param>
internal sealed record ImageFiles(string Root, IReadOnlyList<string> Paths, IReadOnlyList<bool> Exist)
{
    private const int ListFrom = 32;

    /// <summary>
    /// Looks for image files. Without an image root names are relative to the table's folder or, where it holds none of
    /// them, to <c>images</c> in it, which is noted.
    /// </summary>
    /// <exception cref="RadaptException">The root is not a folder, or holds none of the files.</exception>
    /// <param name="rows">Rows that name their images.</param>
    /// <param name="table">Their table or list.</param>
    /// <param name="o">The image root, and whether messages may show names.</param>
    /// <param name="notes">Receives a line to print.</param>
    public static ImageFiles Locate(IReadOnlyList<LabelRow> rows, string table, DataOptions o, ICollection<string> notes)
    {
        string[] names = [.. rows.Select(r => r.Name)];
        string? imageRoot = o.ImageRoot;
        string root = imageRoot ?? Path.GetDirectoryName(Path.GetFullPath(table))!;
        if (!Directory.Exists(root))
        {
            throw new RadaptException($"--image-root {root} is not a folder.");
        }

        ImageFiles files = In(Path.GetFullPath(root), names);
        if (names.Length == 0 || files.Exist.Any(e => e))
        {
            return files;
        }

        ImageFiles inside = In(Path.Combine(files.Root, "images"), names);
        bool found = inside.Exist.Any(e => e);
        if (found && imageRoot is null)
        {
            notes.Add($"{table}: image names are relative to {inside.Root}.");
            return inside;
        }

        string hint = found ? $"they are in {inside.Root}: pass --image-root {inside.Root}"
            : Similar(files.Paths[0]) is { } similar
            ? $"there is a file with the first name and the ending {Path.GetExtension(similar)}: write names with their ending"
            : "set --image-root to the folder the names are relative to";
        string first = o.PlainNames || !PatientPrivacy.MayName(rows) ? $" (first: {names[0]})" : "";
        throw new RadaptException($"{table}: none of the {names.Length} images is in {files.Root}{first}; {hint}.");
    }

    /// <summary>The share of names, 0 to 1, that <see cref="Locate"/> would find a file for; nothing is refused.</summary>
    public static double ShareThere(IReadOnlyList<string> names, string table, string? imageRoot)
    {
        string root = Path.GetFullPath(imageRoot ?? Path.GetDirectoryName(Path.GetFullPath(table))!);
        if (names.Count == 0 || !Directory.Exists(root))
        {
            return 0;
        }

        int there = In(root, names).Exist.Count(e => e);
        there = there > 0 || imageRoot is not null ? there : In(Path.Combine(root, "images"), names).Exist.Count(e => e);
        return there / (double)names.Count;
    }

    private static ImageFiles In(string root, IReadOnlyList<string> names)
    {
        var paths = new string[names.Count];
        for (int i = 0; i < paths.Length; i++)
        {
            // Tables from Windows write folders with a backslash.
            paths[i] = Path.GetFullPath(names[i].Replace('\\', Path.DirectorySeparatorChar), root);
        }

        bool[] exist = FindFiles(paths);
        var spellings = new FileSpellings();
        for (int i = 0; i < paths.Length; i++)
        {
            if (!exist[i] && spellings.Find(root, names[i]) is { } path)
            {
                (paths[i], exist[i]) = (path, true);
            }
        }

        return new ImageFiles(root, paths, exist);
    }

    /// <summary>Whether there are files of these absolute paths.</summary>
    public static bool[] FindFiles(IReadOnlyList<string> paths)
    {
        var exist = new bool[paths.Count];
        foreach (IGrouping<string, int> folder in Enumerable.Range(0, paths.Count)
            .GroupBy(i => Path.GetDirectoryName(paths[i]) ?? "", StringComparer.Ordinal))
        {
            int[] members = [.. folder];
            HashSet<string> listed = members.Length >= ListFrom ? List(folder.Key) : [];
            foreach (int i in members)
            {
                // One listing replaces a hundred thousand requests to a file server. What it lacks is asked for singly: on some file
                // systems a name matches in spite of other case or another Unicode form.
                exist[i] = listed.Contains(Path.GetFileName(paths[i])) || File.Exists(paths[i]);
            }
        }

        return exist;
    }

    private static HashSet<string> List(string folder)
    {
        if (!Directory.Exists(folder))
        {
            return [];
        }

        try
        {
            return Directory.EnumerateFiles(folder).Select(f => Path.GetFileName(f)).ToHashSet(StringComparer.Ordinal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RadaptException($"{folder} cannot be listed: {e.Message}", e);
        }
    }

    private static string? Similar(string path)
    {
        string? folder = Path.GetDirectoryName(path);
        return Path.GetExtension(path).Length == 0 && Directory.Exists(folder)
            ? Directory.EnumerateFiles(folder)
            .FirstOrDefault(f => Path.GetFileName(f).StartsWith(Path.GetFileName(path) + ".", StringComparison.Ordinal))
            : null;
    }
}
