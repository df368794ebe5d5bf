using System.Buffers.Binary;
using System.Text;
using Radapt.Compute;

namespace Radapt.TestData.Fuzzing;

/// <summary>
/// Damages a file where its format has structure: DICOM tags, value representations, lengths and values; chunks of PNG (with a checksum
/// that
/// is right again) and segments of JPEG; cells, quotes, delimiters and line ends of tables. Besides bit flips, cuts and repeats.
/// </summary>
internal static class FuzzMutation
{
    private static readonly string[] s_cells =
        ["", "1", "0", "-1", "2", "1.0", "1e400", "NaN", "\"", "\"\"", "\"open", "\r", "\0", "\uFEFF", "../../etc", "a\tb", "train", "test",
            "image", "99999999999999999999", "\u00e9"];
    private static readonly string[] s_representations = ["US", "SS", "OB", "OW", "SQ", "UN", "DS", "IS", "UI", "CS", "UT", "??", "\0\0"];
    private static readonly uint[] s_numbers =
        [0, 1, 2, 3, 7, 8, 15, 16, 17, 32, 64, 127, 128, 255, 256, 32_767, 32_768, 65_535, 65_536, 0x7FFFFFFF, 0x80000000,
            0xFFFFFFFE, 0xFFFFFFFF];
    private static readonly string[] s_texts =
        ["0", "-1", "1e308", "NaN", "1\\2\\3", "", "MONOCHROME1", "RGB", "PALETTE COLOR", "YBR_FULL", "SIGMOID",
            "999999999999", "0.0000001"];

    /// <summary>The damaged file of a number; the same numbers give the same file.</summary>
    public static byte[] Mutate(FuzzSeed seed, FuzzSeed other, long key, long number)
    {
        var random = new KeyedRandom(key, RandomPurpose.Selection, number, 1);
        byte[] bytes = [.. seed.Bytes];
        for (int rounds = 1 + random.NextInt32(4); rounds > 0 && bytes.Length > 0; rounds--)
        {
            bytes = random.NextInt32(3) == 0 ? Anywhere(bytes, other.Bytes, ref random) : seed.Kind switch
            {
                FuzzKind.Dicom => DicomElement(bytes, ref random),
                FuzzKind.Image => seed.Name.EndsWith(".png", StringComparison.Ordinal) ? PngChunk(bytes, ref random)
                    : JpegSegment(bytes, 0, ref random),
                _ => Cell(bytes, ref random),
            };
        }

        return bytes;
    }

    private static byte[] Anywhere(byte[] bytes, byte[] other, ref KeyedRandom random)
    {
        int at = random.NextInt32(bytes.Length);
        int length = 1 + random.NextInt32(Math.Min(64, bytes.Length - at));
        switch (random.NextInt32(7))
        {
            case 0:
                bytes[at] ^= (byte)(1 << random.NextInt32(8));
                return bytes;
            case 1:
                bytes[at] = (byte)random.NextInt32(256);
                return bytes;
            case 2:
                return bytes[..at];
            case 3:
                return [.. bytes[..at], .. bytes[(at + length)..]];
            case 4:
                return [.. bytes[..(at + length)], .. bytes[at..]];
            case 5:
                bytes.AsSpan(at, length).Fill((byte)(random.NextInt32(2) * 255));
                return bytes;
            default:
                return other.Length == 0 ? bytes : [.. bytes[..at], .. other[random.NextInt32(other.Length)..]];
        }
    }

    // The elements of explicit little endian files are found by their value representations; other files are damaged where one would be.
    private static byte[] DicomElement(byte[] bytes, ref KeyedRandom random)
    {
        int jpeg = bytes.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]);
        if (jpeg > 0 && random.NextInt32(2) == 0)
        {
            return JpegSegment(bytes, jpeg, ref random);
        }

        int[] elements = [.. Enumerable.Range(0, Math.Max(0, bytes.Length - 8)).Where(i => IsElement(bytes.AsSpan(i)))];
        if (elements.Length == 0)
        {
            return Anywhere(bytes, bytes, ref random);
        }

        int at = elements[random.NextInt32(elements.Length)];
        bool isItem = bytes[at] == 0xFE;
        int lengthAt = isItem ? at + 4 : bytes[at + 6] == 0 && bytes[at + 7] == 0 && bytes.Length > at + 12 ? at + 8 : at + 6;
        int valueAt = lengthAt == at + 6 ? at + 8 : lengthAt + 4;
        uint number = s_numbers[random.NextInt32(s_numbers.Length)];
        switch (random.NextInt32(6))
        {
            case 0:
                WriteNumber(bytes, lengthAt, lengthAt == at + 6 ? 2 : 4, number);
                return bytes;
            case 1:
                WriteNumber(bytes, valueAt, 2, number);
                return bytes;
            case 2:
                string text = s_texts[random.NextInt32(s_texts.Length)];
                return Replace(bytes, valueAt, Encoding.ASCII.GetBytes(text));
            case 3:
                return Replace(bytes, at + 4, Encoding.ASCII.GetBytes(s_representations[random.NextInt32(s_representations.Length)]));
            case 4:
                int end = elements.FirstOrDefault(e => e > at, bytes.Length);
                int to = elements[random.NextInt32(elements.Length)];
                return [.. bytes[..to], .. bytes[at..end], .. bytes[to..]];
            default:
                bytes.AsSpan(elements[random.NextInt32(elements.Length)], 4).CopyTo(bytes.AsSpan(at)); // another's tag
                return bytes;
        }
    }

    private static bool IsElement(ReadOnlySpan<byte> at) =>
        (at[0] == 0xFE && at[1] == 0xFF && at[3] == 0xE0)
        || (at[1] is 0 or 0x7F && at[4] is >= (byte)'A' and <= (byte)'Z' && at[5] is >= (byte)'A' and <= (byte)'Z'
            && (at[0] is 2 or 8 or 9 or 0x10 or 0x18 or 0x20 or 0x28 or 0xE0));

    private static byte[] JpegSegment(byte[] bytes, int from, ref KeyedRandom random)
    {
        int[] markers = [.. Enumerable.Range(from, Math.Max(0, bytes.Length - from - 4))
            .Where(i => bytes[i] == 0xFF && bytes[i + 1] is > 0 and < 0xFF)];
        if (markers.Length == 0)
        {
            return Anywhere(bytes, bytes, ref random);
        }

        int at = markers[random.NextInt32(markers.Length)];
        switch (random.NextInt32(4))
        {
            case 0:
                bytes[at + 1] = (byte)(0xC0 + random.NextInt32(0x40));
                return bytes;
            case 1:
                BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(at + 2), (ushort)s_numbers[random.NextInt32(s_numbers.Length)]);
                return bytes;
            case 2:
                bytes[Math.Min(bytes.Length - 1, at + 4 + random.NextInt32(24))] = (byte)s_numbers[random.NextInt32(s_numbers.Length)];
                return bytes;
            default:
                int end = markers.FirstOrDefault(m => m > at, bytes.Length);
                return random.NextInt32(2) == 0 ? [.. bytes[..at], .. bytes[end..]] : [.. bytes[..end], .. bytes[at..]];
        }
    }

    private static byte[] PngChunk(byte[] bytes, ref KeyedRandom random)
    {
        var chunks = new List<int>();
        for (long at = 8; at + 12 <= bytes.Length; at += 12L + BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan((int)at)))
        {
            chunks.Add((int)at);
        }

        if (chunks.Count == 0)
        {
            return Anywhere(bytes, bytes, ref random);
        }

        int chunk = chunks[random.NextInt32(chunks.Count)];
        long length = BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(chunk));
        if (random.NextInt32(4) == 0)
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(chunk), s_numbers[random.NextInt32(s_numbers.Length)]);
        }
        else if (length > 0 && chunk + 12 + length <= bytes.Length)
        {
            bytes[chunk + 8 + random.NextInt32((int)length)] = (byte)s_numbers[random.NextInt32(s_numbers.Length)];
            uint sum = System.IO.Hashing.Crc32.HashToUInt32(bytes.AsSpan(chunk + 4, (int)length + 4));
            BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(chunk + 8 + (int)length), sum);
        }

        return bytes;
    }

    private static byte[] Cell(byte[] bytes, ref KeyedRandom random)
    {
        int[] ends =
            [.. Enumerable.Range(0, bytes.Length).Where(i => bytes[i] is (byte)',' or (byte)';' or (byte)'\t' or (byte)'\n' or (byte)' ')];
        if (ends.Length < 2)
        {
            return Anywhere(bytes, bytes, ref random);
        }

        int which = random.NextInt32(ends.Length - 1);
        (int from, int to) = (ends[which] + 1, ends[which + 1]);
        return random.NextInt32(4) switch
        {
            0 => [.. bytes[..from], .. Encoding.UTF8.GetBytes(s_cells[random.NextInt32(s_cells.Length)]), .. bytes[to..]],
            1 => [.. bytes[..to], bytes[ends[random.NextInt32(ends.Length)]], .. bytes[to..]],
            2 => [.. bytes[..from], .. bytes[Math.Min(to + 1, bytes.Length)..]],
            _ => [.. bytes[..from], .. Enumerable.Repeat((byte)'x', 1 << random.NextInt32(14)), .. bytes[from..]],
        };
    }

    private static byte[] Replace(byte[] bytes, int at, ReadOnlySpan<byte> with)
    {
        int count = Math.Max(0, Math.Min(with.Length, bytes.Length - at));
        with[..count].CopyTo(bytes.AsSpan(Math.Min(at, bytes.Length)));
        return bytes;
    }

    private static void WriteNumber(byte[] bytes, int at, int size, uint number)
    {
        for (int i = 0; i < size && at + i < bytes.Length; i++)
        {
            bytes[at + i] = (byte)(number >> (8 * i));
        }
    }
}
