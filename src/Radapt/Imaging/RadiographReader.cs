using System.Runtime.InteropServices;
using NetVips;

namespace Radapt.Imaging;

/// <summary>
/// Image files -> pixels as Pillow's <c>Image.open(...).convert('RGB')</c> gives them: palettes expanded, alpha dropped without
/// compositing, no colour management, EXIF orientation ignored, 16-bit colour cut to its high byte. Two things differ: gray stays one channel
/// (also where a file repeats it three times, which all transforms here treat alike), and 16-bit gray is scaled to the full range, where
/// Pillow clips everything above 255 to white.
/// </summary>
public static class RadiographReader
{
    /// <summary>Reads a PNG or JPEG file, told by its content.</summary>
    /// <exception cref="RadaptException">Missing, unreadable, truncated, damaged, of another format or absurdly large.</exception>
    public static Radiograph Read(string path) => Read(Load(path, File.ReadAllBytes), path);

    /// <summary>Reads a PNG or JPEG from memory; <paramref name="name"/> is what error messages call it.</summary>
    /// <exception cref="RadaptException">Truncated, damaged, of another format or absurdly large.</exception>
    public static Radiograph Read(ReadOnlyMemory<byte> bytes, string name)
    {
        byte[] file = MemoryMarshal.TryGetArray(bytes, out ArraySegment<byte> segment) && segment.Offset == 0 && segment.Count == segment.Array!.Length
            ? segment.Array : bytes.ToArray();
        using var stream = new MemoryStream(file, writable: false);
        ImageInfo info = ImageHeader.Read(stream, name);
        try
        {
            return Decode(file, info);
        }
        catch (VipsException e)
        {
            // The decoder's own text comes from a buffer that all threads share, so it may speak of another file: it is not shown.
            throw new RadaptException($"{name}: this {info.Format.ToString().ToUpperInvariant()} file is truncated or damaged; copy or export it again.", e);
        }
    }

    /// <summary>Reads size, channels and format from the header, without decoding.</summary>
    /// <exception cref="RadaptException">Missing, unreadable, of another format, or absurdly large.</exception>
    public static ImageInfo Probe(string path) => Load(path, static p =>
    {
        using FileStream stream = File.OpenRead(p);
        return ImageHeader.Read(stream, p);
    });

    private static T Load<T>(string path, Func<string, T> read)
    {
        try
        {
            return read(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new RadaptException($"{path}: there is no such image file.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new RadaptException($"{path}: the image file cannot be read: {e.Message}", e);
        }
    }

    private static Radiograph Decode(byte[] file, ImageInfo info)
    {
        using Image image = info.Format == ImageFormat.Png
            ? Image.PngloadBuffer(file, access: Enums.Access.Sequential, failOn: Enums.FailOn.Error)
            : Image.JpegloadBuffer(file, access: Enums.Access.Sequential, failOn: Enums.FailOn.Truncated);
        int bytesPerSample = image.Format == Enums.BandFormat.Ushort ? 2 : 1;
        if (image.Width != info.Width || image.Height != info.Height || image.Bands < info.Channels)
        {
            throw new VipsException("The decoder and the header disagree on the size.");
        }

        // A region is computed by the thread that asks for it; writing the whole image would start libvips' pool of workers
        // for every file, and the loader's threads already keep the cores busy.
        using Region region = Region.New(image);
        var pixels = new byte[(long)info.Width * info.Height * info.Channels];
        int rowLength = info.Width * info.Channels;
        for (int top = 0; top < info.Height; top += RowsAtOnce)
        {
            int rows = Math.Min(RowsAtOnce, info.Height - top);
            byte[] samples = region.Fetch(0, top, info.Width, rows);
            Span<byte> target = pixels.AsSpan(top * rowLength, rows * rowLength);
            if (bytesPerSample == 2)
            {
                Narrow(MemoryMarshal.Cast<byte, ushort>(samples), image.Bands, info.Channels, target);
            }
            else
            {
                DropAlpha(samples, image.Bands, info.Channels, target);
            }
        }

        return info.Channels == 3 && IsGray(pixels)
            ? new Radiograph(info.Width, info.Height, 1, FirstChannel(pixels), 8 * bytesPerSample)
            : new Radiograph(info.Width, info.Height, info.Channels, pixels, 8 * bytesPerSample);
    }

    // libvips' own strip height for sequential reading.
    private const int RowsAtOnce = 16;

    private static void DropAlpha(ReadOnlySpan<byte> samples, int bands, int channels, Span<byte> target)
    {
        if (bands == channels)
        {
            samples.CopyTo(target);
            return;
        }

        for (int from = 0, to = 0; to < target.Length; from += bands, to += channels)
        {
            samples.Slice(from, channels).CopyTo(target[to..]);
        }
    }

    private static void Narrow(ReadOnlySpan<ushort> samples, int bands, int channels, Span<byte> target)
    {
        for (int from = 0, to = 0; to < target.Length; from += bands, to += channels)
        {
            for (int c = 0; c < channels; c++)
            {
                // Pure gray: 65535 -> 255, rounded. Gray with alpha and colour: the high byte, as Pillow does.
                target[to + c] = (byte)(bands == 1 ? (samples[from] + 128) / 257 : samples[from + c] >> 8);
            }
        }
    }

    private static bool IsGray(ReadOnlySpan<byte> rgb)
    {
        for (int i = 0; i < rgb.Length; i += 3)
        {
            if (rgb[i] != rgb[i + 1] || rgb[i] != rgb[i + 2])
            {
                return false;
            }
        }

        return true;
    }

    private static byte[] FirstChannel(ReadOnlySpan<byte> rgb)
    {
        var gray = new byte[rgb.Length / 3];
        for (int i = 0; i < gray.Length; i++)
        {
            gray[i] = rgb[3 * i];
        }

        return gray;
    }
}
