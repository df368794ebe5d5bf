using System.Buffers.Binary;

namespace Radapt.Imaging.Dicom;

/// <summary>Compressed pixels in fragments (PS3.5, A.4): the bytes of the first frame.</summary>
internal static class Fragments
{
    /// <summary>Finds the fragments of the first frame and joins them.</summary>
    /// <param name="bytes">The data set.</param>
    /// <param name="element">The pixel data, which begin with the offset table's item.</param>
    /// <param name="frames">Frames in the file.</param>
    /// <param name="coding">What the fragments hold.</param>
    /// <exception cref="InvalidDataException">Truncated or damaged.</exception>
    public static ReadOnlyMemory<byte> FirstFrame(byte[] bytes, DicomElement element, long frames, PixelCoding coding)
    {
        int at = element.Offset;
        int limit = element.Length == DicomElement.Undefined ? bytes.Length
            : (int)Math.Min(bytes.Length, element.Offset + (long)element.Length);
        (int table, int tableLength) = Next(bytes, ref at, limit) ?? throw Damaged();

        // A table with another number of entries than there are frames is one of fragments, and says nothing of frames.
        bool hasOffsets = frames > 1 && tableLength == 4 * frames;
        long end = hasOffsets ? BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(table + 4)) : long.MaxValue; // of the first frame
        long first = at;
        var parts = new List<(int Offset, int Length)>();
        long total = 0;
        while (at - first < end && Next(bytes, ref at, limit) is var (offset, length))
        {
            parts.Add((offset, length));
            total += length;
            bool isWhole = frames > 1 && !hasOffsets && (coding == PixelCoding.Rle || EndsImage(bytes.AsSpan(offset, length)));
            if (isWhole)
            {
                break;
            }
        }

        if (parts.Count == 0 || total == 0)
        {
            throw new InvalidDataException($"{DicomTag.PixelData} contains no fragment: the file has no image");
        }

        if (parts.Count == 1)
        {
            return bytes.AsMemory(parts[0].Offset, parts[0].Length);
        }

        byte[] joined = GC.AllocateUninitializedArray<byte>((int)total);
        int to = 0;
        foreach ((int offset, int length) in parts)
        {
            bytes.AsSpan(offset, length).CopyTo(joined.AsSpan(to));
            to += length;
        }

        return joined;
    }

    // The next item's value; null: the sequence ends, or the file does after a whole fragment.
    private static (int Offset, int Length)? Next(byte[] bytes, ref int at, int limit)
    {
        if (at == limit)
        {
            return null;
        }

        if (at + 8L > limit)
        {
            throw Damaged();
        }

        var tag = new DicomTag(BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(at)),
            BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(at + 2)));
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at + 4));
        if (tag == DicomTag.SequenceEnd)
        {
            return null;
        }

        if (tag != DicomTag.Item || at + 8L + length > limit)
        {
            throw Damaged();
        }

        at += 8 + (int)length;
        return (at - (int)length, (int)length);
    }

    // The end marker of all JPEG kinds, before at most one byte of padding.
    private static bool EndsImage(ReadOnlySpan<byte> fragment) => fragment is [.., 0xFF, 0xD9] or [.., 0xFF, 0xD9, _];

    private static InvalidDataException Damaged() =>
        new($"{DicomTag.PixelData} is truncated or damaged between its fragments; copy or export the file again");
}
