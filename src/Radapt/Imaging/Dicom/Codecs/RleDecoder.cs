using System.Buffers.Binary;

namespace Radapt.Imaging.Dicom.Codecs;

/// <summary>RLE lossless (PS3.5, annex G): a segment per byte of a sample, the highest first, each in PackBits.</summary>
internal static class RleDecoder
{
    private const int HeaderLength = 64;
    private const int MostSegments = 15;

    /// <summary>Frame -> samples, interleaved.</summary>
    /// <exception cref="InvalidDataException">Damaged, or of another layout than the format says.</exception>
    public static ushort[] Decode(ReadOnlySpan<byte> frame, PixelFormat format)
    {
        int expected = format.Samples * (format.BitsAllocated / 8);
        if (frame.Length < HeaderLength)
        {
            throw new InvalidDataException("the RLE frame is shorter than its header; copy or export the file again");
        }

        uint segments = BinaryPrimitives.ReadUInt32LittleEndian(frame);
        if (segments == format.Samples && format.HighBit < 8)
        {
            expected = format.Samples; // a byte a sample, whatever Bits Allocated says
        }

        if (segments != expected || segments > MostSegments)
        {
            throw new InvalidDataException($"the RLE header says {segments} segments, but {expected} are needed; export the file again");
        }

        int bytesPerSample = expected / format.Samples;
        var samples = new ushort[format.Count * format.Samples];
        byte[] plane = GC.AllocateUninitializedArray<byte>(format.Count);
        for (int s = 0; s < segments; s++)
        {
            uint start = Offset(frame, s);
            uint end = s + 1 < segments ? Offset(frame, s + 1) : (uint)frame.Length;
            if (start < HeaderLength || start > end || end > frame.Length)
            {
                throw new InvalidDataException($"the offset of RLE segment {s + 1} is outside the frame; export the file again");
            }

            Unpack(frame[(int)start..(int)end], plane);
            int sample = s / bytesPerSample;
            int shift = 8 * (bytesPerSample - 1 - (s % bytesPerSample));
            for (int i = 0, to = sample; i < plane.Length; i++, to += format.Samples)
            {
                samples[to] |= (ushort)(plane[i] << shift);
            }
        }

        return samples;
    }

    private static uint Offset(ReadOnlySpan<byte> frame, int segment) =>
        BinaryPrimitives.ReadUInt32LittleEndian(frame[(4 * (segment + 1))..]);

    private static void Unpack(ReadOnlySpan<byte> segment, Span<byte> plane)
    {
        int from = 0;
        int to = 0;
        while (to < plane.Length)
        {
            if (from >= segment.Length)
            {
                throw Truncated();
            }

            int control = (sbyte)segment[from++];
            if (control >= 0)
            {
                // Writers may let the last run go beyond the plane.
                int count = Math.Min(control + 1, plane.Length - to);
                if (from + count > segment.Length)
                {
                    throw Truncated();
                }

                segment.Slice(from, count).CopyTo(plane[to..]);
                from += control + 1;
                to += count;
            }
            else if (control != -128)
            {
                if (from >= segment.Length)
                {
                    throw Truncated();
                }

                int count = Math.Min(1 - control, plane.Length - to);
                plane.Slice(to, count).Fill(segment[from++]);
                to += count;
            }
        }
    }

    private static InvalidDataException Truncated() =>
        new("an RLE segment ends before its last pixel: the file is truncated or damaged; copy or export it again");
}
