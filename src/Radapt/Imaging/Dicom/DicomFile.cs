using System.Buffers.Binary;
using System.IO.Compression;

namespace Radapt.Imaging.Dicom;

/// <summary>
/// A DICOM file's elements and where its pixels are: Part 10 (PS3.10, section 7) or a bare data set, whose encoding is told by its first
/// bytes.
/// </summary>
/// <param name="Syntax">How it is encoded.</param>
/// <param name="Elements">What is read of it.</param>
internal sealed record DicomFile(TransferSyntax Syntax, DicomDataSet Elements)
{
    /// <summary>Bytes of a deflated data set; 128 MiB hold an image of 60 million pixels.</summary>
    private const int LongestInflated = 128 << 20;

    private const int Preamble = 128;

    /// <summary>
    /// Whether the content is DICOM, from its first 132 bytes: <c>DICM</c> behind the preamble, or the beginning of a data set.
    /// </summary>
    public static bool IsDicom(ReadOnlySpan<byte> start) => IsPart10(start) || IsBare(start);

    /// <summary>Bytes that a file may have when unpacked; 0: it does not say that it is deflated.</summary>
    public static long MostInflated(ReadOnlySpan<byte> file)
    {
        const int MetaLength = 4096; // of file meta information that holds the transfer syntax
        const long MostTimes = 1032; // a deflated stream's length (zlib's technical notes)
        return file[..Math.Min(file.Length, MetaLength)].IndexOf("1.2.840.10008.1.2.1.99"u8) < 0 ? 0
            : Math.Min(LongestInflated, MostTimes * file.Length);
    }

    /// <summary>Reads the elements.</summary>
    /// <param name="bytes">The file, or its beginning.</param>
    /// <param name="length">Bytes of the whole file.</param>
    /// <exception cref="InvalidDataException">Not DICOM, damaged, or encoded in a way that is not read.</exception>
    /// <exception cref="EndOfStreamException">More of the file is needed.</exception>
    public static DicomFile Parse(byte[] bytes, long length)
    {
        bool isPart10 = IsPart10(bytes);
        if (!isPart10 && !IsBare(bytes))
        {
            throw new InvalidDataException(
                "its content is not DICOM (no DICM at byte 128, nor the beginning of a data set), whatever the name says");
        }

        var parser = new DicomParser(bytes, length);
        int start = isPart10 ? Preamble + 4 : 0;
        DicomDataSet meta = new(bytes, isBigEndian: false);
        if (isPart10 || bytes[0] == 2)
        {
            meta = parser.ReadMeta(start, out start);
        }

        string uid = meta.Text(DicomTag.TransferSyntaxUid);
        TransferSyntax? said = uid.Length > 0 ? TransferSyntax.FromUid(uid) : null;
        if (said is not { IsDeflated: true })
        {
            TransferSyntax syntax = AsEncoded(bytes.AsSpan(Math.Min(start, bytes.Length)), said);
            return new DicomFile(syntax, parser.Read(start, syntax));
        }

        if (bytes.Length < length)
        {
            throw new EndOfStreamException();
        }

        byte[] inflated = Inflate(bytes, start);
        return new DicomFile(said, new DicomParser(inflated, inflated.Length).Read(0, AsEncoded(inflated, said)));
    }

    private static bool IsPart10(ReadOnlySpan<byte> start) =>
        start.Length >= Preamble + 4 && start[Preamble..(Preamble + 4)].SequenceEqual("DICM"u8);

    // The first element is of group 0002 or 0008, with a value representation or, little endian, a length that is small: group lengths,
    // character sets, image types and UIDs are there.
    private static bool IsBare(ReadOnlySpan<byte> start) =>
        start.Length >= 16
        && ((start[0] is 2 or 8 && start[1] == 0 && start[3] == 0
                && (IsExplicit(start) || BinaryPrimitives.ReadUInt32LittleEndian(start[4..]) <= 256))
            || (start[0] == 0 && start[1] == 8 && start[2] == 0 && IsExplicit(start)));

    private static bool IsExplicit(ReadOnlySpan<byte> start) =>
        start.Length >= 6 && DicomVr.IsKnown(BinaryPrimitives.ReadUInt16BigEndian(start[4..]));

    // The value representations of the first element are believed more than the transfer syntax, which some archives change without
    // encoding
    // the data set again; the byte order is told by content only where nothing says it.
    private static TransferSyntax AsEncoded(ReadOnlySpan<byte> start, TransferSyntax? said)
    {
        bool isExplicit = IsExplicit(start);
        bool isOther = start.Length >= 8
            && BinaryPrimitives.ReadUInt16LittleEndian(start) == (said is { IsBigEndian: true } ? 0x0008 : 0x0800);
        if (said is null)
        {
            return TransferSyntax.ImplicitLittleEndian with { IsExplicit = isExplicit, IsBigEndian = isExplicit && isOther };
        }

        return !isOther ? said with { IsExplicit = isExplicit || said.IsBigEndian }
            : throw new InvalidDataException(
                $"the data set is not {said.Name}, as {DicomTag.TransferSyntaxUid} says, but has the other byte order; export it again");
    }

    // In pieces, so that what is unpacked is held twice at most, and only for a moment.
    private static byte[] Inflate(byte[] bytes, int start)
    {
        const int PieceLength = 1 << 20;
        using var deflated = new DeflateStream(new MemoryStream(bytes, start, bytes.Length - start), CompressionMode.Decompress);
        var pieces = new List<byte[]>();
        int last;
        do
        {
            if ((long)pieces.Count * PieceLength >= LongestInflated)
            {
                throw new InvalidDataException(
                    $"the deflated data set is larger than {LongestInflated >> 20} MiB; convert it to explicit little endian");
            }

            pieces.Add(GC.AllocateUninitializedArray<byte>(PieceLength));
            last = ReadSome(deflated, pieces[^1]);
        }
        while (last == PieceLength);
        byte[] inflated = GC.AllocateUninitializedArray<byte>(((pieces.Count - 1) * PieceLength) + last);
        for (int i = 0; i < pieces.Count; i++)
        {
            pieces[i].AsSpan(0, i < pieces.Count - 1 ? PieceLength : last).CopyTo(inflated.AsSpan(i * PieceLength));
        }

        return inflated;
    }

    private static int ReadSome(DeflateStream deflated, byte[] buffer)
    {
        try
        {
            return deflated.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException("the deflated data set is truncated or damaged; copy or export it again", e);
        }
    }
}
