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

    /// <summary>How the gray levels are spread.</summary>
    public PictureLevels Levels { get; init; }

    /// <summary>Hardly any contrast; such images are not duplicates of each other.</summary>
    public bool IsBlank => Error is null && Levels.IsBlank;

    /// <summary>Projection and maker, of DICOM files; null: not stated.</summary>
    public (string? View, string? Manufacturer) Source { get; init; }

    /// <summary>A DICOM header states a lateral projection.</summary>
    public bool IsLateral { get; init; }

    /// <summary>A DICOM header states another part of the body than the chest.</summary>
    public bool IsOfOtherBodyPart { get; init; }

    /// <summary>Reads and measures a file.</summary>
    public static ImageFacts Measure(string path, DecodingOptions decoding)
    {
        try
        {
            byte[] bytes = RadiographReader.ReadBytes(path);
            Radiograph image = RadiographReader.Read(bytes, path, decoding);
            return Measure(bytes, image, path);
        }
        catch (RadaptException e)
        {
            return new ImageFacts { Error = e.What };
        }
    }

    private static ImageFacts Measure(byte[] bytes, Radiograph image, string path)
    {
        using var stream = new MemoryStream(bytes, writable: false);
        ImageInfo info = ImageHeader.Read(stream, path);
        DicomHeader? header = null;
        if (info.Format == ImageFormat.Dicom)
        {
            stream.Position = 0;
            header = DicomReader.ReadHeader(stream, path);
        }

        byte[] gray = PictureLevels.GrayOf(image);
        Span<float> cells = stackalloc float[PictureCells.Rows * PictureCells.HashColumns];
        var thumb = new byte[PictureCells.Rows * PictureCells.ThumbColumns];
        PictureCells.Average(gray, image.Width, image.Height, cells, thumb);
        return new ImageFacts
        {
            Content = XxHash128.HashToUInt128(bytes),
            Format = info.Format,
            Width = image.Width,
            Height = image.Height,
            Channels = image.Channels,
            Bits = header?.Pixels.BitsStored ?? info.Bits,
            Picture = PictureHash.Compute(cells),
            Thumb = thumb,
            Levels = PictureLevels.Measure(gray),
            IsLateral = header?.View == DicomView.Lateral,
            IsOfOtherBodyPart = header is { BodyPart: { Length: > 0 } part } && !AcceptedImages.IsChest(part),
            Source = header is null ? default
                : (header.View == DicomView.Unknown ? null : header.View.ToString(), Stated($"{header.Manufacturer} {header.Model}")),
        };
    }

    private static string? Stated(string text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
