using System.Globalization;
using NetVips;
using Radapt.Compute;
using Radapt.Imaging.Dicom;

namespace Radapt.TestData.Dicom;

/// <summary>Gray pixels and what their header says: a radiograph as equipment would write it, of nobody.</summary>
internal sealed record DicomPhantom(int Rows, int Columns, int Bits, ushort[] Samples)
{
    private const string Compressed = DicomWriter.ImplicitLittleEndian + ".4.";
    private const string Rle = DicomWriter.ImplicitLittleEndian + ".5";

    /// <summary>Every transfer syntax that is read: a short name and its UID.</summary>
    public static IReadOnlyDictionary<string, string> Syntaxes { get; } = new Dictionary<string, string>
    {
        ["implicit"] = DicomWriter.ImplicitLittleEndian,
        ["explicit"] = DicomWriter.ExplicitLittleEndian,
        ["big-endian"] = DicomWriter.BigEndian,
        ["deflated"] = DicomWriter.Deflated,
        ["rle"] = Rle,
        ["jpeg-baseline"] = Compressed + "50",
        ["jpeg-extended"] = Compressed + "51",
        ["jpeg-lossless"] = Compressed + "57",
        ["jpeg-lossless-sv1"] = Compressed + "70",
        ["jpeg-ls"] = Compressed + "80",
        ["jpeg-ls-near"] = Compressed + "81",
        ["jpeg-2000-lossless"] = Compressed + "90",
        ["jpeg-2000"] = Compressed + "91",
    };

    /// <summary>MONOCHROME1: the stored values are inverted when the file is written.</summary>
    public bool IsInverted { get; init; }

    public bool IsSigned { get; init; }

    public string PatientId { get; init; } = "PHANTOM";

    public string PatientName { get; init; } = "Phantom^Of^Nobody";

    /// <summary>SpecificCharacterSet of the name, whose bytes are given as Latin-1; null: not stated.</summary>
    public string? CharacterSet { get; init; }

    /// <summary>Null: A and the study's UID.</summary>
    public string? Accession { get; init; }

    /// <summary>Day of the examination, <c>yyyyMMdd</c>; null: not stated.</summary>
    public string? StudyDate { get; init; }

    /// <summary>Copies of the pixels in a file that is not compressed; 0: one, in a header that states 0 frames.</summary>
    public int Frames { get; init; } = 1;

    public string StudyUid { get; init; } = "1.2.3";

    public string InstanceUid { get; init; } = "1.2.3.4";

    public string View { get; init; } = "PA";

    public string Modality { get; init; } = "DX";

    /// <summary>BodyPartExamined; null: not stated.</summary>
    public string? BodyPart { get; init; }

    /// <summary>PresentationLUTShape; null: not stated.</summary>
    public string? LutShape { get; init; }

    /// <summary>Further elements of text before the pixels' own, such as a date of birth; their bytes are given as Latin-1.</summary>
    public IReadOnlyList<(DicomTag Tag, string Vr, string Text)> More { get; init; } = [];

    /// <summary>Window centre and width; null: none.</summary>
    public (double Center, double Width)? Window { get; init; }

    public (double Slope, double Intercept)? Rescale { get; init; }

    /// <summary>Smooth shapes with noise, which compress about as radiographs do.</summary>
    public static DicomPhantom Draw(int rows, int columns, int bits, long seed)
    {
        var random = new KeyedRandom(seed, RandomPurpose.Phantom);
        int top = (1 << bits) - 1;
        var samples = new ushort[rows * columns];
        for (int i = 0; i < samples.Length; i++)
        {
            double x = (i % columns / (double)columns) - 0.5;
            double y = (i / columns / (double)rows) - 0.5;
            double level = 0.5 + (0.3 * Math.Cos(6 * x)) - (0.2 * y) + (0.05 * Math.Sin(40 * y)) + (0.006 * random.NextGaussian());
            samples[i] = (ushort)(top * Math.Clamp(level, 0, 1));
        }

        return new DicomPhantom(rows, columns, bits, samples);
    }

    /// <summary>A phantom of 8-bit gray levels, spread over more bits.</summary>
    public static DicomPhantom Draw(byte[] gray, int side, int bits) =>
        new(side, side, bits, [.. gray.Select(g => (ushort)(((g << 8) | g) >> (16 - bits)))]);

    /// <summary>The file in a transfer syntax of <see cref="Syntaxes"/>.</summary>
    public byte[] ToFile(string syntax)
    {
        bool isNative = syntax is "implicit" or "explicit" or "big-endian" or "deflated";
        bool isBigEndian = syntax == "big-endian";
        int bits = syntax == "jpeg-baseline" ? 8 : syntax == "jpeg-extended" ? Math.Min(Bits, 12) : Bits;
        ushort[] stored = [.. Samples.Select(s => (ushort)((IsInverted ? ((1 << Bits) - 1 - s) : s) >> (Bits - bits)))];
        DicomWriter file = Header(new DicomWriter(syntax != "implicit", isBigEndian), bits);
        if (isNative)
        {
            byte[] frame = Native(stored, bits, isBigEndian);
            file.Element(DicomTag.PixelData, bits > 8 ? "OW" : "OB", [.. Enumerable.Repeat(frame, Math.Max(1, Frames)).SelectMany(f => f)]);
        }
        else
        {
            file.Fragments([], Encode(syntax, stored, bits));
        }

        return file.ToFile(Syntaxes[syntax]);
    }

    private DicomWriter Header(DicomWriter file, int bits)
    {
        (DicomTag Tag, string Vr, string? Text)[] texts =
        [
            (DicomTag.SpecificCharacterSet, "CS", CharacterSet), (DicomTag.SopInstanceUid, "UI", InstanceUid),
            (DicomTag.AccessionNumber, "SH", Accession ?? "A" + StudyUid), (DicomTag.Modality, "CS", Modality),
            (DicomTag.Manufacturer, "LO", "Phantoms"), (DicomTag.PatientName, "PN", PatientName), (DicomTag.PatientId, "LO", PatientId),
            (DicomTag.BodyPart, "CS", BodyPart), (DicomTag.StudyDate, "DA", StudyDate),
            (DicomTag.ViewPosition, "CS", View), (DicomTag.StudyInstanceUid, "UI", StudyUid),
            .. More.Select(m => (m.Tag, m.Vr, (string?)m.Text)),
        ];
        foreach ((DicomTag tag, string vr, string? text) in texts.OrderBy(t => (t.Tag.Group, t.Tag.Element)))
        {
            if (text is not null)
            {
                file.Text(tag, vr, text);
            }
        }

        file.Words(DicomTag.SamplesPerPixel, 1).Text(DicomTag.Photometric, "CS", IsInverted ? "MONOCHROME1" : "MONOCHROME2");
        if (Frames != 1)
        {
            file.Text(DicomTag.Frames, "IS", Frames.ToString(CultureInfo.InvariantCulture));
        }

        file.Words(DicomTag.Rows, (ushort)Rows).Words(DicomTag.Columns, (ushort)Columns)
            .Words(DicomTag.BitsAllocated, (ushort)(bits > 8 ? 16 : 8)).Words(DicomTag.BitsStored, (ushort)bits)
            .Words(DicomTag.HighBit, (ushort)(bits - 1)).Words(DicomTag.PixelRepresentation, (ushort)(IsSigned ? 1 : 0));
        if (Window is var (center, width))
        {
            file.Text(DicomTag.WindowCenter, "DS", Number(center) + "\\1").Text(DicomTag.WindowWidth, "DS", Number(width) + "\\2");
        }

        if (Rescale is var (slope, intercept))
        {
            file.Text(DicomTag.RescaleIntercept, "DS", Number(intercept)).Text(DicomTag.RescaleSlope, "DS", Number(slope));
        }

        TextIfStated(file, DicomTag.PresentationLutShape, "CS", LutShape);
        return file;
    }

    private static void TextIfStated(DicomWriter file, DicomTag tag, string vr, string? text)
    {
        if (text is not null)
        {
            file.Text(tag, vr, text);
        }
    }

    private static byte[] Native(ushort[] stored, int bits, bool isBigEndian) => bits <= 8
        ? isBigEndian || stored.Length % 2 == 0 ? [.. stored.Select(s => (byte)s)] : [.. stored.Select(s => (byte)s), 0]
        : [.. stored.SelectMany(s => isBigEndian ? new[] { (byte)(s >> 8), (byte)s } : [(byte)s, (byte)(s >> 8)])];

    private byte[] Encode(string syntax, ushort[] stored, int bits) => syntax switch
    {
        "rle" => RleEncoder.Encode(stored, 1, bits > 8 ? 2 : 1),
        "jpeg-baseline" => Jpeg(stored),
        "jpeg-extended" => JpegExtendedEncoder.Encode(stored, Columns, Rows, bits),
        "jpeg-lossless" => new JpegLosslessEncoder(Columns, Rows, bits) { Predictor = 6 }.Encode(stored),
        "jpeg-lossless-sv1" => new JpegLosslessEncoder(Columns, Rows, bits).Encode(stored),
        "jpeg-ls" or "jpeg-ls-near" => CharLsEncoder.Encode(stored, Columns, Rows, bits, syntax == "jpeg-ls" ? 0 : 2),
        _ => OpenJpegEncoder.Encode(stored, Columns, Rows, bits),
    };

    private byte[] Jpeg(ushort[] stored)
    {
        byte[] gray = [.. stored.Select(s => (byte)s)];
        using Image image = Image.NewFromMemory(gray, Columns, Rows, 1, Enums.BandFormat.Uchar);
        return image.JpegsaveBuffer(q: 90);
    }

    private static string Number(double value) => value.ToString(CultureInfo.InvariantCulture);
}
