using Radapt.Imaging;
using Radapt.Imaging.Dicom;
using Radapt.TestData.Dicom;

namespace Radapt.Tests.Imaging.Dicom;

/// <summary>Stored values -> 8 bits.</summary>
public class GrayScaleTests
{
    [Theory]
    [InlineData("", 2048, 4096, new[] { 0, 1024, 2048, 4095 }, new[] { 0, 64, 128, 255 })]
    [InlineData("LINEAR", 100, 1, new[] { 99, 100, 101 }, new[] { 0, 255, 255 })]
    [InlineData("LINEAR_EXACT", 100, 200, new[] { 0, 50, 100, 200, 300 }, new[] { 0, 64, 128, 255, 255 })]
    [InlineData("SIGMOID", 100, 200, new[] { 0, 100, 200 }, new[] { 30, 128, 225 })] // 255 / (1 + exp(+-2))
    public void Read_Window_FollowsTheStandard(string function, double center, double width, int[] values, int[] expected)
    {
        byte[] file = DicomFiles.Row(values, more: f => Window(f, $"{center}\\7", $"{width}\\9", function));
        Assert.Equal(expected.Select(e => (byte)e), RadiographReader.Read(file, "x").Pixels);
    }

    [Fact]
    public void Read_Monochrome1_IsInverted()
    {
        byte[] file = DicomFiles.Row([0, 2048, 4095], photometric: "MONOCHROME1", more: f => Window(f, "2048", "4096"));
        Assert.Equal([255, 127, 0], RadiographReader.Read(file, "x").Pixels);
    }

    [Fact]
    public void Read_SignedTwelveBitsWithRescale_AreSignExtendedAndRescaled()
    {
        byte[] file = DicomFiles.Row([-2048, -1024, 0, 2047], bits: 12, isSigned: true, more: f =>
        {
            Window(f, "0", "4096", rescale: ("2", "2048"));
        });
        // -2048 x 2 + 2048 = -2048 is black, 0 x 2 + 2048 is white
        Assert.Equal([0, 128, 255, 255], RadiographReader.Read(file, "x").Pixels);
    }

    [Fact]
    public void Read_NoWindow_TakesPercentilesWithoutPadding()
    {
        int[] values = [.. Enumerable.Range(0, 1000).Select(i => 5000 + i), .. Enumerable.Repeat(0, 500)];
        byte[] padded = DicomFiles.Row(values, more: f => f.Words(DicomTag.PixelPadding, 0));
        byte[] pixels = RadiographReader.Read(padded, "x").Pixels;
        Assert.Equal((0, 0, 255, 255), (pixels[0], pixels[10], pixels[990], pixels[999]));
        Assert.InRange(pixels[500], 126, 130);
        byte[] windowed = DicomFiles.Row(values, more: f => Window(f, "5500", "1000", padding: 0));
        Assert.Equal(pixels, RadiographReader.Read(windowed, "x", new DecodingOptions(DicomScale.Percentile)).Pixels);
        Assert.NotEqual(pixels, RadiographReader.Read(windowed, "x").Pixels);
        byte[] without = DicomFiles.Row(values, more: f => Window(f, "5500", "0", padding: 0)); // a width of 0 is no window
        Assert.Equal(pixels, RadiographReader.Read(without, "x").Pixels);
    }

    [Fact]
    public void Read_MaxScale_IsThePapers()
    {
        int[] values = [0, 3, 1000, 2000, 4000];
        byte[] file = DicomFiles.Row(values, more: f => Window(f, "100", "10", rescale: ("3", "-1024")));
        var expected = new byte[values.Length];
        RsnaScale.Apply(values, invert: false, expected);
        Assert.Equal(expected, RadiographReader.Read(file, "x", new DecodingOptions(DicomScale.Max)).Pixels);
        Assert.Equal([0, 0, 64, 128, 255], expected);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Read_LookupTables_ModalityThenVoi(bool isDefined)
    {
        // modality: 10, 11, 12 -> 100, 200, 300; VOI: 100 ... 300 -> 12-bit levels
        ushort[] levels = [.. Enumerable.Range(0, 201).Select(i => (ushort)(20 * i))];
        byte[] file = DicomFiles.Row([5, 10, 11, 12, 99], more: f =>
        {
            f.Sequence(DicomTag.ModalityLut, isDefined, Table(3, 10, 16, [100, 200, 300]));
            f.Sequence(DicomTag.VoiLut, isDefined, Table(201, 100, 12, levels), Table(2, 0, 8, [0, 255]));
        });
        Assert.Equal([0, 0, 125, 249, 249], RadiographReader.Read(file, "x").Pixels);
    }

    [Fact]
    public void Read_LookupTableOfBytes_IsUnpacked()
    {
        byte[] file = DicomFiles.Row([0, 1, 2, 3], more: f => f.Sequence(DicomTag.VoiLut, true,
            new DicomWriter().Words(DicomTag.LutDescriptor, 4, 0, 8).Element(DicomTag.LutData, "OW", [10, 20, 30, 40])));
        Assert.Equal([10, 20, 30, 40], RadiographReader.Read(file, "x").Pixels);
    }

    /// <summary>S2: what is scaled by its own maximum, and what is not.</summary>
    [Theory]
    [InlineData(16, 4095, 2048, 128)] // entries of 12 bits
    [InlineData(16, 32_767, 16_384, 128)] // of 15
    [InlineData(16, 32_769, 16_384, 64)] // all bits are used
    [InlineData(10, 4095, 2048, 128)] // more than are said
    [InlineData(8, 100, 50, 50)] // a dark table of 8 bits
    public void Read_VoiTableOfOtherBitsThanItSays_IsScaledByItsMaximum(ushort bits, ushort largest, ushort middle, byte expected)
    {
        byte[] file = DicomFiles.Row([0, 1, 2], more: f => f.Sequence(DicomTag.VoiLut, true, Table(3, 0, bits, [0, middle, largest])));
        Assert.Equal(expected, RadiographReader.Read(file, "x").Pixels[1]);
    }

    /// <summary>S2: a table whose end is missing may have lost its maximum.</summary>
    [Fact]
    public void Read_VoiTableCutShort_IsScaledAsItSays()
    {
        byte[] file = DicomFiles.Row([0, 1, 9], more: f => f.Sequence(DicomTag.VoiLut, true, Table(5, 0, 12, [0, 1024])));
        Assert.Equal([0, 64, 64], RadiographReader.Read(file, "x").Pixels);
    }

    /// <summary>S1: the modality table likewise.</summary>
    [Fact]
    public void Read_ModalityTableCutShort_UsesTheEntriesThatAreThere()
    {
        byte[] file = DicomFiles.Row([0, 1, 2, 9], more: f =>
        {
            Window(f, "2048", "4096");
            f.Sequence(DicomTag.ModalityLut, true, Table(5, 0, 12, [0, 1024, 3072]));
        });
        Assert.Equal([0, 64, 191, 191], RadiographReader.Read(file, "x").Pixels);
    }

    /// <summary>S9: a first input written as signed where no input is.</summary>
    [Fact]
    public void Read_UnsignedTableWrittenAsSigned_StartsAtItsFirstInput()
    {
        byte[] file = DicomFiles.Row([39_999, 40_000, 40_001], more: f => f.Sequence(DicomTag.VoiLut, true,
            new DicomWriter().Words(DicomTag.LutDescriptor, "SS", 2, 40_000, 12).Words(DicomTag.LutData, 0, 4095)));
        Assert.Equal([0, 0, 255], RadiographReader.Read(file, "x").Pixels);
    }

    [Fact]
    public void Read_VoiTableOf65536Entries_IsReadInFull()
    {
        byte[] file = DicomFiles.Row([0, 32_768, 65_535], more: f => f.Sequence(DicomTag.VoiLut, true,
            new DicomWriter().Words(DicomTag.LutDescriptor, 0, 0, 16)
                .Words(DicomTag.LutData, "OW", [.. Enumerable.Range(0, 65_536).Select(i => (ushort)i)])));
        Assert.Equal([0, 128, 255], RadiographReader.Read(file, "x").Pixels);
    }

    /// <summary>R7: an unusable window is no window, and is remarked without its value.</summary>
    [Theory]
    [InlineData("NaN", "100", "", "Window Center")]
    [InlineData("John Doe", "100", "", "Window Center")]
    [InlineData("50", "1e999", "", "Window Width")]
    [InlineData("50", "", "", "Window Width")]
    [InlineData("50", "-3", "", "Window Width")]
    [InlineData("1,024.5", "100", "", "Window Center")]
    [InlineData("50", "100", "LOG", "VOI LUT Function")]
    [InlineData("50,0", "100", "", null)]
    [InlineData("[50, 7]", "[100, 9]", "", null)]
    [InlineData("50", "100", "sampled sigmoid", null)]
    [InlineData("", "", "", null)]
    public void Read_UnusableWindow_IsRemarked(string center, string width, string function, string? remark)
    {
        int[] values = [.. Enumerable.Range(0, 100)];
        byte[] file = DicomFiles.Row(values, more: f => Window(f, center, width, function));
        Radiograph image = RadiographReader.Read(file, "x");
        Assert.Equal(remark is null, image.Remark is null);
        Assert.Contains(remark ?? "", image.Remark ?? "", StringComparison.Ordinal);
        Assert.DoesNotContain("John", image.Remark ?? "", StringComparison.Ordinal);
        if (remark is not (null or "VOI LUT Function"))
        {
            Assert.Equal(RadiographReader.Read(DicomFiles.Row(values), "x").Pixels, image.Pixels);
        }
    }

    [Theory]
    [InlineData("Rescale Slope", "NaN", "0")]
    [InlineData("Rescale Intercept", "1", "John Doe")]
    public void Read_DamagedNumber_NamesTheTagAndNotItsValue(string tag, string slope, string intercept)
    {
        byte[] file = DicomFiles.Row([0, 1], more: f => Window(f, "1", "2", rescale: (slope, intercept)));
        string message = Assert.Throws<RadaptException>(() => RadiographReader.Read(file, "x.dcm")).Message;
        Assert.Contains(tag, message, StringComparison.Ordinal);
        Assert.DoesNotContain("John", message, StringComparison.Ordinal);
    }

    private static void Window(DicomWriter file, string center, string width, string function = "", (string Slope,
        string Intercept)? rescale = null, int? padding = null)
    {
        if (padding is { } value)
        {
            file.Words(DicomTag.PixelPadding, (ushort)value);
        }

        file.Text(DicomTag.WindowCenter, "DS", center).Text(DicomTag.WindowWidth, "DS", width);
        if (rescale is var (slope, intercept))
        {
            file.Text(DicomTag.RescaleIntercept, "DS", intercept).Text(DicomTag.RescaleSlope, "DS", slope);
        }

        if (function.Length > 0)
        {
            file.Text(DicomTag.VoiFunction, "CS", function);
        }
    }

    private static DicomWriter Table(ushort entries, ushort first, ushort bits, ushort[] values) =>
        new DicomWriter().Words(DicomTag.LutDescriptor, entries, first, bits).Words(DicomTag.LutData, values);
}
