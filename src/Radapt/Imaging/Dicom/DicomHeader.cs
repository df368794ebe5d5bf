namespace Radapt.Imaging.Dicom;

/// <summary>
/// What a DICOM file says about its image, as typed values. Those of the patient and the study are for matching and grouping; they are
/// not to be shown, logged or stored, and <see cref="ToString"/> leaves them out.
/// </summary>
internal sealed record DicomHeader
{
    // View codes: SNOMED RT as older files have them, SNOMED CT (CID 4010, 4007).
    private static readonly Dictionary<string, DicomView> s_viewCodes = new()
    {
        ["R-10206"] = DicomView.AnteroPosterior,
        ["399348003"] = DicomView.AnteroPosterior,
        ["R-10214"] = DicomView.PosteroAnterior,
        ["272479007"] = DicomView.PosteroAnterior,
        ["R-10228"] = DicomView.Lateral,
        ["R-10232"] = DicomView.Lateral,
        ["R-10236"] = DicomView.Lateral,
        ["399067008"] = DicomView.Lateral,
        ["399198007"] = DicomView.Lateral,
        ["399173006"] = DicomView.Lateral,
    };

    /// <summary>Whose image it is; empty: not stated.</summary>
    public required string PatientId { get; init; }

    /// <summary>The examination it belongs to; empty: not stated.</summary>
    public required string StudyInstanceUid { get; init; }

    /// <summary>The series it belongs to; empty: not stated.</summary>
    public required string SeriesInstanceUid { get; init; }

    /// <summary>This very image; empty: not stated.</summary>
    public required string SopInstanceUid { get; init; }

    /// <summary>The hospital's number of the examination; empty: not stated.</summary>
    public required string AccessionNumber { get; init; }

    /// <summary>What made it, such as <c>CR</c>, <c>DX</c>, <c>CT</c>, <c>MG</c>; empty: not stated.</summary>
    public required string Modality { get; init; }

    /// <summary>Maker of the equipment; empty: not stated.</summary>
    public required string Manufacturer { get; init; }

    /// <summary>The equipment; empty: not stated.</summary>
    public required string Model { get; init; }

    /// <summary>Part of the body, such as <c>CHEST</c>; empty: not stated.</summary>
    public required string BodyPart { get; init; }

    /// <summary>Projection.</summary>
    public required DicomView View { get; init; }

    /// <summary>Side of the body.</summary>
    public required DicomLaterality Laterality { get; init; }

    /// <summary>What the stored values mean.</summary>
    public required DicomPhotometric Photometric { get; init; }

    /// <summary>Size, bits and samples.</summary>
    public required PixelFormat Pixels { get; init; }

    /// <summary>How the pixels are stored.</summary>
    public required PixelCoding Coding { get; init; }

    /// <summary>One value a pixel, no palette.</summary>
    public bool IsGray => Photometric is DicomPhotometric.Monochrome1 or DicomPhotometric.Monochrome2;

    /// <summary>The header of a file.</summary>
    /// <exception cref="InvalidDataException">An element is missing, or of a value that is not read.</exception>
    public static DicomHeader From(DicomFile file)
    {
        DicomDataSet set = file.Elements;
        PixelFormat pixels = PixelFormat.From(file);
        return new DicomHeader
        {
            PatientId = set.Text(DicomTag.PatientId),
            StudyInstanceUid = set.FirstText(DicomTag.StudyInstanceUid),
            SeriesInstanceUid = set.FirstText(DicomTag.SeriesInstanceUid),
            SopInstanceUid = set.FirstText(DicomTag.SopInstanceUid),
            AccessionNumber = set.FirstText(DicomTag.AccessionNumber),
            Modality = set.FirstText(DicomTag.Modality).ToUpperInvariant(),
            Manufacturer = set.FirstText(DicomTag.Manufacturer),
            Model = set.FirstText(DicomTag.ManufacturerModel),
            BodyPart = set.FirstText(DicomTag.BodyPart).ToUpperInvariant(),
            View = ViewOf(set),
            Laterality = LateralityOf(set),
            Photometric = pixels.Photometric,
            Pixels = pixels,
            Coding = file.Syntax.Pixels,
        };
    }

    /// <summary>Size and kind; nothing of the patient.</summary>
    public override string ToString() => $"{Modality} {Photometric} {Pixels.Columns} x {Pixels.Rows}, {TransferSyntax.NameOf(Coding)}";

    internal static DicomView ViewOf(DicomDataSet set)
    {
        string position = set.FirstText(DicomTag.ViewPosition).ToUpperInvariant();
        string code = set.FirstItem(DicomTag.ViewCode)?.FirstText(DicomTag.CodeValue) ?? "";
        return position switch
        {
            "PA" => DicomView.PosteroAnterior,
            "AP" => DicomView.AnteroPosterior,
            "LL" or "RL" or "LAT" or "LATERAL" or "LLAT" or "RLAT" => DicomView.Lateral,
            _ => s_viewCodes.TryGetValue(code, out DicomView view) ? view
                : position.Length > 0 || code.Length > 0 ? DicomView.Other : DicomView.Unknown,
        };
    }

    private static DicomLaterality LateralityOf(DicomDataSet set)
    {
        string image = set.FirstText(DicomTag.ImageLaterality);
        return (image.Length > 0 ? image : set.FirstText(DicomTag.Laterality)).ToUpperInvariant() switch
        {
            "R" => DicomLaterality.Right,
            "L" => DicomLaterality.Left,
            "B" or "U" => DicomLaterality.Both,
            _ => DicomLaterality.Unknown,
        };
    }
}
