namespace Radapt.Tests.Cli;

[Collection(WholeCommands.Name)]
public sealed class DemoTests(TinyRun tiny)
{
    [Fact]
    public async Task Demo_FromNothing_LearnsItsFindingsAndLeavesAWholeRun()
    {
        RadaptResult demo = (await RadaptProcess.Run(tiny.Folder, "demo", "--out", "demo", "--json")).Expect(0);
        Assert.True((double)demo.Json["test"]!["auroc"]!["mean"]! > 0.85, demo.Output);
        Assert.Equal(["Cardiomegaly", "Effusion"], demo.Json["test"]!["auroc"]!.AsObject().Select(f => f.Key).Where(k => k != "mean"));
        string run = (string)demo.Json["run"]!;
        Assert.All(["recipe.yaml", "run.json", "metrics.jsonl", "adapter.safetensors", "predictions.csv"],
            name => Assert.True(File.Exists(Path.Combine(run, name)), name));
        Assert.NotEmpty(Directory.GetFiles(run, "events.*"));
        Assert.Contains("radapt finetune --data", demo.Error, StringComparison.Ordinal);
    }
}
