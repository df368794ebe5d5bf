using System.Buffers;
using System.Buffers.Binary;
using System.IO.Hashing;
using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Radapt.Batching;

/// <summary>
/// Features of a set of images, one record an image in the set's order, in a memory-mapped file: the system keeps in memory what fits.
/// Written from
/// front to back under a temporary name, so that a file of this name is whole. Any thread may read at any time.
/// </summary>
internal sealed class FeatureFile : IDisposable
{
    /// <summary>Key and checksum of the records.</summary>
    public const int HeaderLength = 32;

    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly FeatureLayout _layout;

    private FeatureFile(string path, FeatureLayout layout)
    {
        _layout = layout;
        _file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
        _view = _file.CreateViewAccessor(0, layout.FileBytes, MemoryMappedFileAccess.Read);
    }

    /// <summary>Shape of one image's features.</summary>
    public IReadOnlyList<int> Shape => _layout.Shape;

    /// <summary>The block that reads them; the depth: the head does.</summary>
    public int FirstBlock => _layout.FirstBlock;

    /// <summary>Opens a file that was written before; null: there is none of this layout, or it is damaged.</summary>
    public static FeatureFile? Open(string path, FeatureLayout layout)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            using (FileStream stream = RegularFile.OpenRead(path))
            {
                Span<byte> header = stackalloc byte[HeaderLength];
                if (stream.Length != layout.FileBytes || stream.ReadAtLeast(header, HeaderLength, throwOnEndOfStream: false) < HeaderLength
                    || BinaryPrimitives.ReadUInt128LittleEndian(header) != layout.Key)
                {
                    return null;
                }

                var checksum = new XxHash128((long)(ulong)layout.Key);
                checksum.Append(stream);
                if (BinaryPrimitives.ReadUInt128LittleEndian(header[16..]) != checksum.GetCurrentHashAsUInt128())
                {
                    return null;
                }
            }

            return new FeatureFile(path, layout);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Writes a file and opens it.</summary>
    /// <param name="path">Where.</param>
    /// <param name="layout">What.</param>
    /// <param name="records">The items' values as bytes of the layout's type, in order, any number of items at once.</param>
    /// <exception cref="RadaptException">It cannot be written.</exception>
    public static FeatureFile Write(string path, FeatureLayout layout, IEnumerable<ReadOnlyMemory<byte>> records)
    {
        AtomicFile.Write(path, stream =>
        {
            var header = new byte[HeaderLength];
            stream.Write(header);
            var checksum = new XxHash128((long)(ulong)layout.Key);
            foreach (ReadOnlyMemory<byte> bytes in records)
            {
                stream.Write(bytes.Span);
                checksum.Append(bytes.Span);
            }

            if (stream.Position != layout.FileBytes)
            {
                throw new InvalidOperationException($"{stream.Position} bytes were written where the layout has {layout.FileBytes}.");
            }

            BinaryPrimitives.WriteUInt128LittleEndian(header, layout.Key);
            BinaryPrimitives.WriteUInt128LittleEndian(header.AsSpan(16), checksum.GetCurrentHashAsUInt128());
            stream.Position = 0;
            stream.Write(header);
        });
        return new FeatureFile(path, layout);
    }

    /// <summary>The features of an item.</summary>
    public void Read(int item, Span<float> values)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)item, (uint)_layout.Items);
        ulong offset = HeaderLength + ((ulong)item * (ulong)_layout.Stride);
        if (!_layout.IsBFloat16)
        {
            _view.SafeMemoryMappedViewHandle.ReadSpan(offset, values);
            return;
        }

        ushort[] halves = ArrayPool<ushort>.Shared.Rent(values.Length);
        _view.SafeMemoryMappedViewHandle.ReadSpan(offset, halves.AsSpan(0, values.Length));
        Widen(halves.AsSpan(0, values.Length), values);
        ArrayPool<ushort>.Shared.Return(halves);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _view.Dispose();
        _file.Dispose();
    }

    // A bfloat16 is the upper half of a float32.
    private static void Widen(ReadOnlySpan<ushort> halves, Span<float> values)
    {
        Span<uint> bits = MemoryMarshal.Cast<float, uint>(values);
        int i = 0;
        for (; i <= halves.Length - Vector128<ushort>.Count; i += Vector128<ushort>.Count)
        {
            (Vector128<uint> low, Vector128<uint> high) = Vector128.Widen(Vector128.Create(halves[i..]));
            (low << 16).CopyTo(bits[i..]);
            (high << 16).CopyTo(bits[(i + Vector128<uint>.Count)..]);
        }

        for (; i < halves.Length; i++)
        {
            bits[i] = (uint)halves[i] << 16;
        }
    }
}
