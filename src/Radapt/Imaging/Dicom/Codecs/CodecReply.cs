using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Radapt.Imaging.Dicom.Codecs;

/// <summary>What a decoding process answers: 0 and the samples of 16 bits, or the length of a message and the message.</summary>
internal static class CodecReply
{
    private const int LongestMessage = 1000;

    public static void Write(Stream to, ReadOnlySpan<ushort> samples)
    {
        to.Write([0, 0, 0, 0]);
        to.Write(MemoryMarshal.AsBytes(samples));
        to.Flush();
    }

    public static void Write(Stream to, string problem)
    {
        byte[] text = Encoding.UTF8.GetBytes(problem.Length > LongestMessage / 4 ? problem[..(LongestMessage / 4)] : problem);
        Span<byte> header = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(header, text.Length);
        to.Write(header);
        to.Write(text);
        to.Flush();
    }

    /// <summary>Reads an answer.</summary>
    /// <exception cref="EndOfStreamException">The process has ended.</exception>
    /// <exception cref="IOException">What came is not an answer.</exception>
    public static ushort[] Read(Stream from, int count, out string? problem)
    {
        Span<byte> header = stackalloc byte[4];
        from.ReadExactly(header);
        int length = BinaryPrimitives.ReadInt32LittleEndian(header);
        if (length is < 0 or > LongestMessage)
        {
            throw new IOException("A decoding process did not answer.");
        }

        if (length > 0)
        {
            var text = new byte[length];
            from.ReadExactly(text);
            problem = Encoding.UTF8.GetString(text);
            return [];
        }

        problem = null;
        ushort[] samples = GC.AllocateUninitializedArray<ushort>(count);
        from.ReadExactly(MemoryMarshal.AsBytes(samples.AsSpan()));
        return samples;
    }
}
