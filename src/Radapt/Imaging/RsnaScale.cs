namespace Radapt.Imaging;

/// <summary>
/// Stored DICOM values -> 8 bits as the paper's code does it for RSNA: |value| x 255 / maximum, rounded half to even, saturated; no
/// rescale, no
/// window, no lookup table.
/// </summary>
internal static class RsnaScale
{
    /// <summary>
    /// Scales to the largest value; <paramref name="invert"/> for MONOCHROME1. An image without a positive value becomes 0 (black before
    /// inversion).
    /// </summary>
    public static void Apply(ReadOnlySpan<int> values, bool invert, Span<byte> destination)
    {
        int maximum = int.MinValue;
        foreach (int value in values)
        {
            maximum = Math.Max(maximum, value);
        }

        // The paper's code (OpenCV's convertScaleAbs) multiplies in float32.
        float scale = maximum > 0 ? (float)(255.0 / maximum) : 0;
        for (int i = 0; i < values.Length; i++)
        {
            byte level = (byte)Math.Min(255, MathF.Round(MathF.Abs(values[i] * scale), MidpointRounding.ToEven));
            destination[i] = invert ? (byte)~level : level;
        }
    }
}
