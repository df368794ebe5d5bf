namespace Radapt.Imaging.Dicom;

/// <summary>Values of interest -> [0, 1], as the file asks for it (PS3.3, C.11.2).</summary>
/// <param name="apply">Value after the modality transform -> [0, 1].</param>
internal sealed class VoiTransform(Func<double, double> apply)
{
    /// <summary>A value's place between black (0) and white (1).</summary>
    public double Apply(double value) => apply(value);

    /// <summary>The file's VOI lookup table, else its first window; null where it has neither that can be used.</summary>
    /// <param name="set">The file's elements.</param>
    /// <param name="isSigned">Values after the modality transform can be negative.</param>
    /// <param name="remark">What is there but cannot be used, such as a window that is not a number; null: all can.</param>
    public static VoiTransform? From(DicomDataSet set, bool isSigned, out string? remark)
    {
        VoiTransform? table = Table(set, isSigned, out remark);
        return table ?? Window(set, ref remark);
    }

    /// <summary>Percentiles as a linear transform.</summary>
    public static VoiTransform Between(double low, double high) =>
        new(x => high > low ? Math.Clamp((x - low) / (high - low), 0, 1) : 0);

    private static VoiTransform? Table(DicomDataSet set, bool isSigned, out string? remark)
    {
        remark = null;
        try
        {
            if (LookupTable.Read(set, DicomTag.VoiLut, isSigned) is not { } table)
            {
                return null;
            }

            if (table.Largest > 0)
            {
                double white = table.White;
                return new VoiTransform(x => Math.Min(1, table[x] / white));
            }
        }
        catch (InvalidDataException)
        {
            // As an empty table.
        }

        remark = $"{DicomTag.VoiLut} of some DICOM files cannot be used; their window is used instead, or percentiles.";
        return null;
    }

    private static VoiTransform? Window(DicomDataSet set, ref string? remark)
    {
        bool isNumber = set.TryNumber(DicomTag.WindowCenter, out double? center) & set.TryNumber(DicomTag.WindowWidth, out double? width);
        if (isNumber && center is null && width is null)
        {
            return null;
        }

        string function = set.FirstText(DicomTag.VoiFunction).ToUpperInvariant().Replace(' ', '_').Replace('-', '_');
        VoiTransform? window = isNumber && center is { } c && width is { } w ? Window(function, c, w) : null;
        remark ??= window is null
            ? $"{DicomTag.WindowCenter} and {DicomTag.WindowWidth} of some DICOM files are not usable numbers; percentiles are used instead."
            : function is "" or "LINEAR" or "LINEAR_EXACT" or "SIGMOID" or "SAMPLED_SIGMOID" ? null
            : $"{DicomTag.VoiFunction} of some DICOM files is not defined by the standard; LINEAR is used instead.";
        return window;
    }

    // SAMPLED_SIGMOID is what some writers call SIGMOID; functions that the standard does not know are taken for LINEAR, as viewers take
    // them.
    private static VoiTransform? Window(string function, double center, double width) => function switch
    {
        "SIGMOID" or "SAMPLED_SIGMOID" => width > 0 ? new VoiTransform(x => 1 / (1 + Math.Exp(-4 * (x - center) / width))) : null,
        "LINEAR_EXACT" => width > 0 ? new VoiTransform(x => Math.Clamp(((x - center) / width) + 0.5, 0, 1)) : null,
        _ => width < 1 ? null
            : width == 1 ? new VoiTransform(x => x <= center - 0.5 ? 0 : 1)
            : new VoiTransform(x => Math.Clamp(((x - (center - 0.5)) / (width - 1)) + 0.5, 0, 1)),
    };
}
