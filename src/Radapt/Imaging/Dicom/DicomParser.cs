using System.Buffers.Binary;

namespace Radapt.Imaging.Dicom;

/// <summary>
/// Walks the elements of a data set (PS3.5, section 7) and keeps the places of those that are read. Every element is visited once and costs no
/// memory unless it is read, nesting is limited, and no length is believed beyond the bytes that are there.
/// </summary>
/// <param name="bytes">The data set's bytes, or its beginning.</param>
/// <param name="length">Bytes of the whole, of which <paramref name="bytes"/> may be the beginning.</param>
internal sealed class DicomParser(byte[] bytes, long length)
{
    private const int DeepestNesting = 32;

    /// <summary>Elements from a place on, up to and including the pixel data.</summary>
    /// <exception cref="InvalidDataException">The data set is damaged.</exception>
    /// <exception cref="EndOfStreamException">More bytes are needed than are there, but the file has them.</exception>
    public DicomDataSet Read(int start, TransferSyntax syntax)
    {
        RequireByteOrder(start, syntax);
        var set = new DicomDataSet(bytes, syntax.IsBigEndian);
        int at = start;
        while (at < length)
        {
            DicomElement element = ReadHeader(ref at, syntax.IsExplicit, syntax.IsBigEndian);
            if (element.Tag == DicomTag.PixelData)
            {
                set.Add(element); // its end is looked at when pixels are wanted
                return set;
            }

            at = Pass(set, element, syntax.IsExplicit, syntax.IsBigEndian, 0);
        }

        return set;
    }

    /// <summary>The elements of group 0002, which are explicit little endian whatever follows; <paramref name="end"/>: the first byte after them.</summary>
    /// <exception cref="InvalidDataException">The group is damaged.</exception>
    /// <exception cref="EndOfStreamException">More bytes are needed than are there, but the file has them.</exception>
    public DicomDataSet ReadMeta(int start, out int end)
    {
        // The group length element is often wrong; the group ends where another begins.
        var set = new DicomDataSet(bytes, isBigEndian: false);
        end = start;
        while (end + 8 <= length)
        {
            Require(end, 8);
            if (BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(end)) != 2)
            {
                break;
            }

            DicomElement element = ReadHeader(ref end, isExplicit: true, isBigEndian: false);
            end = Pass(set, element, isExplicit: true, isBigEndian: false, 0);
        }

        return set;
    }

    // Keeps or passes over one element; returns where the next begins.
    private int Pass(DicomDataSet set, DicomElement element, bool isExplicit, bool isBigEndian, int depth)
    {
        bool isSequence = element.Vr == DicomVr.Sequence || element.Length == DicomElement.Undefined || (element.Vr == 0 && element.Tag.IsReadSequence);
        if (!isSequence)
        {
            int end = EndOf(element);
            if (element.Tag.IsRead)
            {
                Require(element.Offset, (int)element.Length);
                set.Add(element);
            }

            return end;
        }

        if (element.Vr == DicomVr.Unknown)
        {
            (isExplicit, isBigEndian) = (false, false); // PS3.5, 6.2.2: what is hidden in UN is implicit little endian
        }

        bool isWanted = element.Tag.IsReadSequence;
        if (!isWanted && element.Length != DicomElement.Undefined)
        {
            return EndOf(element);
        }

        return PassItems(isWanted ? set : null, element, isExplicit, isBigEndian, depth + 1);
    }

    private int PassItems(DicomDataSet? owner, DicomElement sequence, bool isExplicit, bool isBigEndian, int depth)
    {
        if (depth > DeepestNesting)
        {
            throw new InvalidDataException($"{sequence.Tag}: sequences are nested more than {DeepestNesting} deep; the file is damaged");
        }

        long end = sequence.Length == DicomElement.Undefined ? long.MaxValue : EndOf(sequence);
        int at = sequence.Offset;
        while (at < end)
        {
            (DicomTag tag, uint itemLength) = ReadItemHeader(ref at, isBigEndian);
            if (tag == DicomTag.SequenceEnd)
            {
                return at;
            }

            if (tag != DicomTag.Item)
            {
                throw new InvalidDataException($"{sequence.Tag}: {tag} stands where an item should; the file is damaged");
            }

            var item = new DicomDataSet(bytes, isBigEndian);
            at = owner is null && itemLength != DicomElement.Undefined ? EndOf(new DicomElement(sequence.Tag, 0, at, itemLength))
                : PassItem(item, sequence.Tag, at, itemLength, isExplicit, isBigEndian, depth);
            owner?.AddItem(sequence.Tag, item);
        }

        return at;
    }

    private int PassItem(DicomDataSet item, DicomTag sequence, int at, uint itemLength, bool isExplicit, bool isBigEndian, int depth)
    {
        long end = itemLength == DicomElement.Undefined ? long.MaxValue : EndOf(new DicomElement(sequence, 0, at, itemLength));
        while (at < end)
        {
            int before = at;
            (DicomTag tag, _) = ReadItemHeader(ref at, isBigEndian);
            if (tag == DicomTag.ItemEnd)
            {
                return at;
            }

            at = before;
            DicomElement element = ReadHeader(ref at, isExplicit, isBigEndian);
            if (element.Tag.Group == DicomTag.Item.Group)
            {
                throw new InvalidDataException($"{sequence}: {element.Tag} stands where an element should; the file is damaged");
            }

            at = Pass(item, element, isExplicit, isBigEndian, depth);
        }

        return at;
    }

    private DicomElement ReadHeader(ref int at, bool isExplicit, bool isBigEndian)
    {
        (DicomTag tag, uint size) = ReadItemHeader(ref at, isBigEndian);
        if (!isExplicit || tag.Group == DicomTag.Item.Group)
        {
            return new DicomElement(tag, 0, at, size);
        }

        ushort vr = BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(at - 4));
        if (!DicomVr.IsPlausible(vr))
        {
            throw new InvalidDataException($"{tag} has no value representation, so the data set is damaged or not encoded as its header says");
        }

        if (DicomVr.HasShortLength(vr))
        {
            return new DicomElement(tag, vr, at, UInt16(at - 2, isBigEndian));
        }

        Require(at, 4);
        at += 4;
        return new DicomElement(tag, vr, at, UInt32(at - 4, isBigEndian));
    }

    private (DicomTag Tag, uint Length) ReadItemHeader(ref int at, bool isBigEndian)
    {
        Require(at, 8);
        at += 8;
        return (new DicomTag(UInt16(at - 8, isBigEndian), UInt16(at - 6, isBigEndian)), UInt32(at - 4, isBigEndian));
    }

    private int EndOf(DicomElement element)
    {
        long end = element.Offset + (long)element.Length;
        return end <= length ? (int)end
            : throw new InvalidDataException($"{element.Tag} says it has {element.Length} bytes, more than the file has left: it is truncated or damaged; copy or export it again");
    }

    // Beyond the end of the file: damaged. Beyond what was read of it: to be tried again with more.
    private void Require(int at, int count)
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

    private void RequireByteOrder(int start, TransferSyntax syntax)
    {
        if (start + 8 <= bytes.Length && UInt16(start, syntax.IsBigEndian) == 0x0800)
        {
            throw new InvalidDataException($"the data set is not {syntax.Name}, as {DicomTag.TransferSyntaxUid} says, but of the other byte order; export it again");
        }
    }

    private ushort UInt16(int at, bool isBigEndian) =>
        isBigEndian ? BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(at)) : BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(at));

    private uint UInt32(int at, bool isBigEndian) =>
        isBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(at)) : BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at));
}
