namespace Radapt.Imaging.Dicom;

/// <summary>Stored colour and palette samples -> 8-bit red, green, blue, interleaved. Windows do not apply to colour.</summary>
internal static class ColourPixels
{
    /// <summary>Converts.</summary>
    /// <exception cref="InvalidDataException">A damaged palette.</exception>
    public static byte[] ToRgb(DicomDataSet set, StoredPixels pixels)
    {
        PixelFormat format = pixels.Format;
        byte[] rgb = GC.AllocateUninitializedArray<byte>(3 * format.Count);
        if (format.Photometric == DicomPhotometric.Palette)
        {
            LookUp(set, pixels, rgb);
            return rgb;
        }

        // To 8 bits as the PNG reader does it: the high ones; fewer than 8 are spread over the range.
        double scale = 255.0 / ((1 << format.BitsStored) - 1);
        for (int i = 0; i < rgb.Length; i++)
        {
            rgb[i] = (byte)(format.BitsStored >= 8 ? pixels.Samples[i] >> (format.BitsStored - 8) : Math.Round(pixels.Samples[i] * scale));
        }

        if (format.Photometric == DicomPhotometric.YbrFull)
        {
            FromYcc(rgb);
        }

        return rgb;
    }

    private static void LookUp(DicomDataSet set, StoredPixels pixels, Span<byte> rgb)
    {
        LookupTable[] tables =
        [
            LookupTable.Read(set, DicomTag.RedDescriptor, DicomTag.RedData, pixels.Format.IsSigned),
            LookupTable.Read(set, DicomTag.GreenDescriptor, DicomTag.GreenData, pixels.Format.IsSigned),
            LookupTable.Read(set, DicomTag.BlueDescriptor, DicomTag.BlueData, pixels.Format.IsSigned),
        ];
        int shift = LookupTable.ShiftToByte(tables);
        for (int c = 0; c < 3; c++)
        {
            LookupTable table = tables[c];
            for (int i = 0; i < pixels.Samples.Length; i++)
            {
                rgb[(3 * i) + c] = (byte)(table[pixels.ValueOf(pixels.Samples[i])] >> shift);
            }
        }
    }

    // PS3.3, C.7.6.3.1.2: ITU-R BT.601 at full range.
    private static void FromYcc(Span<byte> pixels)
    {
        for (int i = 0; i < pixels.Length; i += 3)
        {
            double y = pixels[i];
            double blue = pixels[i + 1] - 128;
            double red = pixels[i + 2] - 128;
            pixels[i] = Level(y + (1.402 * red));
            pixels[i + 1] = Level(y - (0.344136 * blue) - (0.714136 * red));
            pixels[i + 2] = Level(y + (1.772 * blue));
        }
    }

    private static byte Level(double value) => (byte)Math.Clamp(Math.Round(value), 0, 255);
}
