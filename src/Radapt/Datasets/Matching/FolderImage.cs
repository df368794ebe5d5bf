using Radapt.Imaging.Dicom;

namespace Radapt.Datasets.Matching;

/// <summary>An image file, what its header says, and whether it is a radiograph that can be used.</summary>
/// <param name="Path">Absolute path.</param>
/// <param name="Name">Path relative to the image root, with <c>/</c>.</param>
internal sealed record FolderImage(string Path, string Name)
{
    // CR and DX are what the standard has for radiographs; DR and RG are written by older equipment and film scanners.
    private static readonly string[] s_radiographs = ["CR", "DX", "DR", "RG"];

    /// <summary>
    /// Its format by <see cref="FileKinds"/>, told when the header is read; null: not told yet, or neither an image nor a document.
    /// </summary>
    public string? Kind { get; private init; }

    /// <summary>Whose image it is; null: no DICOM file, or unreadable.</summary>
    public DicomIdentity? Identity { get; private init; }

    /// <summary>Why it is not used, such as <c>CT</c>; null: it is a radiograph, as far as can be told.</summary>
    public string? Refusal { get; private init; }

    /// <summary>Its header cannot be read, which is why it is refused.</summary>
    public bool IsUnreadable { get; private init; }

    /// <summary>No image at all, such as a report or a DICOMDIR; nobody misses it.</summary>
    public bool IsWithoutPixels => Identity is { Frames: 0 };

    /// <summary>Whether the file is, or by its name should be, an image of a format that is read.</summary>
    public bool IsImage => !IsWithoutPixels
        && (ImageNames.IsPngOrJpeg(Name) || (Kind is not null && FileKinds.Readable.Contains(Kind)));

    /// <summary>View as its header has it; null: not stated.</summary>
    public string? View => Identity?.View switch
    {
        DicomView.PosteroAnterior => "PA",
        DicomView.AnteroPosterior => "AP",
        DicomView.Lateral => "LAT",
        DicomView.Other => "OTHER",
        _ => null,
    };

    /// <summary>Whose image it is; null: not stated.</summary>
    public string? Patient => Identity is { PatientId.Length: > 0 } known ? known.PatientId : null;

    /// <summary>The examination; null: not stated.</summary>
    public string? Study => Identity is { StudyInstanceUid.Length: > 0 } known ? known.StudyInstanceUid : null;

    /// <summary>The day of the examination; null: not stated.</summary>
    public DateOnly? Date => Identity is { } known ? StudyDates.FromHeader(known.StudyDate) : null;

    /// <summary>The same with its header read, if it is a DICOM file; other files are told when they are decoded.</summary>
    public FolderImage WithHeader() => WithHeader(FileKinds.Tell(Path), () => DicomReader.ReadIdentity(Path));

    /// <summary>An image in memory with its header read; <see cref="Path"/> is its name.</summary>
    /// <param name="content">The content of the file.</param>
    /// <param name="name">What messages call it.</param>
    public static FolderImage FromMemory(ReadOnlyMemory<byte> content, string name) =>
        new FolderImage(name, name).WithHeader(FileKinds.Tell(content.Span, name), () => DicomReader.ReadIdentity(content, name));

    private FolderImage WithHeader(string? kind, Func<DicomIdentity> read)
    {
        if (kind != "DICOM")
        {
            return this with { Kind = kind };
        }

        try
        {
            DicomIdentity identity = read();
            return this with { Kind = kind, Identity = identity, Refusal = Refused(identity) };
        }
        catch (RadaptException e)
        {
            return this with { Kind = kind, Refusal = $"unreadable: {e.What.TrimEnd('.')}", IsUnreadable = true };
        }
    }

    private static string Shown(string modality) =>
        modality.Length == 0 || DicomCodes.IsModality(modality) ? modality : "of an unknown modality";

    private static string? Refused(DicomIdentity identity) =>
        identity.Frames == 0 ? $"{Shown(identity.Modality)} without pixels".TrimStart()
        : identity.Modality.Length > 0 && !s_radiographs.Contains(identity.Modality) ? Shown(identity.Modality)
        : identity.Frames > 1 ? "multi-frame"
        : null;
}
