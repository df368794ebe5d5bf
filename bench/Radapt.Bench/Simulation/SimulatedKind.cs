using System.Globalization;

namespace Radapt.Bench;

/// <summary>A kind of simulated test set.</summary>
/// <param name="Auroc">The true AUROC.</param>
/// <param name="Prevalence">The share of positive images.</param>
/// <param name="PerPatient">Images of a patient.</param>
/// <param name="Images">Images of a set.</param>
internal sealed record SimulatedKind(double Auroc, double Prevalence, int PerPatient, int Images)
{
    /// <summary>The kinds of the tables: 200 images, and smaller sets that show where intervals end to be of use.</summary>
    public static IReadOnlyList<SimulatedKind> All { get; } =
    [
        new(0.7, 0.5, 1, 200), new(0.9, 0.5, 1, 200), new(0.7, 0.1, 1, 200), new(0.9, 0.1, 1, 200),
        new(0.7, 0.5, 3, 200), new(0.9, 0.5, 3, 200), new(0.7, 0.1, 3, 200), new(0.9, 0.1, 3, 200),
        new(0.7, 0.1, 1, 80), new(0.9, 0.1, 1, 80), new(0.7, 0.1, 1, 50), new(0.9, 0.1, 1, 50), new(0.7, 0.1, 1, 30), new(0.9, 0.1, 1, 30),
    ];

    /// <summary>The names of the columns that say which kind a row is of.</summary>
    public static IReadOnlyList<string> Columns { get; } = ["images", "per patient", "AUROC", "prevalence"];

    /// <summary>These columns of this kind.</summary>
    public IReadOnlyList<string> Cells =>
    [
        Images.ToString(CultureInfo.InvariantCulture), PerPatient.ToString(CultureInfo.InvariantCulture),
        Auroc.ToString("0.0", CultureInfo.InvariantCulture), Prevalence.ToString("0.0", CultureInfo.InvariantCulture),
    ];
}
