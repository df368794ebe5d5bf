using Microsoft.Extensions.FileSystemGlobbing;
using Microsoft.Extensions.FileSystemGlobbing.Abstractions;
using Radapt.Datasets;
using Radapt.Datasets.Matching;
using Radapt.Datasets.Published;
using Radapt.Imaging.Dicom;

namespace Radapt.Inference;

/// <summary>Turns what people name into image files.</summary>
internal static class ImagePaths
{
    private static readonly HashSet<string> s_extensions = new(StringComparer.OrdinalIgnoreCase) { ".png", ".jpg", ".jpeg", ".dcm" };

    /// <summary>
    /// Files as they are; of folders every PNG, JPEG and .dcm file, at any depth; of patterns (<c>scans/**/*.png</c>) every file that
    /// matches.
    /// Sorted within each folder and pattern; no file twice.
    /// </summary>
    /// <param name="named">Files, folders, patterns.</param>
    /// <exception cref="RadaptException">A file is not there, or nothing was found.</exception>
    public static IReadOnlyList<string> Find(IReadOnlyList<string> named)
    {
        ArgumentNullException.ThrowIfNull(named);
        string[] found = [.. named.SelectMany(Expand).DistinctBy(Path.GetFullPath)];
        return found.Length > 0 ? found
            : throw new RadaptException(
                $"{string.Join(", ", named)}: no images there (PNG, JPEG or .dcm files of folders, or what "
                    + "a pattern such as 'scans/*.png' matches).");
    }

    /// <summary>Whether a file is DICOM, by its content or its name: such files are often named after patients.</summary>
    public static bool IsDicom(string path) => DicomReader.HasDicomName(path) || DicomReader.IsDicomFile(path);

    private static IEnumerable<string> Expand(string named)
    {
        if (File.Exists(named))
        {
            return [named];
        }

        if (Directory.Exists(named))
        {
            return FolderWalk.Files(named)
                .Where(f => s_extensions.Contains(Path.GetExtension(f))).Order(StringComparer.Ordinal);
        }

        if (PublishedSource.Parse(named) is { } published)
        {
            throw new RadaptException(
                $"{named} is labelled data, not images: name its image folders below {published.Folder}, or take radapt evaluate RUN "
                    + $"--data {named} --predictions FILE.csv.");
        }

        return named.Contains('*', StringComparison.Ordinal) ? Matches(named)
            : throw new RadaptException($"{named}: no such image, folder or pattern.");
    }

    private static IEnumerable<string> Matches(string pattern)
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
        return matcher.Execute(new DirectoryInfoWrapper(new DirectoryInfo(root))).Files
            .Select(f => end == 0 ? f.Path : root + f.Path).Order(StringComparer.Ordinal);
    }
}
