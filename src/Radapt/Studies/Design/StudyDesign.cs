using Radapt.Recipes;

namespace Radapt.Studies.Design;

/// <summary>A study as its file, or code, describes it: factors with their levels, and what their cells are given.</summary>
internal sealed record StudyDesign
{
    /// <summary>Names its default folder.</summary>
    public required string Name { get; init; }

    /// <summary>The file that messages show.</summary>
    public required string File { get; init; }

    /// <summary>Headline of its tables.</summary>
    public required string Title { get; init; }

    /// <summary>Levels by factor, in the order of the file; a factor that is missing does not vary.</summary>
    public required IReadOnlyDictionary<StudyFactor, IReadOnlyList<StudyLevel>> Factors { get; init; }

    /// <summary>What every cell is given.</summary>
    public StudySettings Options { get; init; } = StudySettings.None;

    /// <summary>What some cells are given; a later one beats an earlier one.</summary>
    public IReadOnlyList<(CellFilter Where, StudySettings Settings)> Overrides { get; init; } = [];

    /// <summary>If there are any, only cells that match one of these belong to the study.</summary>
    public IReadOnlyList<CellFilter> Include { get; init; } = [];

    /// <summary>Cells that match one of these do not belong to the study.</summary>
    public IReadOnlyList<CellFilter> Exclude { get; init; } = [];

    /// <summary>How its table is laid out, as the file says; null: it does not say.</summary>
    public YamlMap? Table { get; init; }

    /// <summary>Published figures to compare with, as the file says; null: none.</summary>
    public YamlMap? Published { get; init; }

    /// <summary>The levels of a factor; empty: it does not vary.</summary>
    public IReadOnlyList<StudyLevel> Levels(StudyFactor factor) => Factors.GetValueOrDefault(factor, []);
}
