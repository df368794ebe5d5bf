using System.Buffers.Binary;

namespace Radapt.Imaging.Dicom.Codecs;

/// <summary>
/// What a decoding process is asked: five numbers of 32 bits, little endian (coding, width, height, samples, length), then the stream.
/// </summary>
internal sealed record CodecRequest(PixelCoding Coding, int Width, int Height, int Samples, ReadOnlyMemory<byte> Stream)
{
    private const int HeaderLength = 20;

    public void Write(Stream to)
    {
        Span<byte> header = stackalloc byte[HeaderLength];
        foreach ((int i, int value) in new[] { (int)Coding, Width, Height, Samples, Stream.Length }.Index())
        {
            BinaryPrimitives.WriteInt32LittleEndian(header[(4 * i)..], value);
        }

        to.Write(header);
        to.Write(Stream.Span);
    }

    /// <summary>The next request; null: there is none.</summary>
    public static CodecRequest? Read(Stream from)
    {
        var header = new byte[HeaderLength];
        if (from.ReadAtLeast(header, HeaderLength, throwOnEndOfStream: false) < HeaderLength)
        {
            return null;
        }

        int[] values = [.. Enumerable.Range(0, HeaderLength / 4).Select(i => BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(4 * i)))];
        var stream = new byte[values[4]];
        from.ReadExactly(stream);
        return new CodecRequest((PixelCoding)values[0], values[1], values[2], values[3], stream);
    }
}
