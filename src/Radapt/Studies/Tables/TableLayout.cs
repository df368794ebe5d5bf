using Radapt.Studies.Design;

namespace Radapt.Studies.Tables;

/// <summary>Which factors are rows and which are columns.</summary>
/// <param name="Rows">The factors of the rows, the slowest first.</param>
/// <param name="Columns">The factors of the columns, the slowest first.</param>
internal sealed record TableLayout(IReadOnlyList<StudyFactor> Rows, IReadOnlyList<StudyFactor> Columns)
{
    /// <summary>The levels with which every cell is compared, by factor; null: nothing is compared.</summary>
    public IReadOnlyDictionary<StudyFactor, string>? Reference { get; init; }

    /// <summary>The form of the paper's Table 1: weights and methods as rows, data and fractions as columns, as far as they vary.</summary>
    public static TableLayout Grid(StudyDesign design) => new(
        Varying(design, StudyFactor.Weights, StudyFactor.Method), Varying(design, StudyFactor.Data, StudyFactor.Fraction));

    private static StudyFactor[] Varying(StudyDesign design, params StudyFactor[] factors) =>
        [.. factors.Where(f => design.Levels(f).Count > 1)];
}
