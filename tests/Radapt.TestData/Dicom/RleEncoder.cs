using System.Buffers.Binary;

namespace Radapt.TestData.Dicom;

/// <summary>RLE lossless (PS3.5, annex G).</summary>
internal static class RleEncoder
{
    private const int HeaderLength = 64;
    private const int LongestRun = 128;

    /// <summary>Interleaved samples -> a frame.</summary>
    public static byte[] Encode(ReadOnlySpan<ushort> samples, int samplesPerPixel, int bytesPerSample)
    {
        var header = new byte[HeaderLength];
        BinaryPrimitives.WriteInt32LittleEndian(header, samplesPerPixel * bytesPerSample);
        var frame = new List<byte>(header);
        for (int segment = 0; segment < samplesPerPixel * bytesPerSample; segment++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(4 * (segment + 1)), frame.Count);
            var plane = new byte[samples.Length / samplesPerPixel];
            int shift = 8 * (bytesPerSample - 1 - (segment % bytesPerSample));
            for (int i = 0; i < plane.Length; i++)
            {
                plane[i] = (byte)(samples[(i * samplesPerPixel) + (segment / bytesPerSample)] >> shift);
            }

            Pack(plane, frame);
        }

        byte[] bytes = [.. frame];
        header.CopyTo(bytes, 0);
        return bytes;
    }

    private static void Pack(ReadOnlySpan<byte> plane, List<byte> to)
    {
        int at = 0;
        while (at < plane.Length)
        {
            int run = Run(plane[at..]);
            if (run >= 3)
            {
                to.Add((byte)(1 - run));
                to.Add(plane[at]);
                at += run;
                continue;
            }

            int literal = 0;
            while (at + literal < plane.Length && literal < LongestRun && Run(plane[(at + literal)..]) < 3)
            {
                literal++;
            }

            to.Add((byte)(literal - 1));
            to.AddRange(plane.Slice(at, literal));
            at += literal;
        }

        if (to.Count % 2 != 0)
        {
            to.Add(0);
        }
    }

    private static int Run(ReadOnlySpan<byte> bytes)
    {
        int length = 1;
        while (length < bytes.Length && length < LongestRun && bytes[length] == bytes[0])
        {
            length++;
        }

        return length;
    }
}
