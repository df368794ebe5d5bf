using System.Text;
using Radapt.Models;
using Radapt.Recipes;

namespace Radapt.Tests.Recipes;

/// <summary>What the recipe tests share: a newcomer's facts, and recipes compared value by value.</summary>
internal static class RecipeTesting
{
    public static RecipeFacts Facts { get; } = new()
    {
        WeightsShape = new BackboneShape(224, 16, 12, 768, 12),
        WeightsDescription = "MRM checkpoint",
        WeightsMean = 0.4978,
        WeightsStd = 0.2449,
        TrainingImages = 785,
        PhysicalCores = 4,
        LogicalCores = 8,
    };

    public static RecipeLayer Line(string options)
    {
        var given = new List<KeyValuePair<string, string>>();
        foreach (string option in options.Split("--", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            string[] parts = option.Split(' ', 2);
            given.Add(new(parts[0], parts.Length == 2 ? parts[1] : "true"));
        }

        return RecipeLayer.FromCommandLine(given);
    }

    /// <summary>A command line that names data and weights beside the options under test.</summary>
    public static RecipeLayer Run(string options = "") => Line($"--data images.csv --weights MRM.pth {options}");

    public static RecipeLayer Yaml(string text) => RecipeReader.Read(new MemoryStream(Encoding.UTF8.GetBytes(text)), "my.yaml");

    public static ResolvedRecipe Resolve(params RecipeLayer[] layers) => RecipeResolver.Resolve(layers, Facts);

    public static ResolvedValue Value(this ResolvedRecipe resolved, string name) => resolved.Values.Single(v => v.Name == name);

    public static string Error(Action action) => Assert.Throws<RadaptException>(action).Message;

    /// <summary>Equality of every option's value; the records themselves compare their lists by reference.</summary>
    public static void AssertSame(Recipe expected, Recipe actual) => Assert.All(RecipeOptions.All, option =>
        Assert.Equal(option.Format(RecipeOptions.Read(expected, option)), option.Format(RecipeOptions.Read(actual, option))));
}
