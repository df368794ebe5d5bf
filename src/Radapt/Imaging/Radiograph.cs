namespace Radapt.Imaging;

/// <summary>A decoded image: 8-bit pixels, row after row, gray or interleaved RGB.</summary>
internal sealed class Radiograph
{
    /// <summary>An image over pixels that it takes over.</summary>
    /// <param name="width">Pixels a row; at least 1.</param>
    /// <param name="height">Rows; at least 1.</param>
    /// <param name="channels">1 (gray) or 3 (RGB).</param>
    /// <param name="pixels">Exactly <paramref name="width"/> x <paramref name="height"/> x <paramref name="channels"/> values.</param>
    /// <param name="sourceBits">Bits a sample had in the file: 8 or 16.</param>
    /// <exception cref="ArgumentException">The sizes do not fit each other.</exception>
    public Radiograph(int width, int height, int channels, byte[] pixels, int sourceBits = 8)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        ArgumentNullException.ThrowIfNull(pixels);
        if (channels is not (1 or 3))
        {
            throw new ArgumentOutOfRangeException(nameof(channels), channels, "A radiograph has 1 or 3 channels.");
        }

        if (sourceBits is not (8 or 16))
        {
            throw new ArgumentOutOfRangeException(nameof(sourceBits), sourceBits, "A file has 8 or 16 bits a sample.");
        }

        if (pixels.LongLength != (long)width * height * channels)
        {
            throw new ArgumentException($"{width} x {height} x {channels} values are needed, {pixels.LongLength} are given.",
                nameof(pixels));
        }

        Width = width;
        Height = height;
        Channels = channels;
        Pixels = pixels;
        SourceBits = sourceBits;
    }

    /// <summary>Pixels a row.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>1: gray; 3: red, green and blue, interleaved.</summary>
    public int Channels { get; }

    /// <summary>Bits a sample had in the file, 8 or 16; here they are 8.</summary>
    public int SourceBits { get; }

    /// <summary>What the file says of its gray levels and cannot be used, such as a window that is not a number; null: nothing.</summary>
    internal string? Remark { get; init; }

    /// <summary>The values, row after row.</summary>
#pragma warning disable CA1819 // the resampler and caches work on the array itself; a copy per access would cost more than the decoding
    public byte[] Pixels { get; }
#pragma warning restore CA1819
}
