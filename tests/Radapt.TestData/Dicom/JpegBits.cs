namespace Radapt.TestData.Dicom;

/// <summary>Segments and bits of a JPEG stream as its encoders write them (ITU-T T.81, annex B, F.1.2.3).</summary>
internal sealed class JpegBits
{
    private readonly List<byte> _bytes = [0xFF, 0xD8];
    private uint _pending;
    private int _count;

    public byte[] Bytes => [.. _bytes];

    public void Segment(byte marker, params ReadOnlySpan<byte> content)
    {
        _bytes.AddRange([0xFF, marker, (byte)((content.Length + 2) >> 8), (byte)(content.Length + 2)]);
        _bytes.AddRange(content);
    }

    public void Frame(byte marker, int bits, int height, int width, int components)
    {
        byte[] content = [(byte)bits, (byte)(height >> 8), (byte)height, (byte)(width >> 8), (byte)width, (byte)components];
        Segment(marker, [.. content, .. Enumerable.Range(1, components).SelectMany(c => new byte[] { (byte)c, 0x11, 0 })]);
    }

    public void Put(int value, int length)
    {
        for (int i = length - 1; i >= 0; i--)
        {
            _pending = (_pending << 1) | (uint)((value >> i) & 1);
            if (++_count == 8)
            {
                _bytes.Add((byte)_pending);
                if ((byte)_pending == 0xFF)
                {
                    _bytes.Add(0);
                }

                (_pending, _count) = (0, 0);
            }
        }
    }

    /// <summary>Fills the last byte with ones and writes a marker.</summary>
    public void Marker(byte marker)
    {
        while (_count > 0)
        {
            Put(1, 1);
        }

        _bytes.AddRange([0xFF, marker]);
    }

    /// <summary>The bits of a difference or coefficient in its category.</summary>
    public void PutMagnitude(int value, int category) => Put(value < 0 ? value + (1 << category) - 1 : value, category);

    public static int Category(int value) => value == 0 ? 0 : 1 + (int)Math.Log2(Math.Abs(value));
}
