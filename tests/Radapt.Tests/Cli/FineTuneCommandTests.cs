using System.Text.Json.Nodes;
using Radapt.Recipes;

namespace Radapt.Tests.Cli;

[Collection(WholeCommands.Name)]
public sealed class FineTuneCommandTests(TinyRun tiny)
{
    [Fact]
    public void Finetune_Json_IsTheRunFileAndTheFolder()
    {
        JsonObject json = tiny.Result.Expect(0).Json;
        Assert.Equal(tiny.Run, (string)json["run"]!);
        json.Remove("run");
        Assert.True(JsonNode.DeepEquals(json, JsonNode.Parse(File.ReadAllText(Path.Combine(tiny.Run, "run.json")))));
    }

    [Fact]
    public void Finetune_ForPeople_ShowsDataDefaultsEpochsAndFigures()
    {
        string said = tiny.Result.Error; // --json leaves standard output to the JSON
        Assert.All(
            ["11 positive", "Chosen for you", "the paper's", "parameters of model and adapters", "Time: at most about", "epoch 50/50",
                "AUROC", "Test figures", "Next: radapt predict"],
            text => Assert.Contains(text, said, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Finetune_ItsOwnRecipe_GivesTheSameRun()
    {
        string again = Path.Combine(tiny.Folder, "again");
        RadaptResult result =
            (await RadaptProcess.Run(tiny.Folder, "finetune", "--recipe", Path.Combine(tiny.Run, "recipe.yaml"), "--out", again,
                "--json")).Expect(0);
        Assert.Equal(Values(tiny.Run), Values(again));
        Assert.Equal(File.ReadAllBytes(Path.Combine(tiny.Run, "adapter.safetensors")),
            File.ReadAllBytes(Path.Combine(again, "adapter.safetensors")));
        Assert.True(JsonNode.DeepEquals(tiny.Result.Json["test"], result.Json["test"]));
        Assert.True(JsonNode.DeepEquals(tiny.Result.Json["val"], result.Json["val"]));
    }

    [Fact]
    public async Task Finetune_WithoutOut_NamesItsFolder()
    {
        using var folder = new TemporaryFolder();
        string[] arguments = [.. tiny.FineTune("x", "--json").Where(a => a is not ("--out" or "x"))];
        RadaptResult result = (await RadaptProcess.Run(folder.Path, [.. arguments.Select(a => a == "50" ? "1" : a)])).Expect(0);
        string run = (string)result.Json["run"]!;
        Assert.Equal(folder["runs"], Path.GetDirectoryName(run));
        Assert.Matches("^[0-9]{8}-[0-9]{6}-lora-phantoms$", Path.GetFileName(run));
    }

    [Fact]
    public async Task Finetune_FolderInUse_IsLeftAlone()
    {
        byte[] before = File.ReadAllBytes(Path.Combine(tiny.Run, "adapter.safetensors"));
        RadaptResult result = (await RadaptProcess.Run(tiny.Folder, tiny.FineTune(tiny.Run))).Expect(2);
        Assert.Contains("not empty", result.ErrorLine, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(Path.Combine(tiny.Run, "adapter.safetensors")));
    }

    [Fact]
    public async Task Resume_CompleteRun_SaysSoAndGivesItsFigures()
    {
        RadaptResult result = (await RadaptProcess.Run(tiny.Folder, "finetune", "--resume", "--out", tiny.Run, "--json")).Expect(0);
        Assert.Contains("is complete", result.ErrorLine, StringComparison.Ordinal);
        Assert.True(JsonNode.DeepEquals(tiny.Result.Json["test"], result.Json["test"]));
    }

    private static IEnumerable<(string, string)> Values(string run) =>
        RecipeFile.Read(Path.Combine(run, "recipe.yaml")).Entries.Select(e => (e.Option.Name, e.Text));
}
