using System.Buffers.Binary;

namespace Radapt.Imaging.Dicom;

/// <summary>
/// Walks the elements of a data set (PS3.5, section 7) and keeps the places of those that are read. Every element is visited once and costs
/// no
/// memory unless it is read, nesting is limited, and no length is believed beyond the bytes that are there.
/// </summary>
/// <param name="bytes">The data set's bytes, or its beginning.</param>
/// <param name="length">Bytes of the whole, of which <paramref name="bytes"/> may be the beginning.</param>
internal sealed class DicomParser(byte[] bytes, long length)
{
    private const int DeepestNesting = 32;

    private readonly DicomElementReader _headers = new(bytes, length);

    /// <summary>Elements from a place on, up to and including the pixel data.</summary>
    /// <exception cref="InvalidDataException">The data set is damaged.</exception>
    /// <exception cref="EndOfStreamException">More bytes are needed than are there, but the file has them.</exception>
    public DicomDataSet Read(int start, TransferSyntax syntax)
    {
        var set = new DicomDataSet(bytes, syntax.IsBigEndian);
        int at = start;
        while (at < length)
        {
            DicomElement element = _headers.Read(ref at, syntax.IsExplicit, syntax.IsBigEndian);
            if (element.Tag == DicomTag.PixelData)
            {
                set.Add(element); // its end is looked at when pixels are wanted
                return set;
            }

            at = Pass(set, element, syntax.IsExplicit, syntax.IsBigEndian, 0);
        }

        return set;
    }

    /// <summary>
    /// The elements of group 0002, which are explicit little endian whatever follows; <paramref name="end"/>: the first byte after them.
    /// </summary>
    /// <exception cref="InvalidDataException">The group is damaged.</exception>
    /// <exception cref="EndOfStreamException">More bytes are needed than are there, but the file has them.</exception>
    public DicomDataSet ReadMeta(int start, out int end)
    {
        // The group length element is often wrong; the group ends where another begins.
        var set = new DicomDataSet(bytes, isBigEndian: false);
        end = start;
        while (end + 8 <= length)
        {
            _headers.Require(end, 8);
            if (BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(end)) != 2)
            {
                break;
            }

            DicomElement element = _headers.Read(ref end, isExplicit: true, isBigEndian: false);
            end = Pass(set, element, isExplicit: true, isBigEndian: false, 0);
        }

        return set;
    }

    // Keeps or passes over one element; returns where the next begins.
    private int Pass(DicomDataSet set, DicomElement element, bool isExplicit, bool isBigEndian, int depth)
    {
        bool isSequence = element.Vr == DicomVr.Sequence || element.Length == DicomElement.Undefined
            || (element.Vr == 0 && element.Tag.IsReadSequence);
        if (!isSequence)
        {
            int end = _headers.EndOf(element);
            if (element.Tag.IsRead)
            {
                _headers.Require(element.Offset, (int)element.Length);
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
            return _headers.EndOf(element);
        }

        return PassItems(isWanted ? set : null, element, isExplicit, isBigEndian, depth + 1);
    }

    private int PassItems(DicomDataSet? owner, DicomElement sequence, bool isExplicit, bool isBigEndian, int depth)
    {
        if (depth > DeepestNesting)
        {
            throw new InvalidDataException($"{sequence.Tag}: sequences are nested more than {DeepestNesting} deep; the file is damaged");
        }

        long end = sequence.Length == DicomElement.Undefined ? long.MaxValue : _headers.EndOf(sequence);
        int at = sequence.Offset;
        while (at < end)
        {
            (DicomTag tag, uint itemLength) = _headers.ReadItem(ref at, isBigEndian);
            if (tag == DicomTag.SequenceEnd)
            {
                return at;
            }

            if (tag != DicomTag.Item)
            {
                throw new InvalidDataException($"{sequence.Tag}: {tag} is where an item is expected; the file is damaged");
            }

            var item = new DicomDataSet(bytes, isBigEndian);
            at = owner is null && itemLength != DicomElement.Undefined ? _headers.EndOf(new DicomElement(sequence.Tag, 0, at, itemLength))
                : PassItem(item, sequence.Tag, at, itemLength, isExplicit, isBigEndian, depth);
            owner?.AddItem(sequence.Tag, item);
        }

        return at;
    }

    private int PassItem(DicomDataSet item, DicomTag sequence, int at, uint itemLength, bool isExplicit, bool isBigEndian, int depth)
    {
        long end = itemLength == DicomElement.Undefined ? long.MaxValue : _headers.EndOf(new DicomElement(sequence, 0, at, itemLength));
        while (at < end)
        {
            int before = at;
            (DicomTag tag, _) = _headers.ReadItem(ref at, isBigEndian);
            if (tag == DicomTag.ItemEnd)
            {
                return at;
            }

            at = before;
            DicomElement element = _headers.Read(ref at, isExplicit, isBigEndian);
            if (element.Tag.Group == DicomTag.Item.Group)
            {
                throw new InvalidDataException($"{sequence}: {element.Tag} is where an element is expected; the file is damaged");
            }

            at = Pass(item, element, isExplicit, isBigEndian, depth);
        }

        return at;
    }
}
