using System.Buffers.Binary;
using System.Text;

namespace Radapt.Imaging.Dicom.Writing;

/// <summary>
/// A data set that is being made, for explicit little endian. Elements may be added in any order and are written in the order of their
/// tags; values get an even length (PS3.5, 7.1.1); sequences and items state their lengths.
/// </summary>
internal sealed class WrittenDataSet
{
    private const int MostShortBytes = 65_534; // the largest even length of 16 bits

    private readonly SortedDictionary<uint, Element> _elements = [];

    /// <summary>An element of text; several values are separated by backslashes.</summary>
    /// <exception cref="ArgumentException">Longer than its value representation allows.</exception>
    public WrittenDataSet Text(DicomTag tag, string vr, string text)
    {
        int most = MostCharacters(vr);
        return vr is "ST" or "LT" or "UT" || text.Split('\\').All(v => v.Length <= most)
            ? Add(tag, vr, encoding => encoding.GetBytes(text), vr == "UI" ? (byte)0 : (byte)' ')
            : throw new ArgumentException($"{tag} has more than {most} characters", nameof(text));
    }

    /// <summary>An element whose bytes are known, such as text of another file in the same character set.</summary>
    public WrittenDataSet Bytes(DicomTag tag, string vr, byte[] value) =>
        Add(tag, vr, _ => value, vr is "OB" or "UN" or "UI" ? (byte)0 : (byte)' ');

    /// <summary>A 16-bit number.</summary>
    public WrittenDataSet Word(DicomTag tag, int value)
    {
        var bytes = new byte[2];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, checked((ushort)value));
        return Bytes(tag, "US", bytes);
    }

    /// <summary>A 32-bit number.</summary>
    public WrittenDataSet Long(DicomTag tag, int value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        return Bytes(tag, "UL", bytes);
    }

    /// <summary>A sequence; without items an empty one.</summary>
    public WrittenDataSet Sequence(DicomTag tag, params IEnumerable<WrittenDataSet> items)
    {
        WrittenDataSet[] all = [.. items];
        return Add(tag, "SQ", encoding => SequenceBytes(all, encoding), 0);
    }

    /// <summary>Writes the elements.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="encoding">Of texts.</param>
    public void Write(Stream stream, Encoding encoding)
    {
        foreach ((uint number, Element element) in _elements)
        {
            byte[] value = element.Value(encoding);
            WriteHeader(stream, number, element.Vr, value.Length + (value.Length % 2));
            stream.Write(value);
            if (value.Length % 2 == 1)
            {
                stream.WriteByte(element.Padding);
            }
        }
    }

    /// <summary>The elements as bytes.</summary>
    public byte[] ToBytes(Encoding encoding)
    {
        using var bytes = new MemoryStream();
        Write(bytes, encoding);
        return bytes.ToArray();
    }

    private WrittenDataSet Add(DicomTag tag, string vr, Func<Encoding, byte[]> value, byte padding)
    {
        _elements.Add(((uint)tag.Group << 16) | tag.Element, new Element(vr, value, padding));
        return this;
    }

    private static byte[] SequenceBytes(WrittenDataSet[] items, Encoding encoding)
    {
        using var bytes = new MemoryStream();
        foreach (WrittenDataSet item in items)
        {
            byte[] content = item.ToBytes(encoding);
            WriteTag(bytes, ((uint)DicomTag.Item.Group << 16) | DicomTag.Item.Element);
            WriteLength(bytes, content.Length);
            bytes.Write(content);
        }

        return bytes.ToArray();
    }

    private static void WriteHeader(Stream stream, uint number, string vr, int length)
    {
        WriteTag(stream, number);
        stream.Write([(byte)vr[0], (byte)vr[1]]);
        if (!DicomVr.HasShortLength(DicomVr.FromLetters(vr[0], vr[1])))
        {
            stream.Write([0, 0]);
            WriteLength(stream, length);
            return;
        }

        if (length > MostShortBytes)
        {
            throw new ArgumentException($"{length} bytes are more than an element of {vr} can have", nameof(length));
        }

        stream.Write([(byte)length, (byte)(length >> 8)]);
    }

    private static void WriteTag(Stream stream, uint number) =>
        stream.Write([(byte)(number >> 16), (byte)(number >> 24), (byte)number, (byte)(number >> 8)]);

    private static void WriteLength(Stream stream, int length)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, length);
        stream.Write(bytes);
    }

    // Characters of one value (PS3.5, table 6.2-1); a name has three component groups and two separators.
    private static int MostCharacters(string vr) => vr switch
    {
        "AS" => 4,
        "DA" => 8,
        "IS" => 12,
        "TM" => 14,
        "AE" or "CS" or "DS" or "SH" => 16,
        "DT" => 26,
        "LO" or "UI" => 64,
        "PN" => (3 * 64) + 2,
        _ => int.MaxValue,
    };

    private sealed record Element(string Vr, Func<Encoding, byte[]> Value, byte Padding);
}
