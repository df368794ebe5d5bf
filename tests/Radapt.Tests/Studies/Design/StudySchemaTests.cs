using Json.Schema;
using Radapt.Studies.Design;
using Radapt.Tests.Recipes;

namespace Radapt.Tests.Studies.Design;

public sealed class StudySchemaTests
{
    private static readonly JsonSchema s_schema = JsonSchema.FromText(StudySchema.Write());

    public static TheoryData<string> BuiltIn => [.. StudyFile.BuiltIn];

    [Theory]
    [MemberData(nameof(BuiltIn))]
    public void Schema_BuiltInStudy_IsValid(string name) =>
        SchemaTesting.AssertValid(s_schema, File.ReadAllText(Path.Combine(Repository.Root, "recipes", "studies", $"{name}.yaml")));

    [Fact]
    public void Document_ItsStudy_IsReadAndValid()
    {
        string text = File.ReadAllText(Path.Combine(Repository.Root, "docs", "studies.md")).ReplaceLineEndings("\n");
        string yaml = text.Split("```yaml\n")[1].Split("```")[0];
        SchemaTesting.AssertValid(s_schema, yaml);
        Assert.Equal(2 * 3 * 5, StudyTesting.Cells(yaml).Count); // two fractions of three methods with five seeds
        Assert.All(StudyFile.BuiltIn, name => Assert.Contains($"| `{name}` |", text, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("metod: [lora]")]
    [InlineData("method:\n  lora: {rnk: 4}")]
    [InlineData("method:\n  lora: {rank: 0}")]
    [InlineData("options: {rank: four}")]
    [InlineData("exclude: {method: lora}")]
    [InlineData("exclude: [{methd: lora}]")]
    [InlineData("table: {layout: 7}")]
    [InlineData("published: {figures: [{method: lora, auroc: high}]}")]
    [InlineData("overrides: [{where: {method: lora}, rnk: 4}]")]
    public void Schema_WhatIsNotRead_IsNotValid(string yaml) => Assert.False(SchemaTesting.Evaluate(s_schema, yaml).IsValid);
}
