using System.Buffers.Binary;
using Radapt.Runs;
using Radapt.Training;

namespace Radapt.Tests.Training;

public sealed class EventLogTests
{
    [Fact] // M15
    public void Update_Events_CarrySecondsSince1970AndSoundChecksums()
    {
        using var folder = new TemporaryFolder();
        double before = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 1000.0;
        using (var log = new EventLog(folder.Path))
        {
            log.Update(3, 0.5, 0.25);
        }

        double after = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 1000.0;
        byte[][] records = [.. Records(File.ReadAllBytes(Assert.Single(Directory.GetFiles(folder.Path, RunFolder.EventFiles))))];
        Assert.Equal(3, records.Length); // the format's version, loss, learning rate
        Assert.All(records, r =>
        {
            Assert.Equal(0x09, r[0]); // field 1, 64 bits: wall_time
            Assert.InRange(BinaryPrimitives.ReadDoubleLittleEndian(r.AsSpan(1)), before, after);
        });
        Assert.Contains("brain.Event:2", System.Text.Encoding.Latin1.GetString(records[0]), StringComparison.Ordinal);
        Assert.Equal([0x10, 3], records[1][9..11]); // field 2: step
        Assert.Contains("train/loss", System.Text.Encoding.Latin1.GetString(records[1]), StringComparison.Ordinal);
        Assert.Equal(0.5f, BinaryPrimitives.ReadSingleLittleEndian(records[1].AsSpan(records[1].Length - 4)));
        Assert.Equal(0.25f, BinaryPrimitives.ReadSingleLittleEndian(records[2].AsSpan(records[2].Length - 4)));
    }

    private static IEnumerable<byte[]> Records(byte[] file)
    {
        for (int at = 0; at < file.Length;)
        {
            int length = (int)BinaryPrimitives.ReadInt64LittleEndian(file.AsSpan(at));
            Assert.Equal(Masked(file.AsSpan(at, 8)), BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at + 8)));
            Assert.Equal(Masked(file.AsSpan(at + 12, length)), BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at + 12 + length)));
            yield return file[(at + 12)..(at + 12 + length)];
            at += 16 + length;
        }
    }

    // CRC-32C bit by bit (polynomial 0x1EDC6F41, reflected), masked as TensorFlow's record format says.
    private static uint Masked(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte b in bytes)
        {
            crc ^= b;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ ((crc & 1) * 0x82F63B78);
            }
        }

        crc = ~crc;
        return ((crc >> 15) | (crc << 17)) + 0xA282EAD8;
    }
}
