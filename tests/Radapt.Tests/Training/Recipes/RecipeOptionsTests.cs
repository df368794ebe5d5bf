using System.Reflection;
using System.Text.RegularExpressions;
using Radapt.Datasets;
using Radapt.Datasets.Splits;
using Radapt.Imaging;
using Radapt.Training;
using Radapt.Training.Recipes;

namespace Radapt.Tests.Training.Recipes;

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
    public void All_AreTheRecipesPropertiesInKebabCase_InTheirOrder()
    {
        IEnumerable<string> properties = typeof(Recipe).GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Select(p => Regex.Replace(p.Name, "(?<=.)([A-Z])", "-$1").ToLowerInvariant());
        Assert.Equal(properties, RecipeOptions.All.Where(o => o.Name != "base-lr").Select(o => o.Name));
    }

    [Fact]
    public void All_ReadAndWriteTheirOwnProperty() => Assert.All(RecipeOptions.All.Where(o => o.Get is not null), option =>
    {
        object other = option.Kind switch
        {
            RecipeValueKind.Flag => true,
            RecipeValueKind.Integer => 7L,
            RecipeValueKind.Number => 0.625,
            RecipeValueKind.Fraction => LabelFraction.FromImages(20),
            RecipeValueKind.IntegerList => new[] { 3L },
            RecipeValueKind.TextList => new[] { "k" },
            _ => option.Allowed.Count > 0 ? option.Allowed[^1]
                : option.Name.StartsWith("validate-", StringComparison.Ordinal) ? "7" : option.Name == "skip-unreadable" ? "7%" : "other",
        };
        Recipe changed = option.Set!(RecipeOptions.Undecided, other);
        Assert.Equal(RecipeOption.Format(other), RecipeOption.Format(option.Get!(changed)!));
        foreach (RecipeOption untouched in RecipeOptions.All.Where(o => o.Get is not null && o.Name != option.Name))
        {
            Assert.Equivalent(untouched.Get!(RecipeOptions.Undecided), untouched.Get!(changed));
        }
    });

    [Fact]
    public void All_NameOnlyOptionsAndMethodsThatThereAre() => Assert.All(RecipeOptions.All, option =>
    {
        Assert.All(option.Excludes, name => Assert.Contains(option.Name, RecipeOptions.Find(name)!.Excludes));
        Assert.All(option.ChosenFrom, name => Assert.NotNull(RecipeOptions.Find(name)));
        Assert.All(option.Methods, method => Assert.Contains(method, RecipeOptions.Method.Allowed));
        Assert.All(option.Optimizers, optimizer => Assert.Contains(optimizer, RecipeOptions.Optimizer.Allowed));
        Assert.DoesNotContain('\n', option.Help);
    });

    [Fact]
    public void Augment_AllowsTheNamesOfImaging() =>
        Assert.Equal(Enum.GetValues<Augmentation>().Select(a => a.Name()).Order(), RecipeOptions.Find("augment")!.Allowed.Order());

    [Theory]
    [InlineData("lr", "1e-3", 0.001)]
    public void Parse_Numbers_AsTheFieldWritesThem(string name, string text, double expected) =>
        Assert.Equal(expected, RecipeOptions.Find(name)!.Parse(text, name));

    [Theory]
    [InlineData("rank", "four", "--rank: 'four' is not a whole number.")]
    [InlineData("rank", "0", "--rank: '0' is not at least 1.")]
    [InlineData("rank", "99999999999", "--rank: '99999999999' is not at most 2147483647.")]
    [InlineData("lora-dropout", "1", "--lora-dropout: '1' is not at least 0 and less than 1.")]
    [InlineData("label-fraction", "0%", "--label-fraction: '0%' is not a share such as 10%")]
    [InlineData("label-fraction", "101%", "--label-fraction: '101%' is not a share such as 10%")]
    [InlineData("lr", "NaN", "--lr: 'NaN' is not a number.")]
    [InlineData("lr", "0,1", "--lr: '0,1' is not a number.")]
    [InlineData("method", "lorra",
        "--method: 'lorra' is not one of lora, adalora, ia3, vpt, houlsby, parallel, bitfit, norm, last-k, linear, full.")]
    [InlineData("lora-targets", "q,qkv", "--lora-targets: 'qkv' is not one of q, k, v, proj, fc1, fc2.")]
    [InlineData("findings", "Edema,Edema", "--findings: Edema stands there twice.")]
    [InlineData("from-scratch", "yes", "--from-scratch: 'yes' is not true or false.")]
    [InlineData("pos-weight", "1,-2", "--pos-weight: '1,-2' is not none, balanced or a positive number per finding")]
    [InlineData("uncertainty", "zeros,Edema=some", "--uncertainty: 'Edema=some' is not ignore, zeros, ones, paper or FINDING=")]
    [InlineData("weights", "", "--weights has no value")]
    public void Parse_WhatIsNoValue_SaysWhatIsExpected(string name, string text, string message) =>
        Assert.StartsWith(message, RecipeTesting.Error(() => RecipeOptions.Find(name)!.Parse(text, $"--{name}")), StringComparison.Ordinal);

    [Fact]
    public void Get_MisspelledName_NamesTheNearest() =>
        Assert.Equal("--lora-dropot is no option of a recipe; did you mean lora-dropout?",
            RecipeTesting.Error(() => RecipeTesting.Line("--lora-dropot 0.1")));
}
