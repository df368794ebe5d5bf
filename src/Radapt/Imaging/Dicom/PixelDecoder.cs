using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Radapt.Imaging.Dicom.Codecs;

namespace Radapt.Imaging.Dicom;

/// <summary>The first frame of a file -> its stored samples, whatever the transfer syntax.</summary>
internal static class PixelDecoder
{
    /// <summary>Decodes.</summary>
    /// <param name="file">The file.</param>
    /// <param name="codecs">Where JPEG-LS and JPEG 2000 are decoded; null: nowhere.</param>
    /// <exception cref="InvalidDataException">The pixels are missing, truncated, damaged, or need a codec that is not there.</exception>
    public static StoredPixels Decode(DicomFile file, CodecProcess? codecs)
    {
        PixelFormat format = PixelFormat.Of(file);
        DicomElement element = file.Elements.Find(DicomTag.PixelData) ?? throw new InvalidDataException($"{DicomTag.PixelData} is missing: the file holds no image");
        if (file.Syntax.Pixels == PixelCoding.Native)
        {
            return Native(file, element, format);
        }

        if (element.Length != DicomElement.Undefined)
        {
            throw new InvalidDataException($"{DicomTag.PixelData} is not in fragments, as {file.Syntax.Name} asks for; export the file again");
        }

        ReadOnlyMemory<byte> frame = Fragments.FirstFrame(file.Elements.Bytes, element.Offset, format.Frames, file.Syntax.Pixels);
        return file.Syntax.Pixels switch
        {
            PixelCoding.Rle => new StoredPixels(format, Masked(RleDecoder.Decode(frame.Span, format), format)),
            PixelCoding.Jpeg => Compressed(JpegDecoder.Decode(frame, format), format, isRgb: true),
            PixelCoding.JpegLossless => Compressed(JpegLosslessDecoder.Decode(frame.Span, format), format, isRgb: false),
            _ when codecs is null => throw new InvalidDataException(
                $"its pixels are {TransferSyntax.NameOf(file.Syntax.Pixels)}, and no process that decodes it is given ({nameof(CodecProcess)}); convert the file, or give one"),
            var coding => Compressed(codecs.Decode(coding, frame, format), format, isRgb: coding == PixelCoding.Jpeg2000),
        };
    }

    // Decoders align the lowest bit; those of JPEG and JPEG 2000 also turn colour into RGB, those of JPEG lossless and JPEG-LS leave it.
    private static StoredPixels Compressed(ushort[] samples, PixelFormat format, bool isRgb)
    {
        bool isConverted = format.Samples == 3 && (isRgb || format.Photometric != DicomPhotometric.YbrFull);
        PixelFormat aligned = format with { HighBit = format.BitsStored - 1, Photometric = isConverted ? DicomPhotometric.Rgb : format.Photometric };
        return new StoredPixels(aligned, Masked(samples, aligned));
    }

    private static StoredPixels Native(DicomFile file, DicomElement element, PixelFormat format)
    {
        bool isHalved = format.Photometric == DicomPhotometric.YbrFull422;
        if (isHalved && (format.Columns % 2 != 0 || format.BitsAllocated != 8))
        {
            throw new InvalidDataException($"{DicomTag.Photometric} YBR_FULL_422 needs an even number of columns and 8 bits; convert the file");
        }

        int count = format.Count * (isHalved ? 2 : format.Samples);
        int bytes = count * (format.BitsAllocated / 8);
        long there = Math.Min(element.Length, file.Elements.Bytes.Length - (long)element.Offset);
        if (element.Length == DicomElement.Undefined || bytes > there || (element.Length > there + 1 && format.Frames == 1))
        {
            throw new InvalidDataException($"{DicomTag.PixelData} is truncated: {format.Columns} x {format.Rows} pixels need {bytes} bytes, {there} are there; copy or export the file again");
        }

        ReadOnlySpan<byte> stored = file.Elements.Bytes.AsSpan(element.Offset, bytes);
        ushort[] samples = GC.AllocateUninitializedArray<ushort>(count);
        if (format.BitsAllocated == 16)
        {
            Words(stored, file.Elements.IsBigEndian, samples);
        }
        else
        {
            // Bytes of a word-oriented element are swapped with the words in big endian files (PS3.5, 8.1.1).
            int swap = file.Elements.IsBigEndian && element.Vr == DicomVr.OtherWord ? 1 : 0;
            for (int i = 0; i < samples.Length; i++)
            {
                samples[i] = file.Elements.Bytes[element.Offset + Math.Min(i ^ swap, (int)there - 1)];
            }
        }

        return isHalved
            ? new StoredPixels(format with { Photometric = DicomPhotometric.YbrFull }, Masked(Spread(samples, format.Count), format))
            : new StoredPixels(format, Masked(format.IsPlanar && format.Samples == 3 ? Interleave(samples, format.Count) : samples, format));
    }

    private static void Words(ReadOnlySpan<byte> stored, bool isBigEndian, Span<ushort> samples)
    {
        ReadOnlySpan<ushort> words = MemoryMarshal.Cast<byte, ushort>(stored);
        if (isBigEndian == BitConverter.IsLittleEndian)
        {
            BinaryPrimitives.ReverseEndianness(words, samples);
        }
        else
        {
            words.CopyTo(samples);
        }
    }

    private static ushort[] Interleave(ushort[] planes, int count)
    {
        ushort[] samples = GC.AllocateUninitializedArray<ushort>(planes.Length);
        for (int i = 0; i < count; i++)
        {
            samples[3 * i] = planes[i];
            samples[(3 * i) + 1] = planes[count + i];
            samples[(3 * i) + 2] = planes[(2 * count) + i];
        }

        return samples;
    }

    // Y1 Y2 Cb Cr -> Y1 Cb Cr Y2 Cb Cr
    private static ushort[] Spread(ushort[] halved, int count)
    {
        ushort[] samples = GC.AllocateUninitializedArray<ushort>(3 * count);
        for (int i = 0; i < count; i++)
        {
            int pair = 4 * (i / 2);
            samples[3 * i] = halved[pair + (i % 2)];
            samples[(3 * i) + 1] = halved[pair + 2];
            samples[(3 * i) + 2] = halved[pair + 3];
        }

        return samples;
    }

    // Overlays and whatever else lies beside the stored bits is cut off.
    private static ushort[] Masked(ushort[] samples, PixelFormat format)
    {
        int shift = format.HighBit + 1 - format.BitsStored;
        int mask = (1 << format.BitsStored) - 1;
        if (shift == 0 && format.BitsStored == 16)
        {
            return samples;
        }

        for (int i = 0; i < samples.Length; i++)
        {
            samples[i] = (ushort)((samples[i] >> shift) & mask);
        }

        return samples;
    }
}
