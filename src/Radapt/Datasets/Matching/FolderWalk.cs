namespace Radapt.Datasets.Matching;

/// <summary>
/// The files below a folder, at any depth, links to folders followed. Every folder is listed once, by whichever ways it is reached: a link
/// to a folder above
/// it would otherwise list the same image until the system gives up.
/// </summary>
internal static class FolderWalk
{
    private const int MostLinks = 40; // on the way to one folder, as Linux has it

    private static readonly EnumerationOptions s_options = new()
    {
        IgnoreInaccessible = true,
        AttributesToSkip = FileAttributes.Hidden | FileAttributes.System,
    };

    /// <summary>
    /// Paths that begin with the root as given; ordinary folders first, then what links lead to. Hidden files and folders are passed over.
    /// </summary>
    /// <exception cref="IOException">The root cannot be listed.</exception>
    /// <exception cref="UnauthorizedAccessException">The root cannot be listed.</exception>
    public static IEnumerable<string> Files(string root)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal) { RealPath(root) };
        var folders = new Stack<string>([root]);
        var links = new Queue<string>();
        while (folders.Count > 0 || links.Count > 0)
        {
            if (folders.Count == 0)
            {
                string link = links.Dequeue();
                if (!seen.Add(RealPath(link)))
                {
                    continue;
                }

                folders.Push(link);
            }

            string folder = folders.Pop();
            foreach (FileSystemInfo entry in new DirectoryInfo(folder).EnumerateFileSystemInfos("*", s_options)
                .OrderBy(e => e.Name, StringComparer.Ordinal))
            {
                string path = Path.Combine(folder, entry.Name);
                if (!entry.Attributes.HasFlag(FileAttributes.Directory))
                {
                    yield return path;
                }
                else if (entry.LinkTarget is not null)
                {
                    links.Enqueue(path);
                }
                else if (seen.Add(RealPath(path)))
                {
                    folders.Push(path);
                }
            }
        }
    }

    // The path without links. Broken links and circles of links are left as they are: listing them says so.
    private static string RealPath(string path)
    {
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        for (int links = 0; links < MostLinks; links++)
        {
            string? resolved = WithoutFirstLink(full);
            if (resolved is null)
            {
                return full;
            }

            full = resolved;
        }

        return full;
    }

    private static string? WithoutFirstLink(string full)
    {
        string root = Path.GetPathRoot(full) ?? "";
        string prefix = root;
        string[] names = full[root.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries);
        for (int i = 0; i < names.Length; i++)
        {
            string parent = prefix;
            prefix = Path.Combine(prefix, names[i]);
            if (new DirectoryInfo(prefix).LinkTarget is { } target)
            {
                return Path.GetFullPath(Path.Combine([Path.Combine(parent, target), .. names[(i + 1)..]]));
            }
        }

        return null;
    }
}
