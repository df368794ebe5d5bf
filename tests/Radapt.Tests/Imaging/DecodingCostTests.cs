using System.Buffers.Binary;
using Radapt.Imaging;
using Radapt.TestData.Dicom;
using Radapt.Tests.Imaging.Dicom;

namespace Radapt.Tests.Imaging;

/// <summary>Small files that ask for much are refused before they are decoded.</summary>
public class DecodingCostTests
{
    /// <summary>K15: a JPEG of thousands of scans, as a file and within DICOM.</summary>
    [Fact]
    public void Read_JpegOfThousandsOfScans_IsRefusedBeforeDecoding()
    {
        byte[] jpeg = WithScans(TestImages.Jpeg(TestImages.Pattern(600, 400, 1), 600, 400, 1, progressive: true), 2000);
        Assert.InRange(jpeg.Length, 0, 1 << 24);
        AssertRefused(jpeg, "x.jpg", "the scans of this JPEG");
        AssertRefused(DicomFiles.Compressed(400, 600, 1, 8, DicomPhantom.Syntaxes["jpeg-baseline"], [], jpeg), "x.dcm",
            "the scans of this JPEG");
    }

    [Fact]
    public void Read_OrdinaryProgressiveJpeg_IsWithinTheLimits()
    {
        byte[] jpeg = TestImages.Jpeg(TestImages.Pattern(600, 400, 3), 600, 400, 3, progressive: true);
        DecodingCost cost = DecodingCost.Jpeg(jpeg, 600 * 400, 3);
        Assert.InRange(cost.Scanned / (600 * 400), 5, 15);
        // The largest detectors have about 20 million pixels.
        (cost with { Scanned = cost.Scanned / (600 * 400) * 20_000_000 }).Require();
        Assert.Equal(600, RadiographReader.Read(jpeg, "x").Width);
    }

    /// <summary>K5: the size in the header is enough, whatever profile the file has.</summary>
    [Fact]
    public void Read_ColourJpegOfAHundredMillionPixels_IsRefusedBeforeDecoding()
    {
        byte[] jpeg = TestImages.Jpeg(TestImages.Pattern(20, 20, 3), 20, 20, 3);
        int frame = jpeg.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xC0]);
        BinaryPrimitives.WriteUInt16BigEndian(jpeg.AsSpan(frame + 5), 10_000);
        BinaryPrimitives.WriteUInt16BigEndian(jpeg.AsSpan(frame + 7), 10_000);
        AssertRefused(jpeg, "x.jpg", "300 MB when decoded, and at most 200 MB are read");
    }

    /// <summary>K15: samples that are dropped afterwards are decoded all the same.</summary>
    [Theory]
    [InlineData(4, 10_000, 10_000, "800 MB")] // 16-bit RGB with alpha
    [InlineData(2, 10_000, 5_001, "200 MB")] // 16-bit gray with alpha, just beyond
    public void Read_PngOfManySamples_IsRefusedBeforeDecoding(int bands, int width, int height, string size)
    {
        byte[] png = TestImages.Png16(new ushort[16 * bands], 4, 4, bands);
        BinaryPrimitives.WriteInt32BigEndian(png.AsSpan(16), width);
        BinaryPrimitives.WriteInt32BigEndian(png.AsSpan(20), height);
        AssertRefused(png, "x.png", $"{size} when decoded");
    }

    [Fact]
    public void Of_InterlacedPng_NeedsTheWholePictureAtOnce()
    {
        byte[] plain = TestImages.Png(TestImages.Pattern(37, 21, 4), 37, 21, 4);
        byte[] interlaced = TestImages.Png(TestImages.Pattern(37, 21, 4), 37, 21, 4, interlace: true);
        var info = new ImageInfo(ImageFormat.Png, 37, 21, 3, 8);
        Assert.Equal(37 * 21 * 4, DecodingCost.Estimate(interlaced, info).Memory - DecodingCost.Estimate(plain, info).Memory);
    }

    private static void AssertRefused(byte[] file, string name, string expected)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        RadaptException error = Assert.Throws<RadaptException>(() => RadiographReader.Read(file, name));
        Assert.StartsWith($"{name}: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, (2L * file.Length) + 1_000_000);
        Assert.Equal(name, error.Place); // which batches replace by what may be shown
    }

    // Repeats the last scan.
    private static byte[] WithScans(byte[] jpeg, int count)
    {
        byte[] last = jpeg[jpeg.AsSpan().LastIndexOf((ReadOnlySpan<byte>)[0xFF, 0xDA])..^2];
        last = last[..Math.Min(last.Length, 200)]; // what it holds does not matter: it is not decoded
        return [.. jpeg[..^2], .. Enumerable.Repeat(last, count).SelectMany(s => s), .. jpeg[^2..]];
    }
}
