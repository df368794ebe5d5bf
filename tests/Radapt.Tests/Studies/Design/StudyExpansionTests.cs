using Radapt.Studies.Design;
using static Radapt.Tests.Studies.Design.StudyTesting;

namespace Radapt.Tests.Studies.Design;

public sealed class StudyExpansionTests
{
    [Fact]
    public void Expand_Grid_HasACellForEveryCombination_WithReadableNames() => Assert.Equal(
        ["lora-10-seed0", "lora-100-seed0", "full-10-seed0", "full-100-seed0", "lora-10-seed1", "lora-100-seed1", "full-10-seed1",
            "full-100-seed1"],
        Cells(Small + "\nseed: 0-1").Select(c => c.Name));

    [Fact]
    public void Expand_KeysThatAreValues_GiveTheOption()
    {
        StudyCell cell = Cell(Small, "full-10-seed0");
        Assert.Equal(("full", "10%", "0"), (cell.Given("method"), cell.Given("label-fraction"), cell.Given("seed")));
        Assert.Equal("full, 10 %, seed 0", cell.Title);
    }

    [Fact]
    public void Expand_Paths_AreRelativeToTheirRoots()
    {
        StudyCell cell = Cell("""
            options: {cache: cache, key: secret}
            data: {nih: nih:NIH, own: {data: own/labels.csv}}
            weights: {mae: MAE.pth, phantom-tiny: }
            """, "nih-mae-seed0");
        Assert.Equal(("nih:" + Path.GetFullPath("/data/NIH"), Path.GetFullPath("/weights/MAE.pth"), Path.GetFullPath("/out/cache"),
            Path.GetFullPath("/data/secret")), (cell.Given("data"), cell.Given("weights"), cell.Given("cache"), cell.Given("key")));
    }

    [Fact]
    public void Expand_SeveralPlacesGiveAnOption_TheMostSpecificCounts()
    {
        const string Text = """
            options: {data: d, weights: w, epochs: 1}
            method: {lora: , full: {epochs: 4}}
            fraction: {10%: {epochs: 3}, 100%: }
            seed: [3, 5]
            overrides:
              - {where: {method: lora}, epochs: 5}
              - {where: {method: lora, seed: [5]}, epochs: 6}
              - {where: {fraction: [10%, 100%]}, recipe: mrm-nih-1-lora}
            """;
        Assert.Equal(["5", "5", "4", "4", "6", "6", "4", "4"], Cells(Text).Select(c => c.Given("epochs")));
        Assert.Equal("3", Cell(Text.Replace("full: {epochs: 4}", "full: "), "full-10-seed3").Given("epochs"));
        Assert.Equal("1", Cell(Text.Replace("full: {epochs: 4}", "full: "), "full-100-seed3").Given("epochs"));
        Assert.Equal("64", Cell(Text, "full-100-seed3").Given("batch-size")); // of the recipe, which supplies what no place gives
        Assert.Equal("10%", Cell(Text, "full-10-seed3").Given("label-fraction")); // not the recipe's
        Assert.Null(Cell(Text, "full-10-seed3").Given("rank")); // the recipe's, but of another method
    }

    [Fact]
    public void Expand_RecipeNamedByFactors_IsThatOfTheCell()
    {
        const string Text = """
            options: {recipe: "{weights}-{data}-{fraction}-{method}"}
            data: {nih: nih:d, rsna: {data: rsna:e, findings: Pneumonia}}
            weights: {mae: m.pth, mrm: n.pth}
            method: [lora]
            fraction: [1%, 100%]
            """;
        Assert.Equal("0.05", Cell(Text, "nih-mrm-lora-1-seed0").Given("lr"));
        StudyCell rsna = Cell(Text, "rsna-mae-lora-100-seed0");
        Assert.Equal(("32", "100%"), (rsna.Given("rank"), rsna.Given("label-fraction")));
    }

    [Fact]
    public void Expand_IncludeAndExclude_LeaveWhatMatches() => Assert.Equal(
        ["lora-10-seed0", "full-100-seed0"],
        Cells(Small + """

            include: [{method: lora}, {fraction: 100%}]
            exclude: [{method: lora, fraction: [100%]}]
            """).Select(c => c.Name));

    [Theory]
    [InlineData("", "my.yaml:1: a study is a list of sections: title, data, weights, method, fraction, seed, options")]
    [InlineData("metod: [lora]", "my.yaml:1: metod is not a section of a study; did you mean method?")]
    [InlineData("method: lora", "my.yaml:1: method is a list, or a line 'NAME: ...' for each.")]
    [InlineData("method: []", "my.yaml:1: method is empty.")]
    [InlineData("method: [lora, lora]", "my.yaml:1: method has lora twice.")]
    [InlineData("method:\n  a b: {rank: 4}", "my.yaml:2: 'a b' cannot name a folder")]
    [InlineData("method:\n  lora: {rnk: 4}", "my.yaml:2: rnk is not an option of a recipe; did you mean rank?")]
    [InlineData("method:\n  lora: {rank: four}", "my.yaml:2: rank must be a whole number, not 'four'")]
    [InlineData("method:\n  lora: {rank: 4,\n    rank: 8}", "my.yaml:3: rank is given twice")]
    [InlineData("method:\n  full: {rank: 4}", "my.yaml:2: rank belongs to method lora")]
    [InlineData("method:\n  a: {method: lora}\nseed: [0, x]", "my.yaml:3: seed is a whole number, a list of them, or a range such as 0-4, not 'x'.")]
    [InlineData("seed: 4-0", "my.yaml:1: seed is a whole number")]
    [InlineData("options: {data: d}", "my.yaml: weights or from-scratch: true is missing")]
    [InlineData("options: {weights: w}", "my.yaml: data (or train, val and test) is missing")]
    [InlineData("options: {data: d, weights: w, folds: 5}", "my.yaml: a cell is one run, so that folds needs a fold")]
    [InlineData("options: {data: d, weights: w, recipe: none-such}", "my.yaml:1: There is no recipe file none-such")]
    [InlineData("options:\n  data: d\n  weights: '{wights}.pth'", "my.yaml:3: {wights} stands for no factor of this study; there are {seed}.")]
    [InlineData("method: [lora]\nexclude:\n  - {method: full}", "my.yaml:3: method has no full; there are lora.")]
    [InlineData("method: [lora]\nexclude:\n  - {weights: mae}", "my.yaml:3: weights has no mae, since there is no such section.")]
    [InlineData("method: [lora]\noverrides:\n  - {rank: 4}", "my.yaml:3: an override says which cells it is for")]
    [InlineData("method: [lora]\noverrides: {rank: 4}", "my.yaml:2: this section is a list")]
    [InlineData("options: {data: d, weights: w}\nmethod: [lora]\nexclude:\n  - {method: lora}", "my.yaml: include and exclude leave no cell.")]
    [InlineData("options: {data: d}\nweights: {a: x, a-b: x}\nmethod: {b-c: {method: lora}, c: {method: lora}}",
        "my.yaml: two cells would have the folder a-b-c-seed0")]
    [InlineData("method: !x [lora]", "my.yaml:1: tags (!name) and anchors (&name) are not read")]
    [InlineData("method: [lora", "my.yaml:2: this is not valid YAML")]
    public void Expand_WhatIsWrong_NamesFileAndLine(string text, string message) =>
        Assert.StartsWith(message, Error(text), StringComparison.Ordinal);

    [Fact]
    public void Expand_OptionThatDoesNotFitACell_NamesTheCell() => Assert.EndsWith(
        "(cell full-100-seed0).", Error(Small + "\noverrides:\n  - {where: {method: full, fraction: 100%}, rank: 4}"), StringComparison.Ordinal);

    [Fact]
    public void Expand_EveryBuiltInStudy_HasCells()
    {
        Assert.NotEmpty(StudyFile.BuiltIn);
        Assert.All(StudyFile.BuiltIn, name => Assert.NotEmpty(StudyExpansion.Expand(StudyFile.Open(name).Read(), Places)));
    }
}
