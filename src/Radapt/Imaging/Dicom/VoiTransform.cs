namespace Radapt.Imaging.Dicom;

/// <summary>Values of interest -> [0, 1], as the file asks for it (PS3.3, C.11.2).</summary>
/// <param name="apply">Value after the modality transform -> [0, 1].</param>
internal sealed class VoiTransform(Func<double, double> apply)
{
    /// <summary>A value's place between black (0) and white (1).</summary>
    public double Apply(double value) => apply(value);

    /// <summary>The file's VOI lookup table, else its first window; null where it has neither, or a window whose width is none.</summary>
    /// <exception cref="InvalidDataException">A damaged table, or a window that is no number.</exception>
    public static VoiTransform? Of(DicomDataSet set, bool isSigned)
    {
        if (LookupTable.Of(set, DicomTag.VoiLut, isSigned) is { } table)
        {
            double top = (1 << table.Bits) - 1;
            return new VoiTransform(x => Math.Min(1, table[x] / top));
        }

        return set.Number(DicomTag.WindowCenter) is { } center && set.Number(DicomTag.WindowWidth) is { } width
            ? Window(set.FirstText(DicomTag.VoiFunction), center, width) : null;
    }

    /// <summary>Percentiles as a linear transform.</summary>
    public static VoiTransform Between(double low, double high) =>
        new(x => high > low ? Math.Clamp((x - low) / (high - low), 0, 1) : 0);

    private static VoiTransform? Window(string function, double center, double width) => function switch
    {
        "SIGMOID" => width > 0 ? new VoiTransform(x => 1 / (1 + Math.Exp(-4 * (x - center) / width))) : null,
        "LINEAR_EXACT" => width > 0 ? new VoiTransform(x => Math.Clamp(((x - center) / width) + 0.5, 0, 1)) : null,
        "" or "LINEAR" => width < 1 ? null
            : width == 1 ? new VoiTransform(x => x <= center - 0.5 ? 0 : 1)
            : new VoiTransform(x => Math.Clamp(((x - (center - 0.5)) / (width - 1)) + 0.5, 0, 1)),
        _ => throw new InvalidDataException($"{DicomTag.VoiFunction} is none of LINEAR, LINEAR_EXACT, SIGMOID; choose --dicom-scale percentile"),
    };
}
