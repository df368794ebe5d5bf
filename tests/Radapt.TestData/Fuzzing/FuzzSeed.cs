using System.Globalization;
using System.IO.Compression;
using System.Text;
using NetVips;
using Radapt.Imaging.Dicom;
using Radapt.TestData.Dicom;

namespace Radapt.TestData.Fuzzing;

/// <summary>Which reader an input is for.</summary>
internal enum FuzzKind
{
    Dicom,
    Image,
    Table,
    List,
}

/// <summary>A sound file to be damaged.</summary>
/// <param name="Name">For reports; its ending is that of the file.</param>
/// <param name="Kind">Which reader reads it.</param>
/// <param name="Bytes">The file.</param>
internal sealed record FuzzSeed(string Name, FuzzKind Kind, byte[] Bytes)
{
    private const string Table = """
        image,patient,split,Effusion,Cardiomegaly,class,age
        a.png,P1,train,1,0,2,53
        "b, with comma.png",P2,train,0,1,3,60
        c.png,P2,val,,1,4,41
        d.png,P3,test,0,0,2,"7 ""years"" old"

        """;

    private const string List = "a.png 0 1 0\nfolder/b.png 1 0 0\r\nc.png 0 0 1 \nd.png 1 1 1";

    /// <summary>Small files of every kind; those of codecs that are not installed are left out.</summary>
    public static IReadOnlyList<FuzzSeed> All() => [.. DicomFiles(), .. Images(), .. Tables()];

    private static IEnumerable<FuzzSeed> DicomFiles()
    {
        foreach ((string syntax, int i) in DicomPhantom.Syntaxes.Keys.Select((s, i) => (s, i)))
        {
            DicomPhantom phantom = DicomPhantom.Draw(33, 37, syntax == "jpeg-baseline" ? 8 : 12, seed: i) with
            {
                IsInverted = i % 2 == 0,
                Window = i % 3 == 0 ? null : syntax == "jpeg-baseline" ? (125, 190) : (2000, 3000),
                Rescale = i % 4 == 0 ? (0.5, -1024) : null,
            };
            byte[]? file = TryEncode(phantom, syntax);
            if (file is not null)
            {
                yield return new FuzzSeed($"{syntax}.dcm", FuzzKind.Dicom, file);
            }
        }

        yield return new FuzzSeed("tables.dcm", FuzzKind.Dicom, WithTables(isDefined: true));
        yield return new FuzzSeed("tables-undefined.dcm", FuzzKind.Dicom, WithTables(isDefined: false));
        yield return new FuzzSeed("palette.dcm", FuzzKind.Dicom, Palette());
        yield return new FuzzSeed("colour.dcm", FuzzKind.Dicom, Colour("YBR_FULL_422", 2));
        yield return new FuzzSeed("bare.dcm", FuzzKind.Dicom, Colour("RGB", 3)[(128 + 4)..]);
        var restarts = new JpegLosslessEncoder(21, 24, 12) { Predictor = 4, RestartRows = 5, PointTransform = 1 };
        DicomWriter lossless = Header(24, 21, 1, 12, "MONOCHROME2")
            .Fragments([0], restarts.Encode(DicomPhantom.Draw(24, 21, 12, 99).Samples));
        yield return new FuzzSeed("restarts.dcm", FuzzKind.Dicom, lossless.ToFile(DicomPhantom.Syntaxes["jpeg-lossless"]));
        for (int predictor = 1; predictor <= 7; predictor++)
        {
            yield return new FuzzSeed($"colour-lossless-{predictor}.dcm", FuzzKind.Dicom, ColourLossless(predictor));
        }

        foreach (string function in (string[])["SIGMOID", "LINEAR_EXACT"])
        {
            yield return new FuzzSeed($"{function.ToLowerInvariant()}.dcm", FuzzKind.Dicom, Windowed(function));
        }

        yield return new FuzzSeed("planes.dcm", FuzzKind.Dicom, Colour("RGB", 3, planes: 1));
        byte[] frame = RleEncoder.Encode(DicomPhantom.Draw(24, 21, 12, 7).Samples, 1, 2);
        DicomWriter frames = Header(24, 21, 1, 12, "MONOCHROME2", frames: 2)
            .Fragments([0, (uint)frame.Length + 8], frame[..64], frame[64..], frame);
        yield return new FuzzSeed("frames.dcm", FuzzKind.Dicom, frames.ToFile(DicomPhantom.Syntaxes["rle"]));
    }

    private static IEnumerable<FuzzSeed> Images()
    {
        byte[] pixels = [.. DicomPhantom.Draw(24, 63, 8, 1).Samples.Select(s => (byte)s)];
        using Image gray = Image.NewFromMemory(pixels, 63, 24, 1, Enums.BandFormat.Uchar);
        using Image colour = Image.NewFromMemory(pixels, 21, 24, 3, Enums.BandFormat.Uchar);
        using Image wide = gray.Linear([257.0], [0.0]).Cast(Enums.BandFormat.Ushort).Copy(interpretation: Enums.Interpretation.Grey16);
        yield return new FuzzSeed("gray.png", FuzzKind.Image, gray.PngsaveBuffer());
        yield return new FuzzSeed("palette.png", FuzzKind.Image, colour.PngsaveBuffer(palette: true));
        yield return new FuzzSeed("16-bit.png", FuzzKind.Image, wide.PngsaveBuffer(bitdepth: 16, interlace: true));
        using Image clear = colour.Bandjoin(255);
        using Image deep = colour.Linear([257.0], [0.0]).Cast(Enums.BandFormat.Ushort).Bandjoin(65535)
            .Copy(interpretation: Enums.Interpretation.Rgb16);
        yield return new FuzzSeed("alpha.png", FuzzKind.Image, clear.PngsaveBuffer());
        yield return new FuzzSeed("16-bit-alpha.png", FuzzKind.Image, deep.PngsaveBuffer(bitdepth: 16));
        yield return new FuzzSeed("1-bit.png", FuzzKind.Image, (gray > 160).PngsaveBuffer(bitdepth: 1));
        yield return new FuzzSeed("gray.jpg", FuzzKind.Image, gray.JpegsaveBuffer());
        yield return new FuzzSeed("progressive.jpg", FuzzKind.Image, colour.JpegsaveBuffer(interlace: true));
    }

    private static IEnumerable<FuzzSeed> Tables()
    {
        yield return new FuzzSeed("table.csv", FuzzKind.Table, Encoding.UTF8.GetBytes(Table));
        yield return new FuzzSeed("table.tsv", FuzzKind.Table,
            [.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(Table.Replace(',', '\t'))]);
        yield return new FuzzSeed("semicolons.csv", FuzzKind.Table,
            Encoding.Latin1.GetBytes(Table.Replace(',', ';').Replace(";age", ";\u00e4ge", StringComparison.Ordinal)));
        yield return new FuzzSeed("utf16.csv", FuzzKind.Table, [.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes(Table)]);
        yield return new FuzzSeed("table.csv.gz", FuzzKind.Table, Packed(Table));
        yield return new FuzzSeed("list.txt", FuzzKind.List, Encoding.UTF8.GetBytes(List));
        yield return new FuzzSeed("classes.txt", FuzzKind.List, Encoding.UTF8.GetBytes("a.png 0\nb.png 1\nc.png 2\n"));
        yield return new FuzzSeed("list.txt.gz", FuzzKind.List, Packed(List));
    }

    private static byte[] Packed(string text)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal))
        {
            gzip.Write(Encoding.UTF8.GetBytes(text));
        }

        return packed.ToArray();
    }

    private static byte[]? TryEncode(DicomPhantom phantom, string syntax)
    {
        try
        {
            return phantom.ToFile(syntax);
        }
        catch (DllNotFoundException)
        {
            return null;
        }
    }

    private static DicomWriter Header(ushort rows, ushort columns, ushort samples, ushort bits, string photometric, ushort planes = 0,
        int frames = 1) => new DicomWriter()
        .Text(DicomTag.Modality, "CS", "CR").Text(DicomTag.PatientId, "LO", "NOBODY").Words(DicomTag.SamplesPerPixel, samples)
        .Text(DicomTag.Photometric, "CS", photometric).Words(DicomTag.PlanarConfiguration, planes)
        .Text(DicomTag.Frames, "IS", frames.ToString(CultureInfo.InvariantCulture))
        .Words(DicomTag.Rows, rows).Words(DicomTag.Columns, columns)
        .Words(DicomTag.BitsAllocated, (ushort)(bits > 8 ? 16 : 8)).Words(DicomTag.BitsStored, bits)
        .Words(DicomTag.HighBit, (ushort)(bits - 1))
        .Words(DicomTag.PixelRepresentation, 0);

    private static byte[] WithTables(bool isDefined) => Header(4, 8, 1, 10, "MONOCHROME1")
        .Sequence(new DicomTag(0x0009, 0x0010), !isDefined, new DicomWriter().Text(DicomTag.CodeValue, "SH", "X"))
        .Sequence(DicomTag.ModalityLut, isDefined, new DicomWriter().Words(DicomTag.LutDescriptor, 3, 10, 16)
            .Words(DicomTag.LutData, 5, 6, 7))
        .Sequence(DicomTag.VoiLut, isDefined, new DicomWriter().Words(DicomTag.LutDescriptor, "SS", 4, 5, 8)
            .Words(DicomTag.LutData, 1, 100, 200, 255))
        .Words(DicomTag.PixelData, "OW", [.. Enumerable.Range(0, 32).Select(i => (ushort)(i * 31))])
        .ToFile(DicomWriter.ExplicitLittleEndian);

    private static byte[] Palette()
    {
        DicomWriter file = Header(4, 4, 1, 8, "PALETTE COLOR");
        file.Words(DicomTag.RedDescriptor, 4, 0, 16).Words(DicomTag.GreenDescriptor, 4, 0, 16).Words(DicomTag.BlueDescriptor, 4, 0, 16);
        foreach (DicomTag tag in new[] { DicomTag.RedData, DicomTag.GreenData, DicomTag.BlueData })
        {
            file.Words(tag, "OW", 0, 0x5555, 0xAAAA, 0xFFFF);
        }

        return file.Element(DicomTag.PixelData, "OB", [.. Enumerable.Range(0, 16).Select(i => (byte)(i % 4))])
            .ToFile(DicomWriter.ExplicitLittleEndian);
    }

    private static byte[] ColourLossless(int predictor)
    {
        var encoder = new JpegLosslessEncoder(7, 6, 8) { Predictor = predictor, Components = 3 };
        ushort[] samples = [.. Enumerable.Range(0, 7 * 6 * 3).Select(i => (ushort)(i * 37 % 256))];
        return Header(6, 7, 3, 8, "RGB").Fragments([], encoder.Encode(samples)).ToFile(DicomPhantom.Syntaxes["jpeg-lossless"]);
    }

    private static byte[] Windowed(string function) => Header(4, 8, 1, 10, "MONOCHROME2")
        .Text(DicomTag.WindowCenter, "DS", "500").Text(DicomTag.WindowWidth, "DS", "800").Text(DicomTag.VoiFunction, "CS", function)
        .Words(DicomTag.PixelData, "OW", [.. Enumerable.Range(0, 32).Select(i => (ushort)(i * 31))])
        .ToFile(DicomWriter.ExplicitLittleEndian);

    private static byte[] Colour(string photometric, int bytesPerPixel, ushort planes = 0) => Header(4, 4, 3, 8, photometric, planes)
        .Element(DicomTag.PixelData, "OB", [.. Enumerable.Range(0, 16 * bytesPerPixel).Select(i => (byte)(i * 5))])
        .ToFile(DicomWriter.ExplicitLittleEndian);
}
