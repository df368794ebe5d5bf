using System.Text.Json.Nodes;
using Json.Schema;
using Radapt.Adaptation;
using Radapt.Recipes;
using static Radapt.Tests.Recipes.RecipeTesting;

namespace Radapt.Tests.Recipes;

public class RecipeSchemaTests
{
    private static readonly string s_text = RecipeSchema.Write();
    private static readonly JsonSchema s_schema = JsonSchema.FromText(s_text);

    public static TheoryData<string> BuiltIn => [.. RecipeFile.BuiltIn];

    [Theory]
    [MemberData(nameof(BuiltIn))]
    public void Schema_BuiltInRecipe_IsValid(string name) =>
        AssertValid(File.ReadAllText(Path.Combine(Repository.Root, "recipes", $"{name}.yaml")));

    [Fact]
    public void Schema_WrittenRecipesOfEveryMethodAndOptimizer_AreValid() => Assert.All(AdaptationMethod.Names, method =>
    {
        AssertValid(RecipeWriter.Write(Resolve(Run($"--method {method} --findings Edema,Mass --cache c --keep-classes 0,1"))));
        AssertValid(RecipeWriter.Write(Resolve(Run($"--method {method} --optimizer sgd --pos-weight 2 --folds 3 --skip-unreadable 0"))));
    });

    [Theory]
    [InlineData("rank: 4")]
    [InlineData("rank: {value: 4, source: default, reason: the paper's}")]
    [InlineData("lora-targets: [q, v]")]
    [InlineData("lora-targets: q, v")]
    [InlineData("lora-blocks: [0, 4-7]")]
    [InlineData("validate-images: all")]
    [InlineData("validate-every: auto")]
    [InlineData("split-shares: [40, 20, 40]")]
    [InlineData("label-fraction: 200")]
    [InlineData("flip: auto")]
    [InlineData("from-scratch: {value: false}\nweights: w.pth")]
    public void Schema_EveryFormThatIsRead_IsValid(string yaml)
    {
        Yaml(yaml); // is read
        AssertValid(yaml);
    }

    [Theory]
    [InlineData("rank: 0")]
    [InlineData("rank: 1.5")]
    [InlineData("rank: four")]
    [InlineData("rank: {source: ours}")]
    [InlineData("rank: {value: 4, unit: px}")]
    [InlineData("lora-dropot: 0.1")]
    [InlineData("lora-dropout: 1")]
    [InlineData("lr: 0")]
    [InlineData("lr: 1\nbase-lr: 1")]
    [InlineData("method: lorra")]
    [InlineData("lora-targets: [q, q]")]
    [InlineData("lora-targets: [qkv]")]
    [InlineData("validate-images: 0")]
    [InlineData("from-scratch: 1")]
    public void Schema_WhatIsNotRead_IsNotValid(string yaml)
    {
        Assert.NotEmpty(Error(() => Yaml(yaml)));
        Assert.False(Evaluate(yaml).IsValid);
    }

    [Fact]
    public void Schema_EveryOption_HasItsHelp()
    {
        JsonObject properties = JsonNode.Parse(s_text)!["properties"]!.AsObject();
        Assert.Equal(RecipeOptions.All.Select(o => (o.Name, o.Help)), properties.Select(p => (p.Key, (string)p.Value!["description"]!)));
    }

    private static void AssertValid(string yaml) => SchemaTesting.AssertValid(s_schema, yaml);

    private static EvaluationResults Evaluate(string yaml) => SchemaTesting.Evaluate(s_schema, yaml);
}
