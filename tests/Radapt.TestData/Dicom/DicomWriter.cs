using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Radapt.Imaging.Dicom;

namespace Radapt.TestData.Dicom;

/// <summary>
/// Builds DICOM files to read: what tests, the throughput figures and the fuzzer are fed with. Elements stand in the order in which they
/// are
/// added, so that files against the rules can be made, too.
/// </summary>
internal sealed class DicomWriter(bool isExplicit = true, bool isBigEndian = false)
{
    public const string ImplicitLittleEndian = "1.2.840.10008.1.2";
    public const string ExplicitLittleEndian = "1.2.840.10008.1.2.1";
    public const string Deflated = "1.2.840.10008.1.2.1.99";
    public const string BigEndian = "1.2.840.10008.1.2.2";

    private static readonly string[] s_long = ["OB", "OW", "SQ", "UN", "UT"];

    private readonly ArrayBufferWriter<byte> _bytes = new();

    /// <summary>The data set so far.</summary>
    public byte[] DataSet => _bytes.WrittenSpan.ToArray();

    /// <summary>An element of text, padded to an even length.</summary>
    public DicomWriter Text(DicomTag tag, string vr, string text)
    {
        string padded = text.Length % 2 == 0 ? text : text + (vr == "UI" ? '\0' : ' ');
        return Element(tag, vr, Encoding.Latin1.GetBytes(padded));
    }

    /// <summary>An element of 16-bit numbers.</summary>
    public DicomWriter Words(DicomTag tag, params ReadOnlySpan<ushort> values) => Words(tag, "US", values);

    /// <summary>An element of 16-bit numbers.</summary>
    public DicomWriter Words(DicomTag tag, string vr, params ReadOnlySpan<ushort> values)
    {
        var bytes = new byte[2 * values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            Write(bytes.AsSpan(2 * i), values[i]);
        }

        return Element(tag, vr, bytes);
    }

    /// <summary>An element.</summary>
    public DicomWriter Element(DicomTag tag, string vr, ReadOnlySpan<byte> value)
    {
        Header(tag, vr, (uint)value.Length);
        _bytes.Write<byte>(value);
        return this;
    }

    /// <summary>The header of an element alone.</summary>
    public DicomWriter Header(DicomTag tag, string vr, uint length)
    {
        Tag(tag);
        if (!isExplicit || tag.Group == 0xFFFE)
        {
            Number(length);
            return this;
        }

        _bytes.Write<byte>(Encoding.ASCII.GetBytes(vr));
        if (s_long.Contains(vr))
        {
            _bytes.Write<byte>([0, 0]);
            Number(length);
        }
        else
        {
            Number((ushort)length);
        }

        return this;
    }

    /// <summary>A sequence, its items and their ends of stated or undefined length.</summary>
    public DicomWriter Sequence(DicomTag tag, bool isDefined, params ReadOnlySpan<DicomWriter> items)
    {
        var body = new DicomWriter(isExplicit, isBigEndian);
        foreach (DicomWriter item in items)
        {
            byte[] content = item.DataSet;
            body.Header(DicomTag.Item, "", isDefined ? (uint)content.Length : DicomElement.Undefined);
            body._bytes.Write<byte>(content);
            if (!isDefined)
            {
                body.Header(DicomTag.ItemEnd, "", 0);
            }
        }

        if (!isDefined)
        {
            body.Header(DicomTag.SequenceEnd, "", 0);
        }

        Header(tag, "SQ", isDefined ? (uint)body.DataSet.Length : DicomElement.Undefined);
        _bytes.Write<byte>(body.DataSet);
        return this;
    }

    /// <summary>Compressed pixels: an offset table, then the fragments, padded to even lengths.</summary>
    public DicomWriter Fragments(ReadOnlySpan<uint> offsets, params ReadOnlySpan<byte[]> fragments)
    {
        Header(DicomTag.PixelData, "OB", DicomElement.Undefined);
        var table = new byte[4 * offsets.Length];
        for (int i = 0; i < offsets.Length; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(table.AsSpan(4 * i), offsets[i]);
        }

        Element(DicomTag.Item, "", table);
        foreach (byte[] fragment in fragments)
        {
            Element(DicomTag.Item, "", fragment.Length % 2 == 0 ? fragment : [.. fragment, 0]);
        }

        return Header(DicomTag.SequenceEnd, "", 0);
    }

    /// <summary>The data set as a Part 10 file.</summary>
    public byte[] ToFile(string transferSyntax)
    {
        var meta = new DicomWriter();
        meta.Element(new DicomTag(2, 1), "OB", [0, 1]).Text(DicomTag.TransferSyntaxUid, "UI", transferSyntax);
        byte[] group = new DicomWriter().Element(new DicomTag(2, 0), "UL", BitConverter.GetBytes(meta.DataSet.Length)).DataSet;
        return [.. new byte[128], .. "DICM"u8, .. group, .. meta.DataSet, .. transferSyntax == Deflated ? Deflate(DataSet) : DataSet];
    }

    private static byte[] Deflate(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var deflate = new DeflateStream(packed, CompressionLevel.Optimal))
        {
            deflate.Write(bytes);
        }

        return packed.ToArray();
    }

    private void Tag(DicomTag tag)
    {
        Number(tag.Group);
        Number(tag.Element);
    }

    private void Number(ushort value)
    {
        Span<byte> bytes = stackalloc byte[2];
        Write(bytes, value);
        _bytes.Write<byte>(bytes);
    }

    private void Number(uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        if (isBigEndian)
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        }
        else
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        }

        _bytes.Write<byte>(bytes);
    }

    private void Write(Span<byte> to, ushort value)
    {
        if (isBigEndian)
        {
            BinaryPrimitives.WriteUInt16BigEndian(to, value);
        }
        else
        {
            BinaryPrimitives.WriteUInt16LittleEndian(to, value);
        }
    }
}
