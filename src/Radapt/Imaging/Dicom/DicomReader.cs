using Microsoft.Win32.SafeHandles;
using Radapt.Imaging.Dicom.Codecs;

namespace Radapt.Imaging.Dicom;

/// <summary>DICOM files -> headers and pixels. The one place where what is wrong with a file gets the file's name.</summary>
internal static class DicomReader
{
    private const int FirstRead = 64 << 10; // bytes that hold the header of most files
    private const int BytesPerInflated = 6; // pieces, the whole, samples of 16 bits, colour

    /// <summary>
    /// Whether content or name say DICOM. The name alone is enough, so that a damaged .dcm is told what is wrong with it.
    /// </summary>
    public static bool IsDicom(ReadOnlySpan<byte> start, string name) =>
        DicomFile.IsDicom(start) || HasDicomName(name);

    /// <summary>Whether the ending of a name says DICOM.</summary>
    public static bool HasDicomName(string name) =>
        name.EndsWith(".dcm", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".dicom", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a file is DICOM by its content, whatever its name is; the ending <c>.dcm</c> is enough for a damaged one.</summary>
    public static bool IsDicomFile(string path)
    {
        try
        {
            using SafeFileHandle file = RegularFile.OpenHandle(path);
            Span<byte> start = stackalloc byte[132];
            return IsDicom(start[..RandomAccess.Read(file, start, 0)], path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // reading the image will say so
        }
    }

    /// <summary>Reads the header alone.</summary>
    /// <exception cref="RadaptException">Missing, unreadable, damaged, or not DICOM.</exception>
    public static DicomHeader ReadHeader(string path) => RadiographReader.Load(path, static p =>
    {
        using FileStream stream = RegularFile.OpenRead(p);
        return ReadHeader(stream, p);
    });

    /// <summary>Reads the header from a seekable stream.</summary>
    /// <exception cref="RadaptException">Damaged, or not DICOM.</exception>
    public static DicomHeader ReadHeader(Stream stream, string name) => ReadElements(stream, name, DicomHeader.From);

    /// <summary>Reads which image a file holds, and whose; files without pixels are read, too.</summary>
    /// <exception cref="RadaptException">Missing, unreadable, damaged, or not DICOM.</exception>
    public static DicomIdentity ReadIdentity(string path) => RadiographReader.Load(path, static p =>
    {
        using FileStream stream = RegularFile.OpenRead(p);
        return ReadElements(stream, p, DicomIdentity.From);
    });

    /// <summary>The same of a file in memory.</summary>
    /// <exception cref="RadaptException">Damaged, or not DICOM.</exception>
    public static DicomIdentity ReadIdentity(ReadOnlyMemory<byte> content, string name)
    {
        using Stream stream = RadiographReader.AsStream(content);
        return ReadElements(stream, name, DicomIdentity.From);
    }

    /// <summary>Reads something from the elements of a file.</summary>
    /// <exception cref="RadaptException">Missing, unreadable, damaged, or not DICOM.</exception>
    public static T ReadValue<T>(string path, Func<DicomDataSet, T> read) => RadiographReader.Load(path, p =>
    {
        using FileStream stream = RegularFile.OpenRead(p);
        return ReadElements(stream, p, file => read(file.Elements));
    });

    /// <summary>Reads something from the elements of a file in memory.</summary>
    /// <exception cref="RadaptException">Damaged, or not DICOM.</exception>
    public static T ReadValue<T>(byte[] bytes, string name, Func<DicomFile, T> read) => Named(name, () =>
    {
        RequireSize(bytes.LongLength);
        using DecodingMemory.Lease unpacking = DecodingMemory.Shared.Take(2 * DicomFile.MostInflated(bytes));
        return read(DicomFile.Parse(bytes, bytes.LongLength));
    });

    private static T ReadElements<T>(Stream stream, string name, Func<DicomFile, T> read) => Named(name, () =>
    {
        long length = stream.Length;
        RequireSize(length);
        for (long size = Math.Min(length, FirstRead); ; size = Math.Min(length, 8 * size))
        {
            var start = new byte[size];
            stream.Position = 0;
            stream.ReadExactly(start);
            try
            {
                using DecodingMemory.Lease unpacking = DecodingMemory.Shared.Take(2 * DicomFile.MostInflated(start));
                return read(DicomFile.Parse(start, length));
            }
            catch (EndOfStreamException) when (size < length)
            {
                // some files carry long private elements before the header proper: read on
            }
        }
    });

    /// <summary>Decodes the first frame to 8 bits.</summary>
    /// <exception cref="RadaptException">Truncated, damaged, not DICOM, or in need of a codec that is not there.</exception>
    public static Radiograph Read(byte[] bytes, string name, DecodingOptions options) => Named(name, () =>
    {
        RequireSize(bytes.LongLength);

        // A deflated file's memory is taken before it is unpacked: a thread that waits for more while it holds some could wait for ever.
        long deflated = DicomFile.MostInflated(bytes);
        using DecodingMemory.Lease unpacking = DecodingMemory.Shared.Take(deflated * BytesPerInflated);
        var file = DicomFile.Parse(bytes, bytes.LongLength);
        using DecodingMemory.Lease decoding = DecodingMemory.Shared.Take(deflated > 0 ? 0 : PixelDecoder.MemoryOf(file));
        Radiograph image = Render(file.Elements, PixelDecoder.Decode(file, options.Codecs), options.Scale);
        options.Remarks.Add(image.Remark);
        return image;
    });

    /// <summary>The stored samples of the first frame.</summary>
    /// <exception cref="RadaptException">As <see cref="Read"/>.</exception>
    public static StoredPixels ReadStored(byte[] bytes, string name, CodecProcess? codecs) =>
        Named(name, () => PixelDecoder.Decode(DicomFile.Parse(bytes, bytes.LongLength), codecs));

    /// <summary>The first frame as people look at it, with all its gray levels; colour becomes gray.</summary>
    /// <exception cref="RadaptException">As <see cref="Read"/>.</exception>
    public static DisplayedImage ReadDisplayed(byte[] bytes, string name, DecodingOptions options) => Named(name, () =>
    {
        RequireSize(bytes.LongLength);
        long deflated = DicomFile.MostInflated(bytes);
        using DecodingMemory.Lease unpacking = DecodingMemory.Shared.Take(deflated * BytesPerInflated);
        var file = DicomFile.Parse(bytes, bytes.LongLength);
        using DecodingMemory.Lease decoding = DecodingMemory.Shared.Take(deflated > 0 ? 0 : PixelDecoder.MemoryOf(file));
        StoredPixels pixels = PixelDecoder.Decode(file, options.Codecs);
        return pixels.Format.Photometric is DicomPhotometric.Monochrome1 or DicomPhotometric.Monochrome2
            ? DisplayedImage.FromGray(pixels, GrayTable.Build(file.Elements, pixels, options.Scale, out _))
            : DisplayedImage.From(Render(file.Elements, pixels, options.Scale));
    });

    private static Radiograph Render(DicomDataSet set, StoredPixels pixels, DicomScale scale)
    {
        PixelFormat format = pixels.Format;
        if (format.Photometric is DicomPhotometric.Monochrome1 or DicomPhotometric.Monochrome2)
        {
            byte[] table = GrayTable.Build(set, pixels, scale, out string? remark);
            byte[] gray = GC.AllocateUninitializedArray<byte>(format.Count);
            for (int i = 0; i < gray.Length; i++)
            {
                gray[i] = table[pixels.Samples[i]];
            }

            return new Radiograph(format.Columns, format.Rows, 1, gray, format.BitsAllocated) { Remark = remark };
        }

        byte[] rgb = ColourPixels.ToRgb(set, pixels);
        return IsGray(rgb) ? new Radiograph(format.Columns, format.Rows, 1, First(rgb), format.BitsAllocated)
            : new Radiograph(format.Columns, format.Rows, 3, rgb, format.BitsAllocated);
    }

    private static bool IsGray(ReadOnlySpan<byte> rgb)
    {
        int difference = 0;
        for (int i = 0; i < rgb.Length; i += 3)
        {
            difference |= (rgb[i] ^ rgb[i + 1]) | (rgb[i] ^ rgb[i + 2]);
        }

        return difference == 0;
    }

    private static byte[] First(ReadOnlySpan<byte> rgb)
    {
        var gray = new byte[rgb.Length / 3];
        for (int i = 0; i < gray.Length; i++)
        {
            gray[i] = rgb[3 * i];
        }

        return gray;
    }

    private static void RequireSize(long length)
    {
        if (length is 0 or > RadiographReader.LargestFile)
        {
            throw new InvalidDataException(length == 0 ? "the file is empty; copy or export it again"
                : $"DICOM files of up to {RadiographReader.LargestFile >> 20} MiB are read, this one has {length >> 20}");
        }
    }

    private static T Named<T>(string name, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (InvalidDataException e)
        {
            throw RadaptException.In(name, $"{e.Message}.", e);
        }
    }
}
