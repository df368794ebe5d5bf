using System.Globalization;
using System.Runtime.InteropServices;
using NetVips;
using Radapt.Imaging.Dicom;

namespace Radapt.Imaging;

/// <summary>
/// Image files -> pixels; PNG and JPEG as Pillow's <c>Image.open(...).convert('RGB')</c> gives them: palettes expanded, alpha dropped
/// without compositing, no colour management, 16-bit colour cut to its high byte. Three things differ: gray stays one channel (also where a
/// file repeats it three times, which all transforms here treat alike); 16-bit gray is scaled to the full range (or that of fewer bits,
/// <see cref="DecodingOptions.PngBits"/>), where Pillow clips everything above 255 to white; and a picture whose EXIF orientation says that
/// it is rotated is turned upright, as every viewer shows it.
/// </summary>
internal static class RadiographReader
{
    /// <summary>Bytes of the largest file that is read; larger ones are cine loops and tomographies.</summary>
    internal const long LargestFile = 512L << 20;

    private const int Decoding = 4; // counts changes of what Decode makes of a file

    private static readonly DecodingOptions s_standard = new();

    /// <summary>Names everything that the pixels of a file depend on; decoded images of another revision are not to be used.</summary>
    internal static string Revision =>
        $"decoding {Decoding}, libvips {NetVips.NetVips.Version(0)}.{NetVips.NetVips.Version(1)}.{NetVips.NetVips.Version(2)}";

    /// <summary>Reads a PNG, JPEG or DICOM file, told by its content.</summary>
    /// <exception cref="RadaptException">Missing, unreadable, truncated, damaged, of another format or absurdly large.</exception>
    public static Radiograph Read(string path) => Read(path, s_standard);

    /// <inheritdoc cref="Read(string)"/>
    /// <param name="path">The file.</param>
    /// <param name="options">How its values become gray levels.</param>
    public static Radiograph Read(string path, DecodingOptions options) => Read(ReadBytes(path), path, options);

    /// <summary>The bytes of an image file.</summary>
    /// <exception cref="RadaptException">Missing or unreadable.</exception>
    internal static byte[] ReadBytes(string path) =>
        Load(path, static p => RegularFile.Length(p) <= LargestFile ? RegularFile.ReadAllBytes(p)
        : throw RadaptException.In(p, $"image files of up to {LargestFile >> 20} MiB are read; this one is larger."));

    /// <summary>Reads a PNG, JPEG or DICOM file from memory; <paramref name="name"/> is what error messages call it.</summary>
    /// <exception cref="RadaptException">Truncated, damaged, of another format or absurdly large.</exception>
    public static Radiograph Read(ReadOnlyMemory<byte> bytes, string name) => Read(bytes, name, s_standard);

    /// <inheritdoc cref="Read(ReadOnlyMemory{byte}, string)"/>
    /// <param name="bytes">The file.</param>
    /// <param name="name">What error messages call it.</param>
    /// <param name="options">How its values become gray levels.</param>
    public static Radiograph Read(ReadOnlyMemory<byte> bytes, string name, DecodingOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (bytes.IsEmpty)
        {
            throw RadaptException.In(name, "the file is empty; copy or export it again.");
        }

        byte[] file = MemoryMarshal.TryGetArray(bytes, out ArraySegment<byte> segment) && segment.Offset == 0
            && segment.Count == segment.Array!.Length
            ? segment.Array : bytes.ToArray();
        if (DicomReader.IsDicom(file, name))
        {
            return DicomReader.Read(file, name, options);
        }

        using var stream = new MemoryStream(file, writable: false);
        ImageInfo info = ImageHeader.Read(stream, name);
        return Guarded(file, info, name, () => Decode(file, info, options.PngBits));
    }

    /// <summary>Bytes in memory as a stream that is read.</summary>
    internal static Stream AsStream(ReadOnlyMemory<byte> bytes) => MemoryMarshal.TryGetArray(bytes, out ArraySegment<byte> segment)
        ? new MemoryStream(segment.Array!, segment.Offset, segment.Count, writable: false)
        : new MemoryStream(bytes.ToArray(), writable: false);

    /// <summary>Reads size, channels and format from the header, without decoding.</summary>
    /// <exception cref="RadaptException">Missing, unreadable, of another format, or absurdly large.</exception>
    public static ImageInfo Probe(string path) => Load(path, static p =>
    {
        using FileStream stream = RegularFile.OpenRead(p);
        return ImageHeader.Read(stream, p);
    });

    internal static T Load<T>(string path, Func<string, T> read)
    {
        try
        {
            return read(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw RadaptException.In(path, "there is no such image file.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw RadaptException.In(path, $"the image file cannot be read: {Reason(e)}", e);
        }
    }

    /// <summary>Why a file cannot be read, without its path, which the system's own texts hold.</summary>
    internal static string Reason(Exception e) => e switch
    {
        EmptyFileException => $"{e.Message}; copy or export it again.",
        UnauthorizedAccessException => "access to it is denied.",
        PathTooLongException => "its path is too long.",
        ArgumentException or NotSupportedException => "its path is not valid.",
        _ => $"the system reports an error of input or output (0x{e.HResult:X8}).",
    };

    // The strip height in which libvips itself reads sequentially; taller strips only add copies.
    private const int RowsAtOnce = 16;

    /// <summary>The largest sample of a PNG file of 16 bits, alpha left out.</summary>
    /// <exception cref="RadaptException">Missing, unreadable, damaged or absurdly large.</exception>
    internal static int LargestSample(string path)
    {
        byte[] file = ReadBytes(path);
        using var stream = new MemoryStream(file, writable: false);
        ImageInfo info = ImageHeader.Read(stream, path);
        return Guarded(file, info, path, () =>
        {
            using Image image = Open(file, info);
            using Region region = Region.New(image);
            int largest = 0;
            for (int top = 0; top < info.Height; top += RowsAtOnce)
            {
                ReadOnlySpan<ushort> samples = MemoryMarshal.Cast<byte, ushort>(
                    region.Fetch(0, top, info.Width, Math.Min(RowsAtOnce, info.Height - top)));
                largest = Math.Max(largest, Largest(samples, image.Bands, info.Channels));
            }

            return largest;
        });
    }

    private static T Guarded<T>(byte[] file, ImageInfo info, string name, Func<T> decode)
    {
        NativeLibraries.RequireImages();
        try
        {
            var cost = DecodingCost.Estimate(file, info);
            cost.Require();
            using DecodingMemory.Lease memory = DecodingMemory.Shared.Take(cost.Memory + (MayBeTurned(file) ? 2 * cost.Decoded : 0));
            return decode();
        }
        catch (InvalidDataException e)
        {
            throw RadaptException.In(name, $"{e.Message}.", e);
        }
        catch (VipsException e)
        {
            // The decoder's own text comes from a buffer that all threads share, so it may speak of another file: it is not shown.
            throw RadaptException.In(name,
                $"this {info.Format.ToString().ToUpperInvariant()} file is truncated or damaged; copy or export it again.", e);
        }
    }

    private static Image Open(byte[] file, ImageInfo info) => info.Format == ImageFormat.Png
        ? Image.PngloadBuffer(file, access: Enums.Access.Sequential, failOn: Enums.FailOn.Error)
        : Image.JpegloadBuffer(file, access: Enums.Access.Sequential, failOn: Enums.FailOn.Truncated);

    private static Radiograph Decode(byte[] file, ImageInfo info, int pngBits)
    {
        using Image image = Open(file, info);
        int bands = image.Bands;
        int bits = image.Format == Enums.BandFormat.Ushort ? 16 : 8;
        if (image.Width != info.Width || image.Height != info.Height || bands < info.Channels)
        {
            throw new VipsException("The decoder and the header disagree on the size.");
        }

        using Image? turned = IsTurned(image) ? Upright(image) : null;
        return Pixels(turned ?? image, info.Channels, bits, pngBits);
    }

    // EXIF: a segment of a JPEG, a chunk of a PNG.
    private static bool MayBeTurned(ReadOnlySpan<byte> file) => file.IndexOf("Exif\0"u8) >= 0 || file.IndexOf("eXIf"u8) >= 0;

    private static bool IsTurned(Image image) => image.Contains("orientation") && image.Get("orientation") is int and > 1 and <= 8;

    private static Image Upright(Image image)
    {
        using Image whole = image.CopyMemory(); // turning needs pixels in any order
        return whole.Autorot();
    }

    private static Radiograph Pixels(Image image, int channels, int bits, int pngBits)
    {
        (int width, int height, int bands) = (image.Width, image.Height, image.Bands);

        // A region is computed by the thread that asks for it; writing the whole image would start libvips' pool of workers
        // for every file, and the loader's threads already keep the cores busy.
        using Region region = Region.New(image);
        byte[] gray = GC.AllocateUninitializedArray<byte>(width * height);
        byte[]? rgb = null; // taken only once a pixel turns out to have a colour
        for (int top = 0; top < height; top += RowsAtOnce)
        {
            int rows = Math.Min(RowsAtOnce, height - top);
            Span<byte> samples = region.Fetch(0, top, width, rows);
            if (bits == 16)
            {
                samples = Narrow(samples, bands, channels, pngBits);
            }

            int first = top * width;
            int count = rows * width;
            if (rgb is null && !TakeGray(samples, bands, channels, gray.AsSpan(first, count)))
            {
                rgb = GC.AllocateUninitializedArray<byte>(checked(gray.Length * 3));
                TakeColour(gray.AsSpan(0, first), 1, rgb);
            }

            if (rgb is not null)
            {
                TakeColour(samples, bands, rgb.AsSpan(3 * first, 3 * count));
            }
        }

        return new Radiograph(width, height, rgb is null ? 1 : 3, rgb ?? gray, bits);
    }

    // 16 -> 8 bits in place. Pure gray: the largest value of so many bits becomes 255, rounded. Gray with alpha and colour: the highest
    // eight of the bits, as Pillow does with 16.
    private static Span<byte> Narrow(Span<byte> bytes, int bands, int channels, int bits)
    {
        Span<ushort> samples = MemoryMarshal.Cast<byte, ushort>(bytes);
        int white = (1 << bits) - 1;
        if (bits < PngDepth.Full && Largest(samples, bands, channels) is var largest && largest > white)
        {
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture,
                $"its 16-bit samples go up to {largest}, but those of this set are read as {bits} bits, up to {white} (png-bits): export it "
                    + $"like the others, or train with --png-bits {PngDepth.Full}"));
        }

        for (int i = 0; i < samples.Length; i++)
        {
            bytes[i] = (byte)(bands == 1 ? ((2 * 255 * samples[i]) + white) / (2 * white) : samples[i] >> (bits - 8));
        }

        return bytes[..samples.Length];
    }

    // Alpha, which may be opaque at 65535 whatever the picture's bits, comes after the channels.
    private static int Largest(ReadOnlySpan<ushort> samples, int bands, int channels)
    {
        int largest = 0;
        for (int i = 0; i < samples.Length; i += bands)
        {
            for (int c = 0; c < channels; c++)
            {
                largest = Math.Max(largest, samples[i + c]);
            }
        }

        return largest;
    }

    // The first of several bands; false where the three of a colour image differ.
    private static bool TakeGray(ReadOnlySpan<byte> samples, int bands, int channels, Span<byte> gray)
    {
        if (bands == 1)
        {
            samples.CopyTo(gray);
            return true;
        }

        int difference = 0;
        int green = channels == 3 ? 1 : 0;
        int blue = channels == 3 ? 2 : 0;
        for (int i = 0, s = 0; i < gray.Length; i++, s += bands)
        {
            byte red = samples[s];
            gray[i] = red;
            difference |= (red ^ samples[s + green]) | (red ^ samples[s + blue]);
        }

        return difference == 0;
    }

    // The first three of three or four bands; a single one is repeated.
    private static void TakeColour(ReadOnlySpan<byte> samples, int bands, Span<byte> rgb)
    {
        int green = bands == 1 ? 0 : 1;
        int blue = bands == 1 ? 0 : 2;
        for (int s = 0, to = 0; s < samples.Length; s += bands, to += 3)
        {
            rgb[to] = samples[s];
            rgb[to + 1] = samples[s + green];
            rgb[to + 2] = samples[s + blue];
        }
    }
}
