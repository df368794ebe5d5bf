namespace Radapt.Datasets.Matching;

/// <summary>The image files below a folder, with their DICOM headers: what rows of a table are matched to.</summary>
/// <param name="Root">Absolute path.</param>
/// <param name="Images">In the order of their names; reports and other DICOM files without pixels are left out.</param>
internal sealed record ImageFolder(string Root, IReadOnlyList<FolderImage> Images)
{
    private const int MostFiles = 1_000_000;
    private const int FilesAtOnce = 4096; // whose headers are in memory while a folder is listed

    /// <summary>The files of the folder that are not images, counted.</summary>
    public PassedOverFiles PassedOver { get; private init; } = new();

    /// <summary>Lists a folder at any depth and reads the headers, several at a time; no pixel is decoded.</summary>
    /// <param name="root">The folder.</param>
    /// <param name="progress">Told how many headers were read, of how many.</param>
    /// <exception cref="RadaptException">It is not a folder, cannot be listed, or holds absurdly many files.</exception>
    public static ImageFolder Read(string root, IProgress<(int Read, int Files)>? progress = null)
    {
        root = Path.GetFullPath(root);
        if (!Directory.Exists(root))
        {
            throw new RadaptException($"--image-root {root} is not a folder.");
        }

        var passedOver = new PassedOverFiles();
        return new ImageFolder(root, [.. List(root, passedOver, progress: progress)]) { PassedOver = passedOver };
    }

    /// <summary>
    /// The images of a folder as <see cref="Read"/> finds them, one after the other, so that a caller who keeps only paths needs no
    /// memory for the headers of a hundred thousand.
    /// </summary>
    /// <param name="root">The folder; paths begin with it as it is given.</param>
    /// <param name="passedOver">Counts the files that are not images.</param>
    /// <param name="isMeant">Whether a file is meant, by its name as in <see cref="FolderImage.Name"/>; null: all are.</param>
    /// <param name="progress">Told how many headers were read, of how many.</param>
    /// <exception cref="RadaptException">It cannot be listed, or holds absurdly many files.</exception>
    public static IEnumerable<FolderImage> List(string root, PassedOverFiles passedOver, Func<string, bool>? isMeant = null,
        IProgress<(int Read, int Files)>? progress = null)
    {
        IEnumerable<FolderImage> all = Files(root, isMeant);
        int count = all.TryGetNonEnumeratedCount(out int known) ? known : 0;
        int read = 0;
        foreach (FolderImage[] files in all.Chunk(FilesAtOnce))
        {
            foreach (FolderImage file in WithHeaders(files))
            {
                if (file.IsImage)
                {
                    yield return file;
                }
                else
                {
                    passedOver.Add(file);
                }
            }

            progress?.Report((read += files.Length, count));
        }
    }

    /// <summary>Images with their headers read, several at a time.</summary>
    public static FolderImage[] WithHeaders(IReadOnlyList<FolderImage> images, IProgress<(int Read, int Files)>? progress = null)
    {
        var read = new FolderImage[images.Count];
        int done = 0;
        Parallel.For(0, read.Length, i =>
        {
            read[i] = images[i].WithHeader();
            progress?.Report((Interlocked.Increment(ref done), read.Length));
        });
        return read;
    }

    private static IEnumerable<FolderImage> Files(string root, Func<string, bool>? isMeant)
    {
        string[] files;
        try
        {
            files = [.. FolderWalk.Files(root).Where(f => isMeant is null || isMeant(NameIn(root, f))).Take(MostFiles + 1)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RadaptException($"{root} cannot be listed: {e.Message}", e);
        }

        if (files.Length > MostFiles)
        {
            throw new RadaptException($"{root} contains more than {MostFiles:N0} files: name a folder that contains only the images.");
        }

        Array.Sort(files, StringComparer.Ordinal);
        return files.Select(f => new FolderImage(f, NameIn(root, f)));
    }

    private static string NameIn(string root, string file) => Path.GetRelativePath(root, file).Replace('\\', '/');
}
