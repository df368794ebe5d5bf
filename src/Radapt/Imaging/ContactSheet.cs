using System.IO.Compression;

namespace Radapt.Imaging;

/// <summary>Pictures of one size side by side, in rows, as one gray PNG.</summary>
internal sealed class ContactSheet(int columns, int rows, int side)
{
    private const int Gap = 2; // pixels
    private const byte Paper = 90;

    private readonly byte[] _pixels = Blank((Gap + (columns * (side + Gap))) * (Gap + (rows * (side + Gap))));

    private int Width => Gap + (columns * (side + Gap));

    /// <summary>Puts a picture of <c>side x side</c> gray levels into a place.</summary>
    public void Put(int column, int row, ReadOnlySpan<byte> picture)
    {
        int left = Gap + (column * (side + Gap));
        int top = Gap + (row * (side + Gap));
        for (int y = 0; y < side; y++)
        {
            picture.Slice(y * side, side).CopyTo(_pixels.AsSpan(((top + y) * Width) + left));
        }
    }

    /// <summary>Writes the sheet.</summary>
    /// <exception cref="RadaptException">The file cannot be written.</exception>
    public void Write(string path)
    {
        byte[] png = GrayPng.Encode(_pixels, Width, CompressionLevel.SmallestSize);
        AtomicFile.Write(path, stream => stream.Write(png));
    }

    private static byte[] Blank(int length)
    {
        var pixels = new byte[length];
        Array.Fill(pixels, Paper);
        return pixels;
    }
}
