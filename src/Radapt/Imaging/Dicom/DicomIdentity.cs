namespace Radapt.Imaging.Dicom;

/// <summary>
/// Which image a DICOM file holds, and whose: enough to find it for a row of a table, whether or not Radapt could decode it. For matching
/// and
/// grouping alone; nothing of it is to be shown, logged or stored, and <see cref="ToString"/> gives only the kind of file.
/// </summary>
internal sealed record DicomIdentity
{
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

    /// <summary>Projection.</summary>
    public required DicomView View { get; init; }

    /// <summary>Part of the body, such as <c>CHEST</c>; empty: not stated.</summary>
    public string BodyPart { get; init; } = "";

    /// <summary>Day of the examination, else of the image, as <c>yyyyMMdd</c>; empty: not stated.</summary>
    public string Date { get; init; } = "";

    /// <summary>
    /// Photometric Interpretation and Presentation LUT Shape contradict each other on whether the smallest value is white (PS3.3,
    /// C.11.6.1), so that nobody can tell whether the picture is shown inverted.
    /// </summary>
    public bool HasContradictoryGray { get; init; }

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
            View = DicomHeader.ViewOf(set),
            BodyPart = set.FirstText(DicomTag.BodyPart).ToUpperInvariant(),
            Date = new[] { DicomTag.StudyDate, DicomTag.AcquisitionDate, DicomTag.ContentDate }.Select(set.FirstText)
                .FirstOrDefault(d => d.Length > 0, ""),
            HasContradictoryGray = (set.FirstText(DicomTag.Photometric), set.FirstText(DicomTag.PresentationLutShape))
                is ("MONOCHROME1", "IDENTITY") or ("MONOCHROME2", "INVERSE"),
            Frames = set.Find(DicomTag.PixelData) is null ? 0 : PixelFormat.FramesOf(set),
        };
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Modality} of {Frames} frames";
}
