namespace Radapt.Studies.Design;

/// <summary>Some of a study's cells: those whose level is among the named ones, for every factor that is named.</summary>
/// <param name="Levels">Keys by factor.</param>
internal sealed record CellFilter(IReadOnlyDictionary<StudyFactor, IReadOnlyList<string>> Levels)
{
    /// <summary>Whether a cell is one of them.</summary>
    public bool Matches(IReadOnlyDictionary<StudyFactor, StudyLevel> cell) =>
        Levels.All(l => cell.TryGetValue(l.Key, out StudyLevel? level) && l.Value.Contains(level.Key));
}
