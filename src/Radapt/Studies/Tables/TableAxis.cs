using Radapt.Studies.Design;

namespace Radapt.Studies.Tables;

/// <summary>A row or a column: a level of each of its factors.</summary>
/// <param name="Levels">The levels, in the order of the layout.</param>
internal sealed record TableAxis(IReadOnlyList<StudyLevel> Levels)
{
    /// <summary>For programs: <c>mae/lora</c>.</summary>
    public string Key => string.Join('/', Levels.Select(l => l.Key));

    /// <summary>For people: <c>MAE, LoRA</c>.</summary>
    public string Title => string.Join(", ", Levels.Select(l => l.Title));

    /// <summary>Its level of a factor; null: the factor is not one of its own.</summary>
    public StudyLevel? Level(StudyFactor factor) => Levels.FirstOrDefault(l => l.Factor == factor);

    /// <summary>Whether a cell belongs to it.</summary>
    public bool Has(StudyCell cell) => Levels.All(l => cell.Levels.GetValueOrDefault(l.Factor)?.Key == l.Key);
}
