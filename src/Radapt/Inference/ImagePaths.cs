using Microsoft.Extensions.FileSystemGlobbing;
using Radapt.Datasets.Matching;
using Radapt.Datasets.Published;

namespace Radapt.Inference;

/// <summary>Turns what people name into image files.</summary>
internal static class ImagePaths
{
    /// <summary>
    /// Files as they are; of folders every PNG, JPEG and DICOM file, at any depth and whatever its name, as tables are matched to them; of
    /// patterns (<c>scans/**/*.png</c>) every such file that matches. Sorted within each folder and pattern; no file twice.
    /// </summary>
    /// <param name="named">Files, folders, patterns.</param>
    /// <exception cref="RadaptException">A file is not there, or nothing was found.</exception>
    public static FoundImages Find(IReadOnlyList<string> named)
    {
        ArgumentNullException.ThrowIfNull(named);
        var passedOver = new PassedOverFiles();
        string[] found = [.. named.SelectMany(n => Expand(n, passedOver)).DistinctBy(Path.GetFullPath)];
        return found.Length > 0 ? new FoundImages(found, passedOver)
            : throw new RadaptException(
                $"{string.Join(", ", named)}: no images were found there. Give image files, folders with PNG, "
                    + "JPEG or DICOM files, or a pattern such as "
                    + $"'scans/*.png'. {passedOver.Line()}".TrimEnd());
    }

    private static IEnumerable<string> Expand(string named, PassedOverFiles passedOver)
    {
        if (File.Exists(named))
        {
            return [named];
        }

        if (Directory.Exists(named))
        {
            return ImageFolder.List(named, passedOver).Select(i => i.Path);
        }

        if (PublishedSource.Parse(named) is { } published)
        {
            throw new RadaptException(
                $"{named} is a labelled data set: name its image folders below {published.Folder}, or use radapt evaluate RUN "
                    + $"--data {named} --predictions FILE.csv.");
        }

        return named.Contains('*', StringComparison.Ordinal) ? Matches(named, passedOver)
            : throw new RadaptException($"{named}: there is no such image or folder, and no file matches such a pattern.");
    }

    private static IEnumerable<string> Matches(string pattern, PassedOverFiles passedOver)
    {
        string normal = pattern.Replace(Path.DirectorySeparatorChar, '/');
        int end = normal.LastIndexOf('/', normal.IndexOf('*', StringComparison.Ordinal)) + 1; // the folder before the first star
        string root = end == 0 ? "." : pattern[..end];
        if (!Directory.Exists(root))
        {
            return [];
        }

        var matcher = new Matcher(OperatingSystem.IsLinux() ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase);
        matcher.AddInclude(normal[end..]);
        return ImageFolder.List(root, passedOver, name => matcher.Match(name).HasMatches)
            .Select(i => end == 0 ? i.Name : root + i.Name);
    }
}
