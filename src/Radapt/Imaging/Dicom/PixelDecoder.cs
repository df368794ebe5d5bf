using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Radapt.Imaging.Dicom.Codecs;

namespace Radapt.Imaging.Dicom;

/// <summary>The first frame of a file -> its stored samples, whatever the transfer syntax.</summary>
internal static class PixelDecoder
{
    /// <summary>Decodes.</summary>
    /// <param name="file">The file.</param>
    /// <param name="codecs">The processes that decode JPEG-LS and JPEG 2000; null: those that the library keeps.</param>
    /// <exception cref="InvalidDataException">The pixels are missing, truncated, damaged, or need a codec that is not there.</exception>
    public static StoredPixels Decode(DicomFile file, CodecProcess? codecs)
    {
        PixelFormat format = PixelFormat.From(file);
        DicomElement element = file.Elements.Find(DicomTag.PixelData)
            ?? throw new InvalidDataException($"{DicomTag.PixelData} is missing: the file contains no image");
        if (file.Syntax.Pixels == PixelCoding.Native)
        {
            return Native(file, element, format);
        }

        // Where the length is stated, only the first item tells pixels in fragments.
        if (element.Length != DicomElement.Undefined && !BeginsWithItem(file.Elements, element))
        {
            throw new InvalidDataException(
                $"{DicomTag.PixelData} is not in fragments, as {file.Syntax.Name} asks for; export the file again");
        }

        ReadOnlyMemory<byte> frame = Fragments.FirstFrame(file.Elements.Bytes, element, format.Frames, file.Syntax.Pixels);
        return CodingOf(frame.Span, file.Syntax.Pixels) switch
        {
            PixelCoding.Rle => new StoredPixels(format, Masked(RleDecoder.Decode(frame.Span, format), format)),
            PixelCoding.Jpeg => Compressed(JpegDecoder.Decode(frame, format), PixelCoding.Jpeg, frame.Span, format),
            PixelCoding.JpegLossless => Compressed(JpegLosslessDecoder.Decode(frame.Span, format), PixelCoding.JpegLossless,
                frame.Span, format),
            var coding => Compressed((codecs ?? CodecProcess.Shared).Decode(coding, frame, format), coding, frame.Span, format),
        };
    }

    /// <summary>Bytes that decoding a file takes at once, a decoding process's and the 8-bit result included.</summary>
    /// <exception cref="InvalidDataException">What the file says of its pixels is missing, or not read.</exception>
    public static long MemoryOf(DicomFile file)
    {
        PixelFormat format = PixelFormat.From(file);
        int perSample = file.Syntax.Pixels switch
        {
            PixelCoding.Native => format.IsPlanar ? 5 : 3, // samples of 16 bits, once more to interleave them; 8 bits
            PixelCoding.JpegLs or PixelCoding.Jpeg2000 => 11, // 32 bits and a reply of 16 in the other process
            _ => 5,
        };
        return (long)format.Count * format.Samples * perSample;
    }

    // What the stream is counts more than what the transfer syntax says: some archives compress again without changing it.
    private static PixelCoding CodingOf(ReadOnlySpan<byte> stream, PixelCoding said)
    {
        if (Jpeg2000Size.IsJpeg2000(stream))
        {
            return PixelCoding.Jpeg2000;
        }

        return stream is not [0xFF, 0xD8, ..] ? said : JpegFrame.Read(stream).Marker switch
        {
            0xC3 => PixelCoding.JpegLossless,
            0xF7 => PixelCoding.JpegLs,
            _ => PixelCoding.Jpeg,
        };
    }

    private static bool BeginsWithItem(DicomDataSet set, DicomElement element) =>
        element.Length >= 8 && element.Offset + 4 <= set.Bytes.Length
        && set.Bytes.AsSpan(element.Offset, 4).SequenceEqual((ReadOnlySpan<byte>)[0xFE, 0xFF, 0x00, 0xE0]);

    // Decoders of JPEG and JPEG 2000 also turn colour into RGB, those of JPEG lossless and JPEG-LS leave it.
    private static StoredPixels Compressed(ushort[] samples, PixelCoding coding, ReadOnlySpan<byte> stream, PixelFormat format)
    {
        bool isRgb = coding is PixelCoding.Jpeg or PixelCoding.Jpeg2000;
        bool isConverted = format.Samples == 3 && (isRgb || format.Photometric != DicomPhotometric.YbrFull);
        var sample = CodedSample.Read(coding, stream);
        PixelFormat coded = sample.Place(format);
        if (coding == PixelCoding.Jpeg && sample.Bits > coded.BitsStored && !coded.IsSigned && coded.HighBit + 1 == coded.BitsStored)
        {
            Limit(samples, (1 << coded.BitsStored) - 1); // cosines overshoot, and what is cut off would turn white into black
        }

        DicomPhotometric photometric = isConverted ? DicomPhotometric.Rgb : format.Photometric;
        return new StoredPixels(coded with { HighBit = coded.BitsStored - 1, Photometric = photometric }, Masked(samples, coded));
    }

    private static void Limit(Span<ushort> samples, int largest)
    {
        foreach (ref ushort sample in samples)
        {
            sample = (ushort)Math.Min(sample, largest);
        }
    }

    private static StoredPixels Native(DicomFile file, DicomElement element, PixelFormat format)
    {
        bool isHalved = format.Photometric == DicomPhotometric.YbrFull422;
        if (isHalved && (format.Columns % 2 != 0 || format.BitsAllocated != 8))
        {
            throw new InvalidDataException(
                $"{DicomTag.Photometric} YBR_FULL_422 needs an even number of columns and 8 bits; convert the file");
        }

        int count = format.Count * (isHalved ? 2 : format.Samples);
        int bytes = count * (format.BitsAllocated / 8);
        long there = Math.Min(element.Length, file.Elements.Bytes.Length - (long)element.Offset);
        if (element.Length == DicomElement.Undefined || bytes > there || (element.Length > there + 1 && format.Frames == 1))
        {
            throw new InvalidDataException(
                $"{DicomTag.PixelData} is truncated: {format.Columns} x {format.Rows} pixels need {bytes} bytes, but {there} "
                    + "are there; copy or export the file again");
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
            : new StoredPixels(format, Masked(format.IsPlanar && format.Samples == 3 ? Interleave(samples, format.Count)
                : samples, format));
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

    // Overlays and whatever else is beside the stored bits is cut off.
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
