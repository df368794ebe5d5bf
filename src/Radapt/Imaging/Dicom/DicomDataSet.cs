using System.Buffers.Binary;
using System.Text;

namespace Radapt.Imaging.Dicom;

/// <summary>The elements of a data set that are read, as typed values. The first of repeated elements counts.</summary>
internal sealed class DicomDataSet(byte[] bytes, bool isBigEndian)
{
    private const int LongestText = 4096;

    private readonly Dictionary<DicomTag, DicomElement> _elements = [];
    private readonly Dictionary<DicomTag, DicomDataSet> _items = [];

    /// <summary>The bytes that elements are in.</summary>
    public byte[] Bytes => bytes;

    public bool IsBigEndian => isBigEndian;

    public void Add(DicomElement element) => _elements.TryAdd(element.Tag, element);

    /// <summary>Keeps the first item of a sequence.</summary>
    public void AddItem(DicomTag sequence, DicomDataSet item) => _items.TryAdd(sequence, item);

    public DicomElement? Find(DicomTag tag) => _elements.TryGetValue(tag, out DicomElement element) ? element : null;

    /// <summary>The first item of a sequence; null: none.</summary>
    public DicomDataSet? FirstItem(DicomTag sequence) => _items.GetValueOrDefault(sequence);

    /// <summary>A text without padding; empty where there is none.</summary>
    /// <exception cref="InvalidDataException">Absurdly long.</exception>
    public string Text(DicomTag tag)
    {
        if (Find(tag) is not { } element)
        {
            return "";
        }

        if (element.Length > LongestText)
        {
            throw new InvalidDataException($"{tag} has {element.Length} bytes; at most {LongestText} are read");
        }

        bool isUtf8 = tag != DicomTag.SpecificCharacterSet
            && Text(DicomTag.SpecificCharacterSet).Contains("ISO_IR 192", StringComparison.Ordinal);
        return (isUtf8 ? Encoding.UTF8 : Encoding.Latin1).GetString(bytes, element.Offset, (int)element.Length).Trim(' ', '\0');
    }

    /// <summary>The first of several values, which a backslash separates.</summary>
    public string FirstText(DicomTag tag) => Text(tag).Split('\\')[0].Trim();

    /// <summary>The first value of a decimal or integer string, or of a binary number; null: none.</summary>
    /// <exception cref="InvalidDataException">No finite number.</exception>
    public double? Number(DicomTag tag) => TryNumber(tag, out double? value) ? value
        : throw new InvalidDataException($"{tag} is not a number; export the file again");

    /// <summary>The same; false where there is a value that is not a finite number.</summary>
    public bool TryNumber(DicomTag tag, out double? value)
    {
        value = null;
        if (Find(tag) is not { } element)
        {
            return true;
        }

        if (DicomNumber.SizeOf(element.Vr) is var size and > 0)
        {
            value = element.Length >= size ? DicomNumber.Read(bytes.AsSpan(element.Offset, size), element.Vr, isBigEndian) : null;
            return value is null || double.IsFinite(value.Value);
        }

        string text = element.Length <= LongestText ? FirstText(tag) : "?";
        value = DicomNumber.Parse(text);
        return value is not null || text.Length == 0;
    }

    /// <summary>A 16-bit number; null where it is missing or empty.</summary>
    /// <exception cref="InvalidDataException">Its length is not that of a 16-bit number.</exception>
    public ushort? UInt16(DicomTag tag)
    {
        ushort[] values = UInt16s(tag);
        return values.Length > 0 ? values[0] : null;
    }

    /// <summary>A 16-bit number that must be there.</summary>
    /// <exception cref="InvalidDataException">It is not.</exception>
    public int Required(DicomTag tag) => UInt16(tag) ?? throw new InvalidDataException($"{tag} is missing; export the file again");

    /// <summary>16-bit numbers in the data set's byte order; none where the element is missing.</summary>
    /// <exception cref="InvalidDataException">A length that is odd.</exception>
    public ushort[] UInt16s(DicomTag tag)
    {
        if (Find(tag) is not { } element)
        {
            return [];
        }

        // Of the elements that are read only lookup tables have more than a few: 65536 entries at most.
        if (element.Length % 2 != 0 || element.Length > 2 * 65_536)
        {
            throw new InvalidDataException($"{tag} has {element.Length} bytes, which are not 16-bit numbers; export the file again");
        }

        var values = new ushort[element.Length / 2];
        ReadOnlySpan<byte> span = bytes.AsSpan(element.Offset, (int)element.Length);
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = isBigEndian ? BinaryPrimitives.ReadUInt16BigEndian(span[(2 * i)..])
                : BinaryPrimitives.ReadUInt16LittleEndian(span[(2 * i)..]);
        }

        return values;
    }
}
