using System.Buffers.Binary;
using System.Text;

namespace Radapt.Checkpoints;

/// <summary>
/// The bytes of a file's pickles, taken from front to back. Lengths are compared with what is left, and with the most that pickles of
/// a checkpoint hold, before memory is allocated: a sparse file of gigabytes costs its writer nothing.
/// </summary>
internal sealed class PickleInput(FileBytes file, Stream stream)
{
    /// <summary>Bytes that the pickled parts of a file may have; the tensors' bytes are elsewhere.</summary>
    public const long MaxBytes = 64 << 20;

    public long Position { get; private set; }

    /// <summary>What reading the file has cost so far.</summary>
    public ReadingBudget Budget { get; } = new(file);

    private long Left => Math.Min(stream.Length, MaxBytes) - Position;

    public byte Byte()
    {
        Span<byte> one = stackalloc byte[1];
        Fill(one);
        return one[0];
    }

    public ushort U16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(stackalloc byte[2]));

    public uint U32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(stackalloc byte[4]));

    public long I64() => BinaryPrimitives.ReadInt64LittleEndian(Take(stackalloc byte[8]));

    public double F64() => BinaryPrimitives.ReadDoubleBigEndian(Take(stackalloc byte[8]));

    public byte[] Bytes(long count)
    {
        byte[] bytes = new byte[Checked(count)];
        Fill(bytes);
        return bytes;
    }

    public string Text(long count, Encoding encoding) => encoding.GetString(Bytes(count));

    public void Skip(long count)
    {
        Span<byte> scratch = stackalloc byte[512];
        for (long left = Checked(count); left > 0; left -= scratch.Length)
        {
            Fill(scratch[..(int)Math.Min(left, scratch.Length)]);
        }
    }

    /// <summary>Text up to the next line feed, which is taken too.</summary>
    public string Line()
    {
        var line = new StringBuilder();
        for (byte next = Byte(); next != '\n'; next = Byte())
        {
            line.Append(line.Length < 1000 ? (char)next : throw Malformed("a name is longer than 1000 characters"));
        }

        return line.ToString();
    }

    public RadaptException Malformed(string defect) => file.Damaged($"its pickled part is malformed at byte {Position}: {defect}");

    private long Checked(long count) =>
        count >= 0 && count <= Left ? count
            : throw Malformed(
                $"a value has {(ulong)count} bytes, but only {Left} of {Math.Min(stream.Length, MaxBytes)} bytes are left");

    private ReadOnlySpan<byte> Take(Span<byte> into)
    {
        Fill(into);
        return into;
    }

    private void Fill(Span<byte> into)
    {
        if (into.Length > MaxBytes - Position)
        {
            throw Malformed($"it has more than {MaxBytes} bytes");
        }

        while (into.Length > 0)
        {
            int read = stream.Read(into);
            if (read == 0)
            {
                throw Malformed("it ends without its STOP mark");
            }

            into = into[read..];
            Position += read;
        }
    }
}
