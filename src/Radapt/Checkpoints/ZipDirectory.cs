using System.Buffers.Binary;
using System.Text;

namespace Radapt.Checkpoints;

/// <summary>
/// The central directory of a zip file. Our own reader, since tensors are read straight from an entry's position in the file, which
/// the framework's archive class does not tell.
/// </summary>
internal sealed class ZipDirectory
{
    private const uint EndSignature = 0x06054b50, End64Signature = 0x06064b50, Locator64Signature = 0x07064b50;
    private const uint EntrySignature = 0x02014b50, LocalSignature = 0x04034b50;
    private const int EndSize = 22;
    private const long MaxDirectoryBytes = 25 << 20; // two hundred thousand entries
    private const long MaxInflation = 1040; // deflate itself cannot do better

    private readonly FileBytes _file;
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    /// <exception cref="RadaptException">The directory is missing or broken.</exception>
    public ZipDirectory(FileBytes file)
    {
        _file = file;
        (long at, long size, long count) = FindDirectory();
        if (size > MaxDirectoryBytes || at < 0 || size < 0 || at > file.Length - size)
        {
            throw file.Damaged("its zip directory points outside the file");
        }

        byte[] directory = new byte[size];
        file.Read(at, directory);
        ReadOnlySpan<byte> left = directory;
        for (long i = 0; i < count; i++)
        {
            left = left[ReadEntry(left)..];
        }
    }

    public IEnumerable<string> Names => _entries.Keys;

    public bool Contains(string name) => _entries.ContainsKey(name);

    /// <summary>An entry's bytes.</summary>
    public StorageBytes Open(string name)
    {
        if (!_entries.TryGetValue(name, out Entry? entry))
        {
            throw _file.Damaged($"the entry {name} is missing");
        }

        Span<byte> header = stackalloc byte[30];
        if (entry.Header < 0 || entry.Header > _file.Length - header.Length)
        {
            throw _file.Damaged($"the entry {name} is outside the file");
        }

        _file.Read(entry.Header, header);
        long data = entry.Header + header.Length + U16(header, 26) + U16(header, 28);
        if (U32(header, 0) != LocalSignature || entry.Stored < 0 || entry.Length < 0 || data > _file.Length - entry.Stored)
        {
            throw _file.Damaged($"the entry {name} has no valid header");
        }

        return entry.Method switch
        {
            0 when entry.Stored == entry.Length =>
                new StorageBytes(_file, name, data, entry.Stored, entry.Length, deflated: false, entry.Checksum),
            8 when entry.Length / MaxInflation <= entry.Stored =>
                new StorageBytes(_file, name, data, entry.Stored, entry.Length, deflated: true, entry.Checksum),
            _ => throw _file.Damaged($"the entry {name} has impossible sizes, is encrypted or is packed by a method other than deflate"),
        };
    }

    private (long At, long Size, long Count) FindDirectory()
    {
        byte[] tail = new byte[(int)Math.Min(_file.Length, EndSize + ushort.MaxValue)];
        long tailAt = _file.Length - tail.Length;
        _file.Read(tailAt, tail);
        for (int i = tail.Length - EndSize; i >= 0; i--)
        {
            ReadOnlySpan<byte> end = tail.AsSpan(i);
            if (U32(end, 0) == EndSignature && U16(end, 20) <= end.Length - EndSize)
            {
                (long at, long size, long count) = (U32(end, 16), U32(end, 12), U16(end, 10));
                return at == uint.MaxValue || size == uint.MaxValue || count == ushort.MaxValue ? FindDirectory64(tailAt + i)
                    : (at, size, count);
            }
        }

        throw _file.Damaged("the zip directory at its end is missing, perhaps because a download was interrupted");
    }

    private (long At, long Size, long Count) FindDirectory64(long end)
    {
        Span<byte> locator = stackalloc byte[20];
        Span<byte> record = stackalloc byte[56];
        if (end >= locator.Length)
        {
            _file.Read(end - locator.Length, locator);
            long at = I64(locator, 8);
            if (U32(locator, 0) == Locator64Signature && at >= 0 && at <= _file.Length - record.Length)
            {
                _file.Read(at, record);
                if (U32(record, 0) == End64Signature)
                {
                    return (I64(record, 48), I64(record, 40), I64(record, 32));
                }
            }
        }

        throw _file.Damaged("its zip64 directory is missing");
    }

    /// <summary>Reads one entry; returns its size in the directory.</summary>
    private int ReadEntry(ReadOnlySpan<byte> entry)
    {
        const int fixedSize = 46;
        if (entry.Length < fixedSize || U32(entry, 0) != EntrySignature)
        {
            throw _file.Damaged("its zip directory is cut off");
        }

        (int nameSize, int extraSize) = (U16(entry, 28), U16(entry, 30));
        int total = fixedSize + nameSize + extraSize + U16(entry, 32);
        if (total > entry.Length)
        {
            throw _file.Damaged("its zip directory is cut off");
        }

        string name = Encoding.UTF8.GetString(entry.Slice(fixedSize, nameSize));
        bool encrypted = (U16(entry, 8) & 1) != 0;
        (long stored, long length, long header) = (U32(entry, 20), U32(entry, 24), U32(entry, 42));
        ReadOnlySpan<byte> extra = entry.Slice(fixedSize + nameSize, extraSize);
        while (extra.Length >= 4)
        {
            int fieldSize = Math.Min(U16(extra, 2), extra.Length - 4);
            if (U16(extra, 0) == 1)
            {
                ReadOnlySpan<byte> wide = extra.Slice(4, fieldSize);
                length = Widen(length, ref wide);
                stored = Widen(stored, ref wide);
                header = Widen(header, ref wide);
            }

            extra = extra[(4 + fieldSize)..];
        }

        var read = new Entry(header, stored, length, encrypted ? -1 : U16(entry, 10), U32(entry, 16));
        if (!_entries.TryAdd(name, read))
        {
            throw _file.Damaged($"its zip directory lists {name} twice");
        }

        return total;
    }

    /// <summary>A value that did not fit 32 bits is in the zip64 field instead.</summary>
    private static long Widen(long value, ref ReadOnlySpan<byte> wide)
    {
        if (value != uint.MaxValue || wide.Length < 8)
        {
            return value;
        }

        value = I64(wide, 0);
        wide = wide[8..];
        return value;
    }

    private static ushort U16(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);

    private static uint U32(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);

    private static long I64(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadInt64LittleEndian(bytes[at..]);

    private sealed record Entry(long Header, long Stored, long Length, int Method, uint Checksum);
}
