using System.Buffers.Binary;

namespace Radapt.Imaging.Dicom;

/// <summary>
/// Reads the headers of data elements (PS3.5, 7.1). An element that is encoded otherwise than its data set is told by what follows it:
/// writers
/// copy private elements as they found them, without a value representation, with an unknown one, or with a length of the wrong size.
/// </summary>
/// <param name="bytes">The data set's bytes, or its beginning.</param>
/// <param name="length">Bytes of the whole, of which <paramref name="bytes"/> may be the beginning.</param>
internal sealed class DicomElementReader(byte[] bytes, long length)
{
    /// <summary>Reads tag, value representation and length; <paramref name="at"/> then is the first byte of the value.</summary>
    /// <exception cref="InvalidDataException">Beyond the end, or without any reading that fits the file.</exception>
    /// <exception cref="EndOfStreamException">More bytes are needed than are there, but the file has them.</exception>
    public DicomElement Read(ref int at, bool isExplicit, bool isBigEndian)
    {
        (DicomTag tag, uint size) = ReadItem(ref at, isBigEndian);
        if (tag.Group == DicomTag.Item.Group)
        {
            return new DicomElement(tag, 0, at, size);
        }

        ushort vr = BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(at - 4));
        if (!isExplicit)
        {
            var implied = new DicomElement(tag, 0, at, size);
            return !DicomVr.IsKnown(vr) || Fits(implied, isExplicit: false, isBigEndian) ? implied
                : Unusual(tag, vr, ref at, isBigEndian) ?? implied;
        }

        ushort shortLength = UInt16(at - 2, isBigEndian);
        if (DicomVr.HasShortLength(vr))
        {
            return new DicomElement(tag, vr, at, shortLength);
        }

        if (DicomVr.IsKnown(vr) && shortLength == 0)
        {
            Require(at, 4);
            at += 4;
            return new DicomElement(tag, vr, at, UInt32(at - 4, isBigEndian));
        }

        return Unusual(tag, vr, ref at, isBigEndian)
            ?? throw new InvalidDataException($"{tag} has no value representation, so "
                + "the data set is damaged or not encoded as its header says");
    }

    /// <summary>Reads a tag and a length of 32 bits, as items and implicit elements have them.</summary>
    /// <exception cref="InvalidDataException">Beyond the end.</exception>
    /// <exception cref="EndOfStreamException">More bytes are needed than are there, but the file has them.</exception>
    public (DicomTag Tag, uint Length) ReadItem(ref int at, bool isBigEndian)
    {
        Require(at, 8);
        at += 8;
        return (TagAt(at - 8, isBigEndian), UInt32(at - 4, isBigEndian));
    }

    /// <summary>The first byte behind an element's value.</summary>
    /// <exception cref="InvalidDataException">It is beyond the end of the file.</exception>
    public int EndOf(DicomElement element)
    {
        long end = element.Offset + (long)element.Length;
        return end <= length ? (int)end
            : throw new InvalidDataException(
                $"{element.Tag} says it has {element.Length} bytes, more than the file has left: "
                + "it is truncated or damaged; copy or export it again");
    }

    /// <summary>Demands bytes. Beyond the end of the file: damaged. Beyond what was read of it: to be tried again with more.</summary>
    /// <exception cref="InvalidDataException">The file does not have them.</exception>
    /// <exception cref="EndOfStreamException">It has them, but they have not been read.</exception>
    public void Require(int at, int count)
    {
        if (at + (long)count > length)
        {
            throw new InvalidDataException("the file ends inside a data element: it is truncated or damaged; copy or export it again");
        }

        if (at + (long)count > bytes.Length)
        {
            throw new EndOfStreamException();
        }
    }

    // The readings of a header of 8 bytes that ends at `at`: without a representation, with a length of 16 bits, with one of 32 bits behind
    // two reserved bytes. The first that leads to an element with a known representation counts, else the first that leads to a plausible
    // one.
    private DicomElement? Unusual(DicomTag tag, ushort vr, ref int at, bool isBigEndian)
    {
        var implied = new DicomElement(tag, 0, at, UInt32(at - 4, isBigEndian));
        var brief = new DicomElement(tag, vr, at, UInt16(at - 2, isBigEndian));
        DicomElement? full = at + 4L <= length ? new DicomElement(tag, vr, at + 4, Long(at, isBigEndian)) : null;
        DicomElement?[] readings = DicomVr.IsKnown(vr) ? [brief, full, implied]
            : DicomVr.IsPlausible(vr) ? [full, brief, implied]
            : [implied, brief, full];
        foreach (bool isExplicit in new[] { true, false })
        {
            foreach (DicomElement? reading in readings)
            {
                if (reading is { } element && Fits(element, isExplicit, isBigEndian))
                {
                    at = element.Offset;
                    return element;
                }
            }
        }

        return null;
    }

    // Whether an element ends where the file does, or where one begins that may follow it: its tag is higher, or a delimiter.
    private bool Fits(DicomElement element, bool isExplicit, bool isBigEndian)
    {
        bool isUndefined = element.Length == DicomElement.Undefined;
        long end = element.Offset + (isUndefined ? 0 : (long)element.Length);
        if (end + 8 > length)
        {
            return end == length;
        }

        int next = (int)end;
        Require(next, 8);
        DicomTag tag = TagAt(next, isBigEndian);
        if (isUndefined || tag.Group == DicomTag.Item.Group)
        {
            return tag.Group == DicomTag.Item.Group;
        }

        bool isLater = tag.Group > element.Tag.Group || (tag.Group == element.Tag.Group && tag.Element > element.Tag.Element);
        return isLater && (isExplicit ? DicomVr.IsKnown(BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(next + 4)))
            : UInt32(next + 4, isBigEndian) is var size && (size == DicomElement.Undefined || end + 8 + size <= length));
    }

    private uint Long(int at, bool isBigEndian)
    {
        Require(at, 4);
        return UInt32(at, isBigEndian);
    }

    private DicomTag TagAt(int at, bool isBigEndian) => new(UInt16(at, isBigEndian), UInt16(at + 2, isBigEndian));

    private ushort UInt16(int at, bool isBigEndian) =>
        isBigEndian ? BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(at)) : BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(at));

    private uint UInt32(int at, bool isBigEndian) =>
        isBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(at)) : BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at));
}
