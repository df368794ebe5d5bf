using System.IO.Compression;
using Radapt.Imaging;

namespace Radapt.Tests.Imaging;

public class GrayPngTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(7, 3)]
    [InlineData(8, 5)]
    [InlineData(65, 40)]
    public void Encode_AnySize_IsReadBackAlike(int width, int height)
    {
        byte[] pixels = TestImages.Pattern(width, height, 1);
        foreach (CompressionLevel level in new[] { CompressionLevel.Fastest, CompressionLevel.SmallestSize })
        {
            Radiograph read = RadiographReader.Read(GrayPng.Encode(pixels, width, level), "x.png");
            Assert.Equal((width, height, 1, 8), (read.Width, read.Height, read.Channels, read.SourceBits));
            Assert.Equal(pixels, read.Pixels);
        }

        byte[] mask = [.. pixels.Select(v => (byte)(v > 90 ? 255 : 0))];
        Radiograph shown = RadiographReader.Read(GrayPng.EncodeMask(mask, width), "mask.png");
        Assert.Equal((width, height), (shown.Width, shown.Height));
        Assert.Equal(mask, shown.Pixels);
    }
}
