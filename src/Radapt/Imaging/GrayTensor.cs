namespace Radapt.Imaging;

/// <summary>
/// 8-bit pixels -> normalised gray values, as torchvision's <c>Grayscale</c>, <c>ToTensor</c> and <c>Normalize</c> compute them.
/// </summary>
internal static class GrayTensor
{
    /// <summary>RGB -> gray (Pillow's 'L'): ITU-R BT.601 luma in 16-bit fixed point. Gray is copied.</summary>
    public static void ToGray(ReadOnlySpan<byte> pixels, int channels, Span<byte> gray)
    {
        if (channels == 1)
        {
            pixels.CopyTo(gray);
            return;
        }

        for (int i = 0, p = 0; p < pixels.Length; i++, p += 3)
        {
            gray[i] = (byte)(((pixels[p] * 19595) + (pixels[p + 1] * 38470) + (pixels[p + 2] * 7471) + 0x8000) >> 16);
        }
    }

    /// <summary>Gray levels -> ((level / 255) - mean) / std, each step in float32.</summary>
    public static void Normalise(ReadOnlySpan<byte> gray, Preprocessing p, Span<float> destination)
    {
        Span<float> table = stackalloc float[256];
        for (int level = 0; level < table.Length; level++)
        {
            table[level] = Normalise(level / 255f, p);
        }

        for (int i = 0; i < gray.Length; i++)
        {
            destination[i] = table[gray[i]];
        }
    }

    /// <summary>The gray level, 0 to 255, of a normalised value; what is beyond is cut off.</summary>
    public static byte Level(float normalised, Preprocessing p) =>
        (byte)Math.Round(255 * Math.Clamp((normalised * p.Std) + p.Mean, 0, 1), MidpointRounding.AwayFromZero);

    /// <summary>(value - mean) / std for a value in [0, 1].</summary>
    public static float Normalise(float value, Preprocessing p) => (value - (float)p.Mean) / (float)p.Std;
}
