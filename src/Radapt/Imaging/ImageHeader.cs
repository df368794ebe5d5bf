using System.Buffers.Binary;
using Radapt.Imaging.Dicom;

namespace Radapt.Imaging;

/// <summary>
/// Tells formats by their first bytes (a .dcm also by its name) and reads sizes without decoding: the IHDR chunk of a PNG (ISO/IEC 15948,
/// 11.2.2), the frame
/// header of a JPEG (ITU-T T.81, B.2.2). Whatever is read here is checked before any memory is taken for pixels.
/// </summary>
internal static class ImageHeader
{
    /// <summary>Largest number of pixels of an image; the largest detectors have about 20 million.</summary>
    public const long PixelLimit = 100_000_000;

    /// <summary>Longest side, the limit of JPEG.</summary>
    public const int SideLimit = 65_535;

    private static ReadOnlySpan<byte> PngSignature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>Reads the header of a seekable stream that is at its start.</summary>
    /// <exception cref="RadaptException">Not a PNG, JPEG or DICOM file, a damaged header, or a size beyond the limits.</exception>
    public static ImageInfo Read(Stream stream, string name)
    {
        Span<byte> start = stackalloc byte[132];
        start = start[..stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
        if (start.IsEmpty)
        {
            throw RadaptException.In(name, "the file is empty; copy or export it again.");
        }

        if (DicomReader.IsDicom(start, name))
        {
            DicomHeader header = DicomReader.ReadHeader(stream, name);
            return new ImageInfo(ImageFormat.Dicom, header.Pixels.Columns, header.Pixels.Rows, header.IsGray ? 1
                : 3, header.Pixels.BitsAllocated);
        }

        ImageInfo info;
        if (start.StartsWith(PngSignature))
        {
            info = ReadPng(start, name);
        }
        else if (start is [0xFF, 0xD8, 0xFF, ..])
        {
            stream.Position = 2;
            info = ReadJpeg(stream, name);
        }
        else
        {
            throw RadaptException.In(name, "its content is neither PNG, JPEG nor DICOM (whatever the name says); convert it to PNG.");
        }

        if (info.Width is < 1 or > SideLimit || info.Height is < 1 or > SideLimit || (long)info.Width * info.Height > PixelLimit)
        {
            throw RadaptException.In(name,
                $"its header says {(uint)info.Width} x {(uint)info.Height} pixels; sides of 1 to {SideLimit} and at most "
                    + $"{PixelLimit / 1_000_000} million pixels are read.");
        }

        return info;
    }

    private static ImageInfo ReadPng(ReadOnlySpan<byte> start, string name)
    {
        if (start.Length < 29 || !start[12..16].SequenceEqual("IHDR"u8))
        {
            throw Damaged(name, "PNG");
        }

        int colourType = start[25];
        int channels = colourType is 0 or 4 ? 1 : 3; // 0 gray, 2 RGB, 3 palette, 4 gray + alpha, 6 RGBA
        return new ImageInfo(
            ImageFormat.Png,
            BinaryPrimitives.ReadInt32BigEndian(start[16..]),
            BinaryPrimitives.ReadInt32BigEndian(start[20..]),
            channels,
            start[24] == 16 ? 16 : 8);
    }

    private static ImageInfo ReadJpeg(Stream stream, string name)
    {
        Span<byte> segment = stackalloc byte[8];
        while (true)
        {
            int marker = NextMarker(stream);
            if (marker is 0x01 or (>= 0xD0 and <= 0xD7))
            {
                continue; // markers without a segment
            }

            // End of data, end of image or start of scan before a frame header.
            if (marker is < 0 or 0xD9 or 0xDA || stream.ReadAtLeast(segment[..2], 2, throwOnEndOfStream: false) < 2)
            {
                throw Damaged(name, "JPEG");
            }

            int length = BinaryPrimitives.ReadUInt16BigEndian(segment);
            bool frame = marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC);
            if (length < (frame ? 8 : 2) || (frame && stream.ReadAtLeast(segment[..6], 6, throwOnEndOfStream: false) < 6))
            {
                throw Damaged(name, "JPEG");
            }

            if (!frame)
            {
                stream.Position += length - 2;
                continue;
            }

            int bits = segment[0];
            int components = segment[5];
            if (bits != 8)
            {
                throw RadaptException.In(name, $"a JPEG with {bits} bits per sample is not read; convert it to PNG.");
            }

            if (components is not (1 or 3))
            {
                throw RadaptException.In(name, $"a JPEG with {components} colour components (CMYK) is not read; convert it to gray or RGB.");
            }

            int height = BinaryPrimitives.ReadUInt16BigEndian(segment[1..]);
            return new ImageInfo(ImageFormat.Jpeg, BinaryPrimitives.ReadUInt16BigEndian(segment[3..]), height, components, bits);
        }
    }

    private static int NextMarker(Stream stream)
    {
        int value;
        while ((value = stream.ReadByte()) != 0xFF)
        {
            if (value < 0)
            {
                return -1;
            }
        }

        while (value == 0xFF)
        {
            value = stream.ReadByte(); // fill bytes may be before a marker
        }

        return value;
    }

    private static RadaptException Damaged(string name, string format) =>
        RadaptException.In(name, $"the header of this {format} file is truncated or damaged; copy or export it again.");
}
