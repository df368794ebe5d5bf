using System.Globalization;

namespace Radapt.Datasets.Matching;

/// <summary>Counts the files of folders that are not images, or not of a format that is read. Names are not kept.</summary>
internal sealed class PassedOverFiles
{
    private readonly SortedDictionary<string, int> _kinds = new(StringComparer.Ordinal);

    /// <summary>Files of formats that are told and not read, by format: GIF, TIFF, WebP, ….</summary>
    public IReadOnlyDictionary<string, int> Kinds => _kinds;

    /// <summary>DICOM files without pixels: directories (DICOMDIR), reports, presentation states.</summary>
    public int WithoutPixels { get; private set; }

    /// <summary>All other files.</summary>
    public int Others { get; private set; }

    /// <summary>Counts a file that is not used.</summary>
    public void Add(FolderImage file)
    {
        if (file.IsWithoutPixels)
        {
            WithoutPixels++;
        }
        else if (file.Kind is { } kind)
        {
            _kinds[kind] = _kinds.GetValueOrDefault(kind) + 1;
        }
        else
        {
            Others++;
        }
    }

    /// <summary>A line to show; null: only files that nobody takes for radiographs were passed over.</summary>
    public string? Line() => _kinds.Count == 0 ? null : string.Create(CultureInfo.InvariantCulture,
        $"{_kinds.Values.Sum():N0} files in other formats are skipped: "
        + $"{string.Join(", ", _kinds.Select(k => $"{k.Value} {k.Key}"))}. Only PNG, JPEG and DICOM are read; convert them to PNG.");
}
