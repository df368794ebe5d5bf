using System.Numerics;

namespace Radapt.Datasets.Checks;

/// <summary>
/// A difference hash of 256 bits: the picture is averaged over 16 rows of 17 cells, and a bit says whether a cell is brighter than its left
/// neighbour. It stays nearly the same under other sizes, compression, exposure and contrast; not under crops, flips and rotation. An
/// inverted
/// picture has the opposite bits.
/// </summary>
internal readonly record struct PictureHash(ulong A, ulong B, ulong C, ulong D)
{
    /// <summary>Number of bits.</summary>
    public const int Bits = 256;

    /// <summary>The hash of averaged cells, row after row.</summary>
    public static PictureHash Compute(ReadOnlySpan<float> cells)
    {
        Span<ulong> words = stackalloc ulong[4];
        words.Clear();
        int bit = 0;
        for (int row = 0; row < PictureCells.Rows; row++)
        {
            for (int x = 1; x < PictureCells.HashColumns; x++, bit++)
            {
                int cell = (row * PictureCells.HashColumns) + x;
                words[bit / 64] |= (cells[cell] > cells[cell - 1] ? 1UL : 0) << (bit % 64);
            }
        }

        return new PictureHash(words[0], words[1], words[2], words[3]);
    }

    /// <summary>How many bits differ.</summary>
    public static int Distance(in PictureHash a, in PictureHash b) =>
        BitOperations.PopCount(a.A ^ b.A) + BitOperations.PopCount(a.B ^ b.B) + BitOperations.PopCount(
            a.C ^ b.C) + BitOperations.PopCount(a.D ^ b.D);
}
