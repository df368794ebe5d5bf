namespace Radapt.Imaging.Dicom;

/// <summary>
/// Which image a DICOM file holds, and whose: enough to find it for a row of a table, whether or not Radapt could decode it. For matching
/// and
/// grouping alone; nothing of it is to be shown, logged or stored, and <see cref="ToString"/> gives only the kind of file.
/// </summary>
internal sealed record DicomIdentity
{
    // CHEST, THORAX, LUNG, RIB and HEART are terms of PS3.16, annex L; the others are what equipment is set to write in some languages.
    private static readonly string[] s_chest =
        ["CHEST", "THORA", "TORAX", "LUNG", "RIB", "HEART", "CXR", "BRUST", "POUMON", "PULM", "CARDI", "WHOLEBODY", "WHOLE BODY"];

    /// <summary>Empty: not stated.</summary>
    public required string PatientId { get; init; }

    /// <summary>Empty: not stated.</summary>
    public required string PatientName { get; init; }

    /// <summary>The examination; empty: not stated.</summary>
    public required string StudyInstanceUid { get; init; }

    /// <summary>This very image; empty: not stated.</summary>
    public required string SopInstanceUid { get; init; }

    /// <summary>The hospital's number of the examination; empty: not stated.</summary>
    public required string AccessionNumber { get; init; }

    /// <summary>Such as <c>CR</c>, <c>DX</c>, <c>CT</c>; empty: not stated.</summary>
    public required string Modality { get; init; }

    /// <summary>The part of the body that was examined, in capitals; empty: not stated.</summary>
    public required string BodyPart { get; init; }

    /// <summary>The header states a part of the body, and it is not the chest. Equipment writes more than the standard's terms.</summary>
    public bool IsOfOtherBodyPart => IsOther(BodyPart);

    /// <summary>Whether a part of the body, in capitals, is stated and is not the chest.</summary>
    public static bool IsOther(string bodyPart) =>
        bodyPart.Length > 0 && !s_chest.Any(c => bodyPart.Contains(c, StringComparison.Ordinal));

    /// <summary>Projection.</summary>
    public required DicomView View { get; init; }

    /// <summary>Images in the file; 0: it has no pixels, such as a report or a directory.</summary>
    public required long Frames { get; init; }

    /// <summary>Reads it from a file's elements.</summary>
    /// <exception cref="InvalidDataException">An element has a value that is not read.</exception>
    public static DicomIdentity From(DicomFile file)
    {
        DicomDataSet set = file.Elements;
        return new DicomIdentity
        {
            PatientId = set.Text(DicomTag.PatientId),
            PatientName = set.Text(DicomTag.PatientName),
            StudyInstanceUid = set.FirstText(DicomTag.StudyInstanceUid),
            SopInstanceUid = set.FirstText(DicomTag.SopInstanceUid),
            AccessionNumber = set.FirstText(DicomTag.AccessionNumber),
            Modality = set.FirstText(DicomTag.Modality).ToUpperInvariant(),
            BodyPart = set.FirstText(DicomTag.BodyPart).ToUpperInvariant(),
            View = DicomHeader.ViewOf(set),
            Frames = set.Find(DicomTag.PixelData) is null ? 0 : PixelFormat.FramesOf(set),
        };
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Modality} of {Frames} frames";
}
