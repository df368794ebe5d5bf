using Radapt.Datasets.Tables;

namespace Radapt.Datasets;

/// <summary>A row and its image file.</summary>
internal sealed record LocatedRow(LabelRow Row, string File, string Path, bool Exists)
{
    /// <summary>The name may be a patient's, so messages give the line instead. True until <see cref="PatientPrivacy"/> decided.</summary>
    public bool IsPrivate { get; init; } = true;

    /// <summary>Which of how many images of the row it is, from 1.</summary>
    public (int Number, int Count) Share { get; init; } = (1, 1);

    /// <summary>Whose image it is by its header; null: it does not say, or there is none.</summary>
    public string? HeaderPatient { get; init; }

    /// <summary>What messages call it.</summary>
    public string Shown => IsPrivate ? Place : Row.Name;

    // Such as "labels.csv, line 12, image 2 of 3"; a row's images are counted in the order of their paths.
    private string Place =>
        $"{System.IO.Path.GetFileName(File)}, line {Row.Line}{(Share.Count > 1 ? $", image {Share.Number} of {Share.Count}" : "")}";
}
