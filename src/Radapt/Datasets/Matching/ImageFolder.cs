namespace Radapt.Datasets.Matching;

/// <summary>The image files below a folder, with their DICOM headers: what rows of a table are matched to.</summary>
/// <param name="Root">Absolute path.</param>
/// <param name="Images">In the order of their names; reports and other DICOM files without pixels are left out.</param>
internal sealed record ImageFolder(string Root, IReadOnlyList<FolderImage> Images)
{
    private const int MostFiles = 1_000_000;

    /// <summary>Lists a folder at any depth and reads the headers, several at a time; no pixel is decoded.</summary>
    /// <param name="root">The folder.</param>
    /// <param name="progress">Told how many headers were read, of how many.</param>
    /// <exception cref="RadaptException">It is no folder, cannot be listed, or holds absurdly many files.</exception>
    public static ImageFolder Read(string root, IProgress<(int Read, int Files)>? progress = null)
    {
        root = Path.GetFullPath(root);
        if (!Directory.Exists(root))
        {
            throw new RadaptException($"--image-root {root} is not a folder.");
        }

        string[] files;
        try
        {
            files = [.. FolderWalk.Files(root).Take(MostFiles + 1)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RadaptException($"{root} cannot be listed: {e.Message}", e);
        }

        if (files.Length > MostFiles)
        {
            throw new RadaptException($"{root} holds more than {MostFiles:N0} files: set --image-root to the folder of the images.");
        }

        Array.Sort(files, StringComparer.Ordinal);
        FolderImage[] images = WithHeaders(
            [.. files.Select(f => new FolderImage(f, Path.GetRelativePath(root, f).Replace('\\', '/')))], progress);
        return new ImageFolder(root, [.. images.Where(IsImage)]);
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

    private static bool IsImage(FolderImage image) =>
        !image.IsWithoutPixels && (image.Identity is not null || image.Refusal is not null || ImageNames.IsPngOrJpeg(image.Name));
}
