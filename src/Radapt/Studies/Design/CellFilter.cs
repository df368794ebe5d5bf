using Radapt.Options;

namespace Radapt.Studies.Design;

/// <summary>Some of a study's cells: those whose level is among the named ones, for every factor that is named.</summary>
/// <param name="Levels">Keys by factor.</param>
internal sealed record CellFilter(IReadOnlyDictionary<StudyFactor, IReadOnlyList<string>> Levels)
{
    /// <summary>Reads <c>method=lora,full</c>.</summary>
    /// <param name="text">A factor and keys of its levels.</param>
    /// <param name="design">The study.</param>
    /// <param name="where">How an error begins.</param>
    /// <exception cref="RadaptException">The study has no such factor or level.</exception>
    public static CellFilter Parse(string text, StudyDesign design, string where)
    {
        string[] parts = text.Split('=', 2);
        if (parts.Length != 2 || EnumNames.Find(typeof(StudyFactor), parts[0]) is not StudyFactor factor)
        {
            throw new RadaptException($"{where} '{text}': give FACTOR=LEVEL,LEVEL with a factor of "
                + $"{string.Join(", ", design.Factors.Keys.Order().Select(f => f.Spelled()))}.");
        }

        string[] keys = parts[1].Split(',', StringSplitOptions.TrimEntries);
        return Array.Find(keys, k => design.Levels(factor).All(l => l.Key != k)) is { } unknown
            ? throw new RadaptException($"{where} '{text}': {parts[0]} has no {unknown}; there are "
                + $"{string.Join(", ", design.Levels(factor).Select(l => l.Key))}.")
            : new CellFilter(new Dictionary<StudyFactor, IReadOnlyList<string>> { [factor] = keys });
    }

    /// <summary>Whether a cell is one of them.</summary>
    public bool Matches(IReadOnlyDictionary<StudyFactor, StudyLevel> cell) =>
        Levels.All(l => cell.TryGetValue(l.Key, out StudyLevel? level) && l.Value.Contains(level.Key));
}
