using Radapt.Bench.Dicom;
using Radapt.Imaging;
using Radapt.Imaging.Dicom;

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
        Assert.Equal(pixels, RadiographReader.Read(windowed, "x", new DicomOptions(DicomScale.Percentile)).Pixels);
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
        Assert.Equal(expected, RadiographReader.Read(file, "x", new DicomOptions(DicomScale.Max)).Pixels);
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

    [Theory]
    [InlineData("Rescale Slope", "0", "0")]
    [InlineData("Rescale Slope", "NaN", "0")]
    [InlineData("Rescale Intercept", "1", "John Doe")]
    public void Read_DamagedNumber_NamesTheTagAndNotItsValue(string tag, string slope, string intercept)
    {
        byte[] file = DicomFiles.Row([0, 1], more: f => Window(f, "1", "2", rescale: (slope, intercept)));
        string message = Assert.Throws<RadaptException>(() => RadiographReader.Read(file, "x.dcm")).Message;
        Assert.Contains(tag, message, StringComparison.Ordinal);
        Assert.DoesNotContain("John", message, StringComparison.Ordinal);
    }

    private static void Window(DicomWriter file, string center, string width, string function = "", (string Slope, string Intercept)? rescale = null, int? padding = null)
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
