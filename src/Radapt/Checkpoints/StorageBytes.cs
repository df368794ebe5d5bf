using System.IO.Compression;
using System.IO.Hashing;

namespace Radapt.Checkpoints;

/// <summary>The bytes of one storage, which several tensors may share: a range of the file, as it is or deflated.</summary>
/// <param name="file">The file that contains the storage.</param>
/// <param name="name">Its name for error messages.</param>
/// <param name="offset">Its first byte in the file.</param>
/// <param name="stored">The bytes it takes there.</param>
/// <param name="length">The bytes it has.</param>
/// <param name="deflated">Whether it must be inflated.</param>
/// <param name="checksum">CRC-32 of its content; null where the format has none.</param>
internal sealed class StorageBytes(FileBytes file, string name, long offset, long stored, long length, bool deflated = false,
    uint? checksum = null)
{
    /// <summary>Its size once inflated.</summary>
    public long Length => length;

    /// <summary>Deflated data can only be read from its start.</summary>
    public bool Sequential => deflated;

    /// <summary>Copies a range. Reading all of it also proves its checksum.</summary>
    public void CopyTo(long from, nint destination, long count)
    {
        // torch can be told not to compute checksums and then leaves a zero.
        Crc32? crc = checksum is not (null or 0) && from == 0 && count == length ? new Crc32() : null;
        Action<ReadOnlySpan<byte>>? seen = crc is null ? null : crc.Append;
        if (deflated)
        {
            Inflate(from, destination, count, seen);
        }
        else
        {
            file.Read(offset + from, destination, count, seen);
        }

        if (crc is not null && crc.GetCurrentHashAsUInt32() != checksum)
        {
            throw file.Damaged($"the checksum of {name} does not match its content");
        }
    }

    private unsafe void Inflate(long from, nint destination, long count, Action<ReadOnlySpan<byte>>? seen)
    {
        using var inflated = new DeflateStream(new FileRegionStream(file, offset, stored), CompressionMode.Decompress);
        try
        {
            byte[] skipped = new byte[(int)Math.Min(from, 1 << 20)];
            for (long left = from; left > 0;)
            {
                int read = inflated.Read(skipped.AsSpan(0, (int)Math.Min(left, skipped.Length)));
                left -= read > 0 ? read : throw TooShort();
            }

            for (long done = 0; done < count;)
            {
                var piece = new Span<byte>((byte*)destination + done, (int)Math.Min(count - done, 64 << 20));
                int read = inflated.Read(piece);
                done += read > 0 ? read : throw TooShort();
                seen?.Invoke(piece[..read]);
            }

            if (from + count == length && inflated.ReadByte() >= 0)
            {
                throw file.Damaged($"{name} inflates to more than the {length} bytes it declares");
            }
        }
        catch (InvalidDataException failure)
        {
            throw file.Damaged($"{name} cannot be inflated", failure);
        }
    }

    private RadaptException TooShort() => file.Damaged($"{name} inflates to fewer than the {length} bytes it declares");
}
