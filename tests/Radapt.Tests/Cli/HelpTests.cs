using Radapt.Recipes;

namespace Radapt.Tests.Cli;

[Collection(WholeCommands.Name)]
public sealed class HelpTests(TinyRun tiny)
{
    [Theory]
    [InlineData("finetune")]
    [InlineData("evaluate")]
    [InlineData("compare")]
    [InlineData("predict")]
    [InlineData("results")]
    [InlineData("watch")]
    [InlineData("weights")]
    [InlineData("inspect")]
    [InlineData("demo")]
    [InlineData("bench")]
    [InlineData("adapter merge")]
    [InlineData("adapter export")]
    [InlineData("adapter import")]
    [InlineData("data phantoms")]
    [InlineData("data preview")]
    public async Task Help_OfACommand_ShowsItsOptionsAndAnExample(string command)
    {
        RadaptResult help = (await RadaptProcess.Run(tiny.Folder, [.. command.Split(' '), "--help"])).Expect(0);
        Assert.Contains($"Usage: radapt {command}", help.Output, StringComparison.Ordinal);
        Assert.Contains("--json", help.Output, StringComparison.Ordinal);
        string examples = help.Output[help.Output.IndexOf("\nExamples\n", StringComparison.Ordinal)..];
        Assert.Contains($"    radapt {command}", examples, StringComparison.Ordinal);
        Assert.Empty(help.Error);
    }

    [Fact]
    public async Task Help_OfTheRoot_NamesEveryCommandAndExitCode()
    {
        RadaptResult help = (await RadaptProcess.Run(tiny.Folder, "--help")).Expect(0);
        Assert.All(
            ["finetune", "pretrain", "evaluate", "compare", "predict", "results", "watch", "serve", "weights", "inspect", "adapter", "data",
                "recipe", "demo", "bench", "130 interrupted"],
            word => Assert.Contains(word, help.Output, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Help_OfFinetune_HasEveryOptionOfRecipes()
    {
        RadaptResult help = (await RadaptProcess.Run(tiny.Folder, "finetune", "-h")).Expect(0);
        Assert.All(RecipeOptions.All,
            o => Assert.Contains($"\n  --{o.Name}", help.Output, StringComparison.Ordinal));
    }

    [Fact]
    public async Task RecipeSchema_IsPrinted() => Assert.Equal(RecipeSchema.Write(),
        (await RadaptProcess.Run(tiny.Folder, "recipe", "schema")).Expect(0).Output.ReplaceLineEndings("\n"));

    [Fact]
    public async Task Version_IsPrinted() =>
        Assert.StartsWith("0.1.0", (await RadaptProcess.Run(tiny.Folder, "--version")).Expect(0).Output, StringComparison.Ordinal);
}
