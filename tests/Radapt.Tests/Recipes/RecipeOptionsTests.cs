using System.Reflection;
using Radapt.Adaptation;
using Radapt.Datasets;
using Radapt.Datasets.Splits;
using Radapt.Options;
using Radapt.Recipes;
using static Radapt.Tests.Recipes.RecipeTesting;

namespace Radapt.Tests.Recipes;

public class RecipeOptionsTests
{
    [Theory] // K19
    [InlineData("lr", "1e38")]
    [InlineData("base-lr", "1e300")]
    [InlineData("weight-decay", "1e31")]
    [InlineData("alpha", "1e300")]
    public void Parse_NumberBeyondWhatFloat32Multiplies_SaysTheLimit(string option, string text)
    {
        RadaptException error = Assert.Throws<RadaptException>(() => RecipeOptions.Find(option)!.Parse(text, $"--{option}"));
        Assert.Contains("at most 1e+30", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void All_ReadAndWriteTheirOwnProperty() => Assert.All(RecipeOptions.All.Where(o => o.Property is not null), option =>
    {
        string text = option.IsFlag ? "true"
            : option.Choices.Count > 0 ? option.Choices[^1]
            : option.Type == typeof(double) ? "0.625"
            : option.Type == typeof(int) || option.Type == typeof(long) ? $"{Math.Max(7, option.Min)}"
            : option.Type == typeof(LabelFraction) ? "20" : option.Type == typeof(Share) ? "7%"
            : option.Type == typeof(PositiveWeight) ? "2,1"
            : option.Name == "uncertainty" ? "zeros" : option.Name == "values" ? "x=1" : "other";
        string[] owner = option.OnlyWith is { } with ? [$"--{with.Option} {with.Values[0]}"] : [];
        string[] others = option.Name is "data" or "train" or "val" or "test" ? [] : ["--data images.csv"];
        string[] weights = option.Name is "weights" or "from-scratch" ? [] : ["--weights w.pth"];
        var given = PartialRecipe.Merge([Line(string.Join(' ', [.. owner, .. others, .. weights, $"--{option.Name} {text}"]))]);
        Assert.Equal(text, given.Find(option.Name)!.Text);
        object section = option.Section == typeof(DataOptions) ? given.Data
            : option.OnlyWith?.Option == "method" ? given.Method : given.Find(option.Name)!.Value!;
        if (section is DataOptions or MethodOptions && option.Property!.DeclaringType!.IsInstanceOfType(section))
        {
            Assert.Equal(text, option.Format(option.Property.GetValue(section)));
        }
    });

    [Fact] // every property of a section is an option, or follows from others
    public void Sections_Properties_AreOptions()
    {
        string[] derived = ["Seed", "Shape", "Plan", "Scale", "Name"];
        Type[] sections = [typeof(DataOptions), typeof(ModelOptions), typeof(PixelOptions), typeof(OptimisationOptions),
            typeof(ValidationOptions), typeof(ComputeOptions),
            .. AdaptationMethod.All.Where(m => m.Options.Count > 0).Select(m => m.Defaults.GetType())];
        Assert.All(sections, section => Assert.Equal(
            section.GetProperties(BindingFlags.Public | BindingFlags.Instance).Select(p => p.Name).Except(derived).Order(),
            OptionTable.For(section).Options.Select(o => o.Property?.Name).OfType<string>().Order()));
    }

    [Fact]
    public void All_NameOnlyOptionsAndMethodsThatThereAre() => Assert.All(RecipeOptions.All, option =>
    {
        Assert.All(option.Excludes, name => Assert.Contains(option.Name, RecipeOptions.Find(name)!.Excludes));
        Assert.All(option.ChosenFrom, name => Assert.NotNull(RecipeOptions.Find(name)));
        Assert.All(option.OnlyWith?.Values ?? [],
            value => Assert.Contains(value, RecipeOptions.Find(option.OnlyWith!.Value.Option)!.Choices));
        Assert.DoesNotContain('\n', option.Help);
    });

    [Theory]
    [InlineData("lr", "1e-3", 0.001)]
    public void Parse_Numbers_AsTheFieldWritesThem(string name, string text, double expected) =>
        Assert.Equal(expected, RecipeOptions.Find(name)!.Parse(text, name));

    [Theory]
    [InlineData("rank", "four", "--rank must be a whole number, not 'four'.")]
    [InlineData("rank", "0", "--rank must be at least 1, not '0'.")]
    [InlineData("rank", "99999999999", "--rank must be at most 2147483647, not '99999999999'.")]
    [InlineData("lora-dropout", "1", "--lora-dropout must be at least 0 and less than 1, not '1'.")]
    [InlineData("label-fraction", "0%", "--label-fraction must be a share such as 10%")]
    [InlineData("label-fraction", "101%", "--label-fraction must be a share such as 10%")]
    [InlineData("lr", "NaN", "--lr must be a number, not 'NaN'.")]
    [InlineData("lr", "0,1", "--lr must be a number, not '0,1'.")]
    [InlineData("method", "lorra",
        "--method must be one of lora, adalora, ia3, vpt, houlsby, parallel, bitfit, norm, last-k, linear, ridge, logistic, knn, full, not 'lorra'.")]
    [InlineData("lora-targets", "q,qkv", "--lora-targets must be one of q, k, v, proj, fc1, fc2, not 'qkv'.")]
    [InlineData("findings", "Edema,Edema", "--findings: Edema is given twice.")]
    [InlineData("from-scratch", "yes", "--from-scratch must be true or false, not 'yes'.")]
    [InlineData("pos-weight", "1,-2", "--pos-weight must be none, balanced or a positive number per finding")]
    [InlineData("uncertainty", "zeros,Edema=some", "--uncertainty must be ignore, zeros, ones, paper or FINDING=")]
    [InlineData("weights", "", "--weights has no value")]
    public void Parse_WhatIsNoValue_SaysWhatIsExpected(string name, string text, string message) =>
        Assert.StartsWith(message, RecipeTesting.Error(() => RecipeOptions.Find(name)!.Parse(text, $"--{name}")), StringComparison.Ordinal);

    [Fact]
    public void Get_MisspelledName_NamesTheNearest() =>
        Assert.Equal("--lora-dropot is not an option of a recipe; did you mean lora-dropout?",
            RecipeTesting.Error(() => RecipeTesting.Line("--lora-dropot 0.1")));
}
