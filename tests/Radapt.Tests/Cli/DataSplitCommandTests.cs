using System.Text.Json.Nodes;

namespace Radapt.Tests.Cli;

[Collection(WholeCommands.Name)]
public sealed class DataSplitCommandTests
{
    [Fact]
    public async Task Split_ThenFineTune_TakesTheTableAsItIs()
    {
        using var folder = new TemporaryFolder();
        (await RadaptProcess.Run(folder.Path, "data", "phantoms", "--count", "60", "--size", "32", "--seed", "2", "--findings",
            "Effusion,Nodule", "--no-masks", "made")).Expect(0);
        RadaptResult split =
            (await RadaptProcess.Run(folder.Path, "data", "split", "--data", "made", "--shares", "60,20,20", "-o", "again.csv",
                "--json")).Expect(0);
        JsonArray parts = split.Json["parts"]!.AsArray();
        Assert.Equal(60, parts.Sum(p => (int)p!["images"]!));
        Assert.Equal(["train", "val", "test"], parts.Select(p => (string)p!["name"]!));
        Assert.All(parts,
            p => Assert.Equal((int)p!["images"]!, (int)p["findings"]!["Nodule"]!["positives"]!
                + (int)p["findings"]!["Nodule"]!["negatives"]!));
        Assert.Contains("--seed 0 (default", split.Error, StringComparison.Ordinal);
        (await RadaptProcess.Run(
            folder.Path, "finetune", "--data", "again.csv", "--from-scratch", "--backbone", "vit_tiny_patch16_224", "--depth", "1",
                "--image-size", "32",
            "--epochs", "1", "--allow-rare-findings", "--out", "run")).Expect(0);
    }

    [Fact]
    public async Task Split_ForPeople_PrintsCountsAndReasons()
    {
        using var folder = new TemporaryFolder();
        (await RadaptProcess.Run(folder.Path, "data", "phantoms", "--count", "30", "--size", "16", "--no-masks", "made")).Expect(0);
        RadaptResult split =
            (await RadaptProcess.Run(folder.Path, "data", "split", "--data", "made", "--folds", "3", "-o", "folds.csv")).Expect(0);
        Assert.Contains("patients", split.Output, StringComparison.Ordinal);
        Assert.Contains("fold 3", split.Output, StringComparison.Ordinal);
        Assert.Contains("Cardiomegaly", split.Output, StringComparison.Ordinal);
        Assert.Contains("Next: radapt finetune --data folds.csv --folds 3 --split-seed 0 ", split.Output, StringComparison.Ordinal);
        Assert.True(File.Exists(folder["folds.csv"]));
        RadaptResult again =
            (await RadaptProcess.Run(folder.Path, "data", "split", "--data", "made", "--folds", "3", "-o", "folds.csv")).Expect(2);
        Assert.Contains("--overwrite", again.ErrorLine, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("No data is given", "-o", "out.csv")]
    [InlineData("does not exist", "--data", "nowhere.csv", "-o", "out.csv")]
    [InlineData("ends in .csv", "--data", "made", "-o", "out.txt")]
    [InlineData("'x' is not a number", "--data", "made", "-o", "out.csv", "--shares", "x,2")]
    [InlineData("two or three numbers", "--data", "made", "-o", "out.csv", "--shares", "100")]
    [InlineData("exclude each other", "--data", "made", "-o", "out.csv", "--shares", "70,30", "--folds", "3")]
    [InlineData("--folds must be 2 to 100", "--data", "made", "-o", "out.csv", "--folds", "1")]
    [InlineData("too few", "--data", "made", "-o", "out.csv", "--folds", "90")]
    [InlineData("cannot be written", "--data", "made", "-o", "no/folder/out.csv")]
    public async Task Split_BadInput_IsOneLineAndWritesNothing(string expected, params string[] arguments)
    {
        using var folder = new TemporaryFolder();
        (await RadaptProcess.Run(folder.Path, "data", "phantoms", "--count", "12", "--size", "16", "--no-masks", "made")).Expect(0);
        RadaptResult result = (await RadaptProcess.Run(folder.Path, ["data", "split", .. arguments])).Expect(2);
        Assert.Contains(expected, result.ErrorLine, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder.Path));
    }
}
