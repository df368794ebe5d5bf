using Radapt.Adaptation;
using Radapt.Adaptation.Lora;
using Radapt.Datasets;
using Radapt.Recipes;

namespace Radapt.Tests.Recipes;

/// <summary>Options that a program gives are those of the command line.</summary>
public sealed class TypedLayerTests
{
    [Fact]
    public void Set_Properties_GiveTheLayerOfTheSameTexts()
    {
        RecipeLayer typed = RecipeLayer.Empty
            .Set((DataOptions d) => d.Data, "data").Set((ModelOptions m) => m.FromScratch, true)
            .Set((Recipe r) => r.Method, new LoraOptions { Rank = 8, Targets = ["q", "k"] })
            .Set((OptimisationOptions o) => o.Epochs, 3).Set((Recipe r) => r.Seed, 5);
        RecipeLayer texts = RecipeLayer.FromCommandLine(new Dictionary<string, string>
        {
            ["data"] = "data",
            ["from-scratch"] = "true",
            ["method"] = "lora",
            ["rank"] = "8",
            ["lora-targets"] = "q,k",
            ["epochs"] = "3",
            ["seed"] = "5",
        });
        Assert.Equal(texts.Entries.Select(e => (e.Option.Name, e.Text)), typed.Entries.Select(e => (e.Option.Name, e.Text)));
    }

    [Fact]
    public void Set_WrongValues_AreRefusedAsOnTheCommandLine()
    {
        RecipeLayer scratch = RecipeLayer.Empty.Set((ModelOptions m) => m.FromScratch, true);
        Assert.Contains("cannot be used together",
            Assert.Throws<RadaptException>(() => scratch.Set((ModelOptions m) => m.Weights, "a.pth")).Message, StringComparison.Ordinal);
        Assert.StartsWith("epochs", Assert.Throws<RadaptException>(() => scratch.Set((OptimisationOptions o) => o.Epochs, -1)).Message,
            StringComparison.Ordinal);
        Assert.StartsWith("rank", Assert.Throws<RadaptException>(
            () => scratch.Set((Recipe r) => r.Method, new LoraOptions { Rank = -4 })).Message, StringComparison.Ordinal);
        Assert.Contains("twice", Assert.Throws<RadaptException>(() => scratch.Set((ModelOptions m) => m.FromScratch, true)).Message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => scratch.Set((ModelOptions m) => m.Shape, null!));
        Assert.Equal("ia3", RecipeLayer.Empty.Set((Recipe r) => r.Method, new PlainMethod("ia3")).Find("method")!.Text);
    }
}
