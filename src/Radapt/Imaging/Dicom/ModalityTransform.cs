namespace Radapt.Imaging.Dicom;

/// <summary>Stored values -> what the modality measured: its lookup table, else rescale slope and intercept (PS3.3, C.11.1).</summary>
internal sealed class ModalityTransform
{
    private readonly LookupTable? _table;

    private ModalityTransform(LookupTable? table, double slope, double intercept) => (_table, Slope, Intercept) = (table, slope, intercept);

    /// <summary>Rescale slope; 1 without, and where it is 0, which would make every pixel equal.</summary>
    public double Slope { get; }

    /// <summary>Rescale intercept; 0 without.</summary>
    public double Intercept { get; }

    /// <summary>The file's transform; the identity where it has none.</summary>
    /// <exception cref="InvalidDataException">A damaged table, or numbers that are none.</exception>
    public static ModalityTransform From(DicomDataSet set, bool isSigned)
    {
        double slope = set.Number(DicomTag.RescaleSlope) ?? 1;
        return new ModalityTransform(
            LookupTable.Read(set, DicomTag.ModalityLut, isSigned), slope == 0 ? 1 : slope, set.Number(DicomTag.RescaleIntercept) ?? 0);
    }

    /// <summary>Transforms a stored value.</summary>
    public double Apply(int stored) => _table is not null ? _table[stored] : (stored * Slope) + Intercept;

    /// <summary>Whether results can be negative, which the inputs of a VOI table then are, too.</summary>
    public bool CanBeNegative(bool isSigned) => _table is null && (isSigned || Intercept < 0 || Slope < 0);
}
