using Radapt.Recipes;

namespace Radapt.Studies.Design;

/// <summary>One run of a study: a level of every factor.</summary>
/// <param name="Name">Names its folder, such as <c>nih-mae-lora-10-seed0</c>.</param>
/// <param name="Levels">Its level of every factor of the study.</param>
/// <param name="Layers">What its run is given; the first beats the second.</param>
internal sealed record StudyCell(string Name, IReadOnlyDictionary<StudyFactor, StudyLevel> Levels, IReadOnlyList<RecipeLayer> Layers)
{
    private static readonly StudyFactor[] s_titleOrder =
        [StudyFactor.Data, StudyFactor.Method, StudyFactor.Weights, StudyFactor.Fraction, StudyFactor.Seed];

    /// <summary>What the layers give together.</summary>
    public PartialRecipe Given { get; } = PartialRecipe.Merge(Layers);

    /// <summary>The seed.</summary>
    public long Seed => Given.Value((Recipe r) => r.Seed);

    /// <summary>For people: <c>LoRA, MAE weights, 10 %, seed 0</c>.</summary>
    public string Title => string.Join(", ", s_titleOrder.Where(Levels.ContainsKey).Select(f => Levels[f].Title));

    /// <summary>
    /// Options that must be as they are for the run to be this cell's: all but places, and the number of threads and the like, which a run
    /// keeps from its beginning to its end.
    /// </summary>
    public IEnumerable<RecipeEntry> Identity => IdentityOf(Given.Entries);

    /// <summary>Where data and weights of the cell are on this machine.</summary>
    public RecipeLayer Places => new(Given.Entries.Where(e => e.Option.MayChangeOnResume));

    /// <summary>Those of some entries that are part of a cell's identity.</summary>
    public static IEnumerable<RecipeEntry> IdentityOf(IEnumerable<RecipeEntry> entries) =>
        entries.Where(e => !e.Option.MayChangeOnResume && StudyExpansion.Usual.Find(e.Option.Name) is null);

    /// <summary>Whether two cells differ in nothing but the seed.</summary>
    public bool IsRepeatOf(StudyCell other) =>
        Levels.All(l => l.Key == StudyFactor.Seed || other.Levels.GetValueOrDefault(l.Key)?.Key == l.Value.Key);
}
