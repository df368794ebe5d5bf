using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using Radapt.Runs;

namespace Radapt.Training;

/// <summary>
/// TensorBoard events of a run: loss and learning rate per update, validation figures per epoch. A file for every session, of records as
/// TensorFlow
/// frames them: length, its checksum, an <c>Event</c> message, its checksum. Times are seconds since 1970.
/// </summary>
internal sealed class EventLog : IDisposable
{
    private static readonly TimeSpan s_flushInterval = TimeSpan.FromSeconds(10);

    private readonly TimeProvider _time;
    private readonly FileStream _file;
    private DateTimeOffset _flushed;

    /// <summary>Begins a file in a run folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="time">Tells when events happen; null: the system's clock.</param>
    /// <exception cref="RadaptException">It cannot be written.</exception>
    public EventLog(string folder, TimeProvider? time = null)
    {
        _time = time ?? TimeProvider.System;
        _flushed = _time.GetUtcNow();
        string name = string.Create(CultureInfo.InvariantCulture,
            $"events.out.tfevents.{_flushed.ToUnixTimeSeconds():0000000000}.{Environment.MachineName}.{Environment.ProcessId}");
        string path = Path.Combine(folder, name);
        for (int i = 1; File.Exists(path); i++)
        {
            path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{name}.{i}"));
        }

        try
        {
            _file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, 1 << 16);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RadaptException($"{path}: cannot be written ({e.Message}). Choose a folder with write access and free space.", e);
        }

        Write(Event(0).Add(3, "brain.Event:2"));
    }

    /// <summary>An update: the loss of its last batch, the learning rate.</summary>
    public void Update(long update, double loss, double learningRate)
    {
        Scalar(update, "train/loss", loss);
        Scalar(update, "train/learning_rate", learningRate);
    }

    /// <summary>An epoch that ended.</summary>
    public void Epoch(EpochResult result)
    {
        Scalar(result.Updates, "train/images_per_second", result.ImagesPerSecond);
        foreach ((string name, double value) in result.Figures)
        {
            Scalar(result.Updates, "val/" + name, value);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            _file.Dispose();
        }
        catch (IOException)
        {
            // The disk is full: what is lost is a picture of what metrics.jsonl says.
        }
    }

    // Event { double wall_time = 1; int64 step = 2; string file_version = 3; Summary summary = 5 }
    private ProtoMessage Event(long step) => new ProtoMessage().Add(1, _time.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0).Add(2, step);

    // Summary { repeated Value value = 1 }, Value { string tag = 1; float simple_value = 2 }
    private void Scalar(long step, string tag, double value) =>
        Write(Event(step).Add(5, new ProtoMessage().Add(1, new ProtoMessage().Add(1, tag).Add(2, (float)value))));

    private void Write(ProtoMessage message)
    {
        byte[] record = message.ToByteArray();
        Span<byte> head = stackalloc byte[12];
        BinaryPrimitives.WriteInt64LittleEndian(head, record.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(head[8..], MaskedChecksum(head[..8]));
        Span<byte> tail = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(tail, MaskedChecksum(record));
        try
        {
            _file.Write(head);
            _file.Write(record);
            _file.Write(tail);
            DateTimeOffset now = _time.GetUtcNow();
            if (now - _flushed > s_flushInterval)
            {
                _file.Flush();
                _flushed = now;
            }
        }
        catch (IOException e)
        {
            throw new RadaptException(
                $"{_file.Name}: cannot be written ({e.Message}). Choose a folder with write access and free space.", e);
        }
    }

    // TensorFlow rotates the CRC-32C and adds a constant, since a checksum of data that holds checksums is a weak one.
    private static uint MaskedChecksum(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte b in bytes)
        {
            crc = BitOperations.Crc32C(crc, b);
        }

        return BitOperations.RotateRight(~crc, 15) + 0xA282EAD8;
    }
}
