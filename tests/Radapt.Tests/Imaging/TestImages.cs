using NetVips;

namespace Radapt.Tests.Imaging;

/// <summary>Image files made for a test.</summary>
internal static class TestImages
{
    /// <summary>Values that are smooth in places and rough in others; equal for the same sizes.</summary>
    public static byte[] Pattern(int width, int height, int channels)
    {
        var pixels = new byte[width * height * channels];
        for (int i = 0; i < pixels.Length; i++)
        {
            int x = i / channels % width;
            int y = i / channels / width;
            pixels[i] = (byte)((x * 7) ^ (y * 3 * ((i % channels) + 1)));
        }

        return pixels;
    }

    public static byte[] Png(byte[] pixels, int width, int height, int bands, bool interlace = false)
    {
        using Image image = Image.NewFromMemory(pixels, width, height, bands, Enums.BandFormat.Uchar);
        return image.PngsaveBuffer(interlace: interlace);
    }

    public static byte[] Png16(ushort[] samples, int width, int height, int bands)
    {
        using Image image = Image.NewFromMemory(samples, width, height, bands, Enums.BandFormat.Ushort);
        using Image tagged = image.Copy(interpretation: bands > 2 ? Enums.Interpretation.Rgb16 : Enums.Interpretation.Grey16);
        return tagged.PngsaveBuffer(bitdepth: 16);
    }

    public static byte[] Jpeg(byte[] pixels, int width, int height, int bands, bool progressive = false)
    {
        using Image image = Image.NewFromMemory(pixels, width, height, bands, Enums.BandFormat.Uchar);
        using Image tagged = image.Copy(interpretation: bands == 4 ? Enums.Interpretation.Cmyk
            : bands == 3 ? Enums.Interpretation.Srgb : Enums.Interpretation.Bw);
        return tagged.JpegsaveBuffer(interlace: progressive);
    }
}
