using System.IO.Hashing;
using Radapt.Imaging;
using Radapt.Imaging.Dicom;

namespace Radapt.Datasets.Checks;

/// <summary>What is kept of an image once it has been read: a few hundred bytes, whatever its size.</summary>
internal sealed record ImageFacts
{
    /// <summary>Why it cannot be read; null: it can, and everything else is known.</summary>
    public string? Error { get; init; }

    /// <summary>XxHash128 of the file.</summary>
    public UInt128 Content { get; init; }

    public ImageFormat Format { get; init; }

    public int Width { get; init; }

    public int Height { get; init; }

    /// <summary>1, or 3 where a pixel has a colour.</summary>
    public int Channels { get; init; }

    /// <summary>Bits a sample has in the file; of DICOM those stored.</summary>
    public int Bits { get; init; }

    public PictureHash Picture { get; init; }

    /// <summary>16 x 16 gray levels.</summary>
    public byte[] Thumb { get; init; } = [];

    /// <summary>Between the 1st and the 99th percentile of the gray levels.</summary>
    public int Range { get; init; }

    /// <summary>Hardly any contrast.</summary>
    public bool IsBlank => Error is null && PictureProblems.IsBlank(Range);

    /// <summary>Share of the pixels that are black (0) and white (255).</summary>
    public (float Black, float White) Extremes { get; init; }

    /// <summary>Projection and maker, of DICOM files; null: not stated.</summary>
    public (string? View, string? Manufacturer) Source { get; init; }

    /// <summary>Reads and measures a file.</summary>
    public static ImageFacts Of(string path, DicomOptions dicom)
    {
        try
        {
            byte[] bytes = RadiographReader.ReadBytes(path);
            Radiograph image = RadiographReader.Read(bytes, path, dicom);
            return Of(bytes, image, path);
        }
        catch (RadaptException e)
        {
            return new ImageFacts { Error = e.What };
        }
    }

    private static ImageFacts Of(byte[] bytes, Radiograph image, string path)
    {
        using var stream = new MemoryStream(bytes, writable: false);
        ImageInfo info = ImageHeader.Read(stream, path);
        DicomHeader? header = null;
        if (info.Format == ImageFormat.Dicom)
        {
            stream.Position = 0;
            header = DicomReader.ReadHeader(stream, path);
        }

        byte[] gray = image.Channels == 1 ? image.Pixels : Luminance(image.Pixels);
        Span<float> cells = stackalloc float[PictureCells.Rows * PictureCells.HashColumns];
        var thumb = new byte[PictureCells.Rows * PictureCells.ThumbColumns];
        PictureCells.Average(gray, image.Width, image.Height, cells, thumb);
        Span<int> levels = stackalloc int[256];
        Count(gray, levels);
        return new ImageFacts
        {
            Content = XxHash128.HashToUInt128(bytes),
            Format = info.Format,
            Width = image.Width,
            Height = image.Height,
            Channels = image.Channels,
            Bits = header?.Pixels.BitsStored ?? info.Bits,
            Picture = PictureHash.Of(cells),
            Thumb = thumb,
            Range = Percentile(levels, gray.Length, 0.99) - Percentile(levels, gray.Length, 0.01),
            Extremes = (levels[0] / (float)gray.Length, levels[255] / (float)gray.Length),
            Source = header is null ? default : (header.View == DicomView.Unknown ? null : header.View.ToString(), Stated($"{header.Manufacturer} {header.Model}")),
        };
    }

    private static string? Stated(string text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    private static byte[] Luminance(byte[] rgb)
    {
        var gray = new byte[rgb.Length / 3];
        for (int i = 0, s = 0; i < gray.Length; i++, s += 3)
        {
            gray[i] = (byte)(((77 * rgb[s]) + (150 * rgb[s + 1]) + (29 * rgb[s + 2]) + 128) >> 8); // ITU-R BT.601
        }

        return gray;
    }

    // Four tables, since equal neighbours would wait for one another's increment.
    private static void Count(ReadOnlySpan<byte> gray, Span<int> levels)
    {
        Span<int> counts = stackalloc int[4 * 256];
        counts.Clear();
        int i = 0;
        for (; i <= gray.Length - 4; i += 4)
        {
            counts[gray[i]]++;
            counts[256 + gray[i + 1]]++;
            counts[512 + gray[i + 2]]++;
            counts[768 + gray[i + 3]]++;
        }

        for (; i < gray.Length; i++)
        {
            counts[gray[i]]++;
        }

        for (int level = 0; level < 256; level++)
        {
            levels[level] = counts[level] + counts[256 + level] + counts[512 + level] + counts[768 + level];
        }
    }

    private static int Percentile(ReadOnlySpan<int> levels, int count, double share)
    {
        long below = 0;
        for (int level = 0; level < 256; level++)
        {
            below += levels[level];
            if (below >= share * count)
            {
                return level;
            }
        }

        return 255;
    }
}
