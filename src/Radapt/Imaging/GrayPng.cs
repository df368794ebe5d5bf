using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;

namespace Radapt.Imaging;

/// <summary>
/// Gray pixels -> PNG (ISO/IEC 15948), rows unfiltered. For many small pictures: libvips would start its workers for each of them, which
/// costs more than
/// the compression.
/// </summary>
internal static class GrayPng
{
    /// <summary>A file of 8-bit gray levels.</summary>
    public static byte[] Encode(ReadOnlySpan<byte> pixels, int width, CompressionLevel level = CompressionLevel.Fastest)
    {
        int height = pixels.Length / width;
        var rows = new byte[height * (1 + width)]; // each begins with its filter, 0: none
        for (int y = 0; y < height; y++)
        {
            pixels.Slice(y * width, width).CopyTo(rows.AsSpan((y * (1 + width)) + 1));
        }

        return File(rows, width, height, bits: 8, level);
    }

    /// <summary>A file of black (0) and white (anything else).</summary>
    public static byte[] EncodeMask(ReadOnlySpan<byte> pixels, int width)
    {
        int height = pixels.Length / width;
        int stride = 1 + ((width + 7) / 8);
        var rows = new byte[height * stride];
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                if (pixels[(y * width) + x] != 0)
                {
                    rows[(y * stride) + 1 + (x / 8)] |= (byte)(0x80 >> (x % 8));
                }
            }
        }

        return File(rows, width, height, bits: 1, CompressionLevel.Fastest);
    }

    private static byte[] File(byte[] rows, int width, int height, byte bits, CompressionLevel level)
    {
        using var file = new MemoryStream();
        file.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]);
        Span<byte> header = stackalloc byte[13]; // size, bits, gray, and the only methods there are
        header.Clear();
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], height);
        header[8] = bits;
        Chunk(file, "IHDR"u8, header);
        using (var packed = new MemoryStream())
        {
            using (var zlib = new ZLibStream(packed, level, leaveOpen: true))
            {
                zlib.Write(rows);
            }

            Chunk(file, "IDAT"u8, packed.GetBuffer().AsSpan(0, (int)packed.Length));
        }

        Chunk(file, "IEND"u8, []);
        return file.ToArray();
    }

    private static void Chunk(MemoryStream file, ReadOnlySpan<byte> type, ReadOnlySpan<byte> content)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, content.Length);
        file.Write(number);
        file.Write(type);
        file.Write(content);
        var sum = new Crc32();
        sum.Append(type);
        sum.Append(content);
        BinaryPrimitives.WriteUInt32BigEndian(number, sum.GetCurrentHashAsUInt32());
        file.Write(number);
    }
}
