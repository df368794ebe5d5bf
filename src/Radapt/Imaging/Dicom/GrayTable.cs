namespace Radapt.Imaging.Dicom;

/// <summary>
/// Everything between a stored gray sample and 8 bits as one table with an entry per sample: modality transform, values of interest,
/// inversion of MONOCHROME1.
/// </summary>
internal static class GrayTable
{
    private const double Low = 0.01; // of the pixels are darker than black
    private const double High = 0.99;

    /// <summary>Builds the table for an image's samples.</summary>
    /// <param name="set">The file's elements.</param>
    /// <param name="pixels">Its samples.</param>
    /// <param name="scale">How they become 8 bits.</param>
    /// <param name="remark">What the file has of this and cannot be used; null: nothing.</param>
    /// <exception cref="InvalidDataException">A damaged modality transform in the file.</exception>
    public static byte[] Build(DicomDataSet set, StoredPixels pixels, DicomScale scale, out string? remark)
    {
        remark = null;
        int[] histogram = Histogram(pixels);
        bool invert = pixels.Format.Photometric == DicomPhotometric.Monochrome1;
        var table = new byte[histogram.Length];
        if (scale == DicomScale.Max)
        {
            ScaleToMaximum(histogram, pixels, invert, table);
            return table;
        }

        ModalityTransform modality = ModalityTransform.From(set, pixels.Format.IsSigned);
        bool isNegative = modality.CanBeNegative(pixels.Format.IsSigned);
        VoiTransform voi = (scale == DicomScale.Voi ? VoiTransform.From(set, isNegative, out remark) : null)
            ?? Percentiles(set, histogram, pixels, modality);
        for (int sample = 0; sample < table.Length; sample++)
        {
            if (histogram[sample] > 0)
            {
                byte level = (byte)Math.Round(255 * voi.Apply(modality.Apply(pixels.ValueOf(sample))));
                table[sample] = invert ? (byte)~level : level;
            }
        }

        return table;
    }

    // How often each sample occurs.
    private static int[] Histogram(StoredPixels pixels)
    {
        var histogram = new int[1 << pixels.Format.BitsStored];
        foreach (ushort sample in pixels.Samples)
        {
            histogram[sample]++;
        }

        return histogram;
    }

    private static void ScaleToMaximum(int[] histogram, StoredPixels pixels, bool invert, byte[] table)
    {
        int[] samples = [.. Enumerable.Range(0, histogram.Length).Where(s => histogram[s] > 0)];
        var levels = new byte[samples.Length];
        RsnaScale.Apply([.. samples.Select(pixels.ValueOf)], invert, levels);
        for (int i = 0; i < samples.Length; i++)
        {
            table[samples[i]] = levels[i];
        }
    }

    // Pixel padding, which surrounds the image proper, does not count.
    private static VoiTransform Percentiles(DicomDataSet set, int[] histogram, StoredPixels pixels, ModalityTransform modality)
    {
        (int least, int most) = Padding(set, pixels, histogram.Length - 1);
        int[] samples =
        [
            .. Enumerable.Range(0, histogram.Length)
            .Where(s => histogram[s] > 0 && (pixels.ValueOf(s) < least || pixels.ValueOf(s) > most)),
        ];
        double[] values = [.. samples.Select(s => modality.Apply(pixels.ValueOf(s)))];
        Array.Sort(values, samples);
        long total = samples.Sum(s => (long)histogram[s]);
        return VoiTransform.Between(At(Low), At(High));

        double At(double share)
        {
            long before = 0;
            for (int i = 0; i < samples.Length; i++)
            {
                before += histogram[samples[i]];
                if (before > share * total)
                {
                    return values[i];
                }
            }

            return values.Length > 0 ? values[^1] : 0;
        }
    }

    // One value, or all between it and the limit, which may be on either side (PS3.3, C.7.5.1.1.2). No value is between 1 and 0.
    private static (int Least, int Most) Padding(DicomDataSet set, StoredPixels pixels, int mask)
    {
        if (set.UInt16(DicomTag.PixelPadding) is not { } padding)
        {
            return (1, 0);
        }

        int one = pixels.ValueOf(padding & mask);
        int other = pixels.ValueOf((set.UInt16(DicomTag.PixelPaddingLimit) ?? padding) & mask);
        return (Math.Min(one, other), Math.Max(one, other));
    }
}
