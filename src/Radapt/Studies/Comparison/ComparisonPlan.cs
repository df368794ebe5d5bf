using System.Globalization;
using Radapt.Recipes;

namespace Radapt.Studies.Comparison;

/// <summary>Methods by label fractions by seeds, on one set of labelled images, and how every run is computed.</summary>
/// <param name="Data">The labelled images, as <c>--data</c>.</param>
/// <param name="Folder">The folder of all runs.</param>
/// <param name="Methods">The rows.</param>
/// <param name="Fractions">The columns.</param>
/// <param name="Options">Options of fine-tuning that all runs have.</param>
/// <param name="Backbone">Dimensions of the backbone as options, where it starts from random weights.</param>
internal sealed record ComparisonPlan(string Data, string Folder, IReadOnlyList<ComparedMethod> Methods,
    IReadOnlyList<ComparedFraction> Fractions, IReadOnlyDictionary<string, string> Options, IReadOnlyDictionary<string, string> Backbone)
{
    /// <summary>Every run, column by column from the right: long runs first, so that no thread waits for one at the end.</summary>
    public IReadOnlyList<ComparedRun> Runs { get; } =
    [
        .. from fraction in Fractions.Reverse()
           from method in Methods
           where !fraction.WithoutMethods.Contains(method.Key)
           from seed in fraction.Seeds
           select new ComparedRun(method, fraction, seed, Path.Combine(Folder, NameOf(method, fraction, seed))),
    ];

    /// <summary>The recipe of a run.</summary>
    public RecipeLayer LayerOf(ComparedRun run)
    {
        var given = new Dictionary<string, string>();
        IEnumerable<KeyValuePair<string, string>> start = run.Method.Weights is { } weights
            ? [KeyValuePair.Create("weights", Path.GetFullPath(weights))] : [KeyValuePair.Create("from-scratch", "true"), .. Backbone];
        foreach ((string name, string value) in Options.Concat(start).Concat(run.Fraction.Options).Concat(run.Method.Options))
        {
            given[name] = value;
        }

        given["data"] = Path.GetFullPath(Data);
        given["label-fraction"] = run.Fraction.Labels.ToString();
        given["seed"] = run.Seed.ToString(CultureInfo.InvariantCulture);
        return RecipeLayer.From(given, "the comparison");
    }

    private static string NameOf(ComparedMethod method, ComparedFraction fraction, long seed) => string.Create(
        CultureInfo.InvariantCulture, $"{method.Key}-{fraction.Labels.ToString().TrimEnd('%')}-seed{seed}");
}
