using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Radapt.Imaging;

namespace Radapt.Batching;

/// <summary>
/// Decoded images in a folder that runs and processes share, one file each: <c>ab/ab…ef.gray</c>, named by a hash of the image file's
/// bytes, of
/// the decoder's revision and of the stored size. Copies of an image share an entry, an image that is replaced gets another one.
/// <para>
/// An entry is written under a name of its own and renamed, so that neither a second writer nor a kill leaves half an entry; a checksum
/// over all of it is verified at every reading, so that one damaged by anything else is decoded and written again. Entries are read, not
/// mapped:
/// a mapped page that a network drive fails to deliver ends the process, a failed read is decoded from the image file instead.
/// </para>
/// <para>
/// Hashing needs the image file's bytes, once per run and image; later passes read the entry alone. Any thread may ask at any time.
/// </para>
/// </summary>
internal sealed class DiskCache
{
    /// <summary>What is left free on the disk, where the run folder may be, too: 1 GiB.</summary>
    public const long DefaultReserve = 1L << 30;

    private const ulong Magic = 0x3147_5450_4441_5221; // a layout of another kind takes another number
    private const int HeaderLength = 56; // magic, key, width, height, channels, bits, checksum of all others and the pixels
    private const int ChecksumAt = 40;

    private readonly ConcurrentDictionary<string, UInt128> _keys = new();
    private readonly string _partial;
    private readonly ulong _settings;
    private readonly long _reserve;
    private readonly DecodingOptions _decoding;
    private volatile string? _problem;

    /// <summary>Opens a folder, or makes it.</summary>
    /// <param name="folder">Where the entries are.</param>
    /// <param name="size">
    /// 0: images as decoded, so that nothing changes but the time. Else larger images are stored in gray, their shorter side resized to
    /// this many pixels:
    /// evaluation at that very <see cref="Preprocessing.Resize"/> still sees the same pixels, a random crop sees coarser ones.
    /// </param>
    /// <param name="reserve">Bytes to leave free on the disk.</param>
    /// <param name="decoding">How files are decoded; null: as is standard.</param>
    /// <exception cref="RadaptException">The folder is not there and cannot be made.</exception>
    public DiskCache(string folder, int size = 0, long reserve = DefaultReserve, DecodingOptions? decoding = null)
    {
        _decoding = decoding ?? new DecodingOptions();
        _reserve = reserve;
        Folder = Path.GetFullPath(folder);
        Size = size;
        _partial = Path.Combine(Folder, "partial");
        string png = _decoding.PngBits == PngDepth.Full ? "" : $"; PNG {_decoding.PngBits} bits";
        _settings =
            XxHash3.HashToUInt64(
                MemoryMarshal.AsBytes($"{RadiographReader.Revision}; shorter side {size}; DICOM {_decoding.Scale}{png}".AsSpan()));
        try
        {
            Directory.CreateDirectory(_partial);
            RemoveOldPartials();
            string probe = Path.Combine(_partial, Guid.NewGuid().ToString("N"));
            File.WriteAllBytes(probe, []);
            File.Delete(probe);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _problem = Directory.Exists(Folder)
                ? $"--cache {Folder}: cannot be written ({e.Message}); images that it already contains are "
                    + "used, other images are decoded every time."
                : throw new RadaptException(
                    $"--cache {Folder}: the folder cannot be created ({e.Message}). Choose another, or leave --cache out.", e);
        }
    }

    /// <summary>Where the entries are.</summary>
    public string Folder { get; }

    /// <summary>Shorter side of stored images in pixels; 0: as decoded.</summary>
    public int Size { get; }

    /// <summary>Why no more entries are added, one line; null: all is well. Images are right either way.</summary>
    public string? Problem => _problem;

    /// <summary>What was remarked on the files that were decoded so far.</summary>
    internal IReadOnlyList<string> Remarks => _decoding.Remarks.Lines;

    /// <summary>The image of a file, as decoded or in the stored size; from its entry if there is a sound one.</summary>
    /// <exception cref="RadaptException">The file cannot be read.</exception>
    public Radiograph Get(string path)
    {
        if (_keys.TryGetValue(path, out UInt128 known) && Load(known) is { } again)
        {
            return again;
        }

        byte[] file = RadiographReader.ReadBytes(path);
        UInt128 key = XxHash128.HashToUInt128(file, (long)_settings);
        Radiograph? image = Load(key);
        if (image is null)
        {
            image = Shrink(RadiographReader.Read(file, path, _decoding));
            Store(key, image);
        }

        _keys[path] = key;
        return image;
    }

    private string EntryOf(UInt128 key)
    {
        string name = key.ToString("x32", null);
        return Path.Combine(Folder, name[..2], name + ".gray");
    }

    // Null: there is no entry, or it is not sound.
    private Radiograph? Load(UInt128 key)
    {
        string entry = EntryOf(key);
        if (!File.Exists(entry))
        {
            return null;
        }

        try
        {
            // Sharing everything asks for no lock, which some network drives do not have.
            using SafeFileHandle handle = RegularFile.OpenHandle(entry);
            Span<byte> header = stackalloc byte[HeaderLength];
            long length = RandomAccess.GetLength(handle);
            if (!Fill(handle, header, 0))
            {
                return null;
            }

            (int width, int height, int channels, int bits) = (Int32(header, 24), Int32(header, 28), Int32(header, 32), Int32(header, 36));
            if (width < 1 || height < 1 || channels is not (1 or 3) || length - HeaderLength != (long)width * height * channels)
            {
                return null;
            }

            byte[] pixels = GC.AllocateUninitializedArray<byte>((int)(length - HeaderLength));
            if (!Fill(handle, pixels, HeaderLength))
            {
                return null;
            }

            Span<byte> expected = stackalloc byte[HeaderLength];
            WriteHeader(expected, key, width, height, channels, bits, pixels);
            return header.SequenceEqual(expected) ? new Radiograph(width, height, channels, pixels, bits) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private void Store(UInt128 key, Radiograph image)
    {
        if (_problem is not null)
        {
            return;
        }

        string entry = EntryOf(key);
        string partial = Path.Combine(_partial, Guid.NewGuid().ToString("N"));
        var header = new byte[HeaderLength];
        WriteHeader(header, key, image.Width, image.Height, image.Channels, image.SourceBits, image.Pixels);
        try
        {
            if (new DriveInfo(Folder).AvailableFreeSpace - image.Pixels.Length < _reserve)
            {
                throw new IOException($"its disk is almost full: less than {_reserve >> 20} MiB would be left");
            }

            // Not flushed: after a power cut the checksum finds what did not reach the disk, and the image is decoded again.
            using (SafeFileHandle handle = File.OpenHandle(partial, FileMode.CreateNew, FileAccess.Write, FileShare.Delete))
            {
                RandomAccess.Write(handle, [header, image.Pixels], 0);
            }

            Directory.CreateDirectory(Path.GetDirectoryName(entry)!);
            File.Move(partial, entry, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            _problem = $"--cache {Folder}: no more images are added ({e.Message}); images that are not in it are decoded every time.";
            Discard(partial);
        }
    }

    private Radiograph Shrink(Radiograph image)
    {
        if (Size == 0 || Math.Min(image.Width, image.Height) <= Size)
        {
            return image;
        }

        (int width, int height) = EvaluationTransform.ResizedSize(image.Width, image.Height, Size);
        var pixels = new byte[width * height * image.Channels];
        BicubicResampler.Resize(image, PixelBox.Whole(image), width, height, new PixelBox(0, 0, width, height), pixels);
        var gray = new byte[width * height];
        GrayTensor.ToGray(pixels, image.Channels, gray);
        return new Radiograph(width, height, 1, gray, image.SourceBits);
    }

    // What a killed process left; a partial file lives for milliseconds.
    private void RemoveOldPartials()
    {
        foreach (string file in Directory.EnumerateFiles(_partial).Where(f => File.GetLastWriteTimeUtc(f) < DateTime.UtcNow.AddHours(-1)))
        {
            Discard(file);
        }
    }

    private static void Discard(string file)
    {
        try
        {
            File.Delete(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // it is in nobody's way
        }
    }

    private static bool Fill(SafeFileHandle handle, Span<byte> buffer, long offset)
    {
        int done = 0;
        while (done < buffer.Length && RandomAccess.Read(handle, buffer[done..], offset + done) is > 0 and var read)
        {
            done += read;
        }

        return done == buffer.Length;
    }

    private static void WriteHeader(Span<byte> header, UInt128 key, int width, int height, int channels, int bits,
        ReadOnlySpan<byte> pixels)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(header, Magic);
        BinaryPrimitives.WriteUInt128LittleEndian(header[8..], key);
        BinaryPrimitives.WriteInt32LittleEndian(header[24..], width);
        BinaryPrimitives.WriteInt32LittleEndian(header[28..], height);
        BinaryPrimitives.WriteInt32LittleEndian(header[32..], channels);
        BinaryPrimitives.WriteInt32LittleEndian(header[36..], bits);
        UInt128 checksum = XxHash128.HashToUInt128(pixels, (long)XxHash3.HashToUInt64(header[..ChecksumAt]));
        BinaryPrimitives.WriteUInt128LittleEndian(header[ChecksumAt..], checksum);
    }

    private static int Int32(ReadOnlySpan<byte> header, int at) => BinaryPrimitives.ReadInt32LittleEndian(header[at..]);
}
