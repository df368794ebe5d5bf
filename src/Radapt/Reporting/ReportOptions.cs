using Radapt.Imaging.Dicom.Codecs;

namespace Radapt.Reporting;

/// <summary>What a report shows.</summary>
internal sealed record ReportOptions
{
    /// <summary>Show the names of files and folders.</summary>
    public bool ShowsNames { get; init; }

    /// <summary>Of every finding, images of each kind of confident error to show, with heat maps; 0: none.</summary>
    public int Images { get; init; }

    /// <summary>Columns of the label table, or DICOM attributes, by whose values to show figures.</summary>
    public IReadOnlyList<string> Subgroups { get; init; } = [];

    /// <summary>Where DICOM files in JPEG-LS and JPEG 2000 are decoded for these pictures; null: in processes of its own.</summary>
    public CodecProcess? Codecs { get; init; }

    /// <summary>Threads for the intervals; 0: one per processor.</summary>
    public int Threads { get; init; }
}
