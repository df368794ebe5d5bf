using System.Text;
using System.Text.Json.Nodes;
using Radapt.Imaging;
using Radapt.Imaging.Dicom;
using Radapt.Imaging.Dicom.Codecs;

namespace Radapt.Tests.Imaging.Dicom;

/// <summary>The files of tests/dicom, each of which has one thing that is easily read wrongly or refused without need.</summary>
public sealed class DicomCasesTests(DecodingProcesses processes) : IClassFixture<DecodingProcesses>
{
    private const int Step = 15;

    private static readonly string s_folder = Path.Combine(Repository.Root, "tests", "dicom");

    private static readonly JsonObject s_expected = JsonNode.Parse(File.ReadAllText(Path.Combine(s_folder, "expected.json")))!.AsObject();

    public static TheoryData<string> Files => [.. s_expected.Select(e => e.Key)];

    // S1: d21*. S2: d06n, d06o. S3: d23*. S8: d24*. S9: d06u, d06z, d03b, d26f. R1: d07u*. R4: d05s. R5: d05d, d05e.
    // R6: d05a, d05b, d05k, d05v, d07j, d200 to d207, d27a. R7: d06a to d06y, d20k.
    [Theory]
    [MemberData(nameof(Files))]
    public void Read_UnusualFile_GivesTheRightLevelsOrRefusal(string file)
    {
        JsonNode expected = s_expected[file]!;
        byte[] bytes = File.ReadAllBytes(Path.Combine(s_folder, file));
        SkipWithoutCodec(Encoding.Latin1.GetString(bytes));
        var options = new DecodingOptions(DicomScale.Voi, processes.Codecs);
        if (expected is JsonArray levels)
        {
            byte[] pixels = RadiographReader.Read(bytes, file, options).Pixels;
            Assert.Equal([.. levels.Select(v => (int)v!)], pixels.Where((_, i) => i % Step == 0).Select(v => (int)v));
        }
        else
        {
            Assert.Equal($"{file}: {expected}", Assert.Throws<RadaptException>(() => RadiographReader.Read(bytes, file, options)).Message);
        }
    }

    /// <summary>Each file is in the list, so that none is passed over.</summary>
    [Fact]
    public void Files_Folder_HoldsTheListedOnes() =>
        Assert.Equal(
            s_expected.Select(e => e.Key).Order(StringComparer.Ordinal),
            Directory.GetFiles(s_folder, "*.dcm").Select(Path.GetFileName).Order(StringComparer.Ordinal)!);

    private static void SkipWithoutCodec(string content)
    {
        if (content.Contains("1.2.840.10008.1.2.4.8", StringComparison.Ordinal))
        {
            DecodingProcesses.SkipWithout(CodecLibrary.JpegLs);
        }
        else if (content.Contains("1.2.840.10008.1.2.4.9", StringComparison.Ordinal))
        {
            DecodingProcesses.SkipWithout(CodecLibrary.Jpeg2000);
        }
    }
}
