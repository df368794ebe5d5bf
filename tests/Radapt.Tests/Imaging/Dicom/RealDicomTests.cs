using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Radapt.Imaging;
using Radapt.Imaging.Dicom;

namespace Radapt.Tests.Imaging.Dicom;

/// <summary>Files of real equipment and toolkits, and damaged ones, against what other readers make of them.</summary>
public sealed class RealDicomTests(DecodingProcesses processes) : IClassFixture<DecodingProcesses>
{
    private static readonly string[] s_lossy = ["1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.51"];

    public static TheoryData<string> Files => Names("expected.json", _ => true);

    public static TheoryData<string> GrayFiles => Names("expected.json", e => (int)e["samples_per_pixel"]! == 1);

    public static TheoryData<string> DamagedFiles => Names("malformed/malformed.json", _ => true);

    [Theory]
    [MemberData(nameof(Files))]
    public void ReadStored_File_GivesTheExpectedValues(string file)
    {
        (byte[] bytes, JsonNode expected) = Find(file, "expected.json");
        StoredPixels pixels = ReadStored(bytes, file);
        JsonNode frame = expected["first_frame"]!;
        (int Rows, int Columns, int Samples) size = (pixels.Format.Rows, pixels.Format.Columns, pixels.Format.Samples);
        Assert.Equal(((int)expected["rows"]!, (int)expected["columns"]!, (int)expected["samples_per_pixel"]!), size);
        Assert.Equal((long)expected["frames"]!, pixels.Format.Frames);
        int[] values = [.. pixels.Samples.Select(s => pixels.ValueOf(s))];
        if (s_lossy.Contains((string?)expected["transfer_syntax_uid"]))
        {
            Assert.InRange(values.Min(), (int)frame["min"]! - 2, (int)frame["min"]! + 2);
            Assert.InRange(values.Max(), (int)frame["max"]! - 2, (int)frame["max"]! + 2);
            Assert.Equal((double)frame["sum"]! / values.Length, values.Average(), tolerance: 0.5);
            return;
        }

        Assert.Equal(((int)frame["min"]!, (int)frame["max"]!, (long)frame["sum"]!), (values.Min(), values.Max(), values.Sum(v => (long)v)));
        Assert.Equal((string?)frame["sha256"], Hash(values, (string)frame["dtype"]!));
    }

    [Theory]
    [MemberData(nameof(GrayFiles))]
    public void Transforms_File_GiveTheExpectedFigures(string file)
    {
        (byte[] bytes, JsonNode expected) = Find(file, "expected.json");
        StoredPixels pixels = ReadStored(bytes, file);
        DicomDataSet set = DicomFile.Parse(bytes, bytes.Length).Elements;
        bool isLossy = s_lossy.Contains((string?)expected["transfer_syntax_uid"]);
        var modality = ModalityTransform.From(set, pixels.Format.IsSigned);
        double[] measured = [.. pixels.Samples.Select(s => modality.Apply(pixels.ValueOf(s)))];
        AssertFigures(expected["after_modality_lut"]!, measured, isLossy ? 2 : 1e-6);
        VoiTransform? voi = VoiTransform.From(set, modality.CanBeNegative(pixels.Format.IsSigned), out _);
        Assert.Equal(expected["after_voi_index0"] is null, voi is null);
        if (voi is null)
        {
            return;
        }

        // pydicom scales windows to the range that stored values have after rescaling; of a table it gives the entries.
        (double low, double high) = (bool)expected["has_voi_lut_sequence"]! ? (0, 4095) : Range(pixels.Format, modality);
        AssertFigures(expected["after_voi_index0"]!, [.. measured.Select(m => low + ((high - low) * voi.Apply(m)))], isLossy ? 2 : 1e-6);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void ReadHeader_File_GivesTheExpectedTags(string file)
    {
        (_, JsonNode expected) = Find(file, "expected.json");
        DicomHeader header = DicomReader.ReadHeader(Path.Combine(Repository.RealData("dicom"), file));
        Assert.Equal((string?)expected["modality"], header.Modality);
        Assert.Equal(((string)expected["photometric"]!).Replace(" COLOR", "", StringComparison.Ordinal), header.Photometric.ToString(),
            ignoreCase: true);
        Assert.Equal(((int)expected["bits_allocated"]!, (int)expected["bits_stored"]!),
            (header.Pixels.BitsAllocated, header.Pixels.BitsStored));
        Assert.NotEmpty(header.SopInstanceUid);
        var info = new ImageInfo(ImageFormat.Dicom, header.Pixels.Columns, header.Pixels.Rows, header.IsGray ? 1
            : 3, header.Pixels.BitsAllocated);
        Assert.Equal(info, RadiographReader.Probe(Path.Combine(Repository.RealData("dicom"), file)));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Read_File_GivesAPictureInEveryScale(string file)
    {
        (byte[] bytes, JsonNode expected) = Find(file, "expected.json");
        processes.SkipWithoutCodec(file);
        foreach (DicomScale scale in Enum.GetValues<DicomScale>())
        {
            Radiograph image = RadiographReader.Read(bytes, file, new DecodingOptions(scale, processes.Codecs));
            Assert.Equal(((int)expected["columns"]!, (int)expected["rows"]!), (image.Width, image.Height));
            Assert.True(image.Pixels.Distinct().Count() > 3, $"{scale}: all but constant");
        }
    }

    [Theory]
    [MemberData(nameof(DamagedFiles))]
    public void Read_DamagedFile_EndsWithOneClearLine(string file)
    {
        (byte[] bytes, JsonNode expected) = Find(file, "malformed/malformed.json");
        string expectation = (string)expected["expect"]!;
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            StoredPixels pixels = ReadStored(bytes, file);
            Assert.NotEqual("reject", expectation);
            if (expected["expected_if_decoded"] is { } decoded)
            {
                Assert.Equal((string?)decoded["sha256"],
                    Hash([.. pixels.Samples.Select(s => pixels.ValueOf(s))], (string)decoded["dtype"]!));
            }
            else
            {
                Assert.Equal(ReadStored(File.ReadAllBytes(Path.Combine(Repository.RealData("dicom"), (string)expected["base"]!)),
                    "base").Samples, pixels.Samples);
            }
        }
        catch (RadaptException e)
        {
            Assert.StartsWith(file + ": ", e.Message, StringComparison.Ordinal);
            Assert.InRange(e.Message.Length, file.Length + 20, file.Length + 250);
            Assert.DoesNotContain("\n", e.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("Exception", e.Message, StringComparison.Ordinal);
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 << 20);
    }

    private StoredPixels ReadStored(byte[] bytes, string file)
    {
        processes.SkipWithoutCodec(file);
        return DicomReader.ReadStored(bytes, file, processes.Codecs);
    }

    private static (double Low, double High) Range(PixelFormat format, ModalityTransform modality)
    {
        int low = format.IsSigned ? -(1 << (format.BitsStored - 1)) : 0;
        int high = low + (1 << format.BitsStored) - 1;
        return ((low * modality.Slope) + modality.Intercept, (high * modality.Slope) + modality.Intercept);
    }

    private static void AssertFigures(JsonNode expected, double[] values, double tolerance)
    {
        Assert.Equal((double)expected["min"]!, values.Min(), tolerance);
        Assert.Equal((double)expected["max"]!, values.Max(), tolerance);
        Assert.Equal((double)expected["mean"]!, values.Average(), tolerance / 4); // of lossy files 2 and 0.5
    }

    private static string Hash(int[] values, string type)
    {
        if (type == "u1")
        {
            return Convert.ToHexStringLower(SHA256.HashData([.. values.Select(v => (byte)v)]));
        }

        var bytes = new byte[2 * values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(2 * i), (short)values[i]);
        }

        return Convert.ToHexStringLower(SHA256.HashData(bytes));
    }

    private static (byte[] Bytes, JsonNode Expected) Find(string file, string list)
    {
        string folder = Path.Combine(Repository.RealData("dicom"), Path.GetDirectoryName(list)!);
        JsonNode files = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, Path.GetFileName(list))))!["files"]!;
        return (File.ReadAllBytes(Path.Combine(folder, file)), files[file]!);
    }

    private static TheoryData<string> Names(string list, Func<JsonNode, bool> filter)
    {
        var data = new TheoryData<string>();
        string? file = Repository.FindRealData("dicom") is { } folder ? Path.Combine(folder, list) : null;
        if (file is null || !File.Exists(file))
        {
            data.Add(new TheoryDataRow<string>(list) { Skip = "needs the data folder dicom (set RADAPT_DATA)" });
            return data;
        }

        foreach ((string name, _) in JsonNode.Parse(File.ReadAllText(file))!["files"]!.AsObject().Where(f => filter(f.Value!)))
        {
            data.Add(name);
        }

        return data;
    }
}
