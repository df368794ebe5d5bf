using Radapt.Runs;

namespace Radapt.Tests.Cli;

[Collection(WholeCommands.Name)]
public sealed class StudyCommandTests(TinyRun tiny) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Study => $$"""
        title: Tiny
        options:
          data: {{tiny.Data}}
          from-scratch: true
          backbone: vit_tiny_patch16_224
          image-size: 16
          patch-size: 4
          depth: 2
          width: 32
          heads: 2
          batch-size: 8
          epochs: 30
          precision: float32
          products: linear
          loader-threads: 1
          plain-names: true
          patience: 0
        method: {lora: {title: LoRA}, linear: , ridge: }
        fraction: [50%, 100%]
        seed: 0-1
        exclude: [{method: linear, fraction: 100%}]
        """;

    public void Dispose() => _folder.Dispose();

    [Fact] // issue 14: killed twice with SIGKILL, resumed: the table equals the undisturbed one
    public async Task Run_TwoProcessesKilledTwice_GivesTheTableOfTheUndisturbedStudy()
    {
        await File.WriteAllTextAsync(_folder["tiny.yaml"], Study, TestContext.Current.CancellationToken);
        RadaptResult whole = (await Run("whole")).Expect(0);
        Assert.Contains("10 of 10", whole.Output, StringComparison.Ordinal);
        var done = new Dictionary<string, DateTime>();
        var random = new Random(3);
        for (int kill = 0; kill < 2; kill++)
        {
            using RadaptProcess first = Start(), second = Start();
            await first.Awaited();
            await Task.Delay(random.Next(50, 900), TestContext.Current.CancellationToken);
            first.Kill();
            second.Kill();
            await Task.WhenAll(first.End(), second.End());
            foreach (string run in Directory.GetDirectories(_folder["shared/runs"]).Where(RunRecord.IsComplete))
            {
                done.TryAdd(run, File.GetLastWriteTimeUtc(Path.Combine(run, "run.json")));
            }
        }

        Assert.InRange(done.Count, 1, 9); // something was left to do, and something not
        using (RadaptProcess first = Start(), second = Start())
        {
            RadaptResult[] ends = await Task.WhenAll(first.End(), second.End());
            Assert.All(ends, e => Assert.Equal(Table(whole), Table(e.Expect(0))));
        }

        Assert.All(done, d => Assert.Equal(d.Value, File.GetLastWriteTimeUtc(Path.Combine(d.Key, "run.json")))); // not done again
        foreach (string run in Directory.GetDirectories(_folder["whole/runs"]))
        {
            Assert.Equal(File.ReadAllBytes(Path.Combine(run, "predictions.csv")),
                File.ReadAllBytes(_folder[$"shared/runs/{Path.GetFileName(run)}/predictions.csv"]));
        }

        Assert.Empty(Directory.GetFiles(_folder["shared/claims"]));
        Assert.Equal(
            (await RadaptProcess.Run(_folder.Path, "study", "table", "whole")).Expect(0).Output,
            (await RadaptProcess.Run(_folder.Path, "study", "table", "shared")).Expect(0).Output);

        RadaptProcess Start() => RadaptProcess.Start(_folder.Path, " of 10: ", "study", "run", "tiny.yaml", "-o", "shared", "--jobs", "1");
    }

    [Fact]
    public async Task Run_CellThatFails_IsReportedAndRetriedWhenAsked()
    {
        await File.WriteAllTextAsync(_folder["tiny.yaml"],
            Study.Replace("method: {lora: {title: LoRA}, linear: , ridge: }", "method: {linear: , lora: {rank: 4, weights: later}}")
                .Replace("from-scratch: true", "").Replace("  epochs: 30", "  epochs: 1")
                .Replace("exclude: [{method: linear, fraction: 100%}]", "") + $"overrides: [{{where: {{method: linear}}, weights: {tiny.Run}}}]",
            TestContext.Current.CancellationToken);
        RadaptResult ended = (await Run("study")).Expect(3);
        Assert.Contains("4 cells failed; --retry-failed runs them again:", ended.Output, StringComparison.Ordinal);
        Assert.Contains("lora-50-seed0: ", ended.Output, StringComparison.Ordinal);
        Assert.Contains("(0 of 2)", ended.Output, StringComparison.Ordinal);

        CopyRun(tiny.Run, _folder["later"]);
        Assert.Contains("4 cells failed", (await Run("study")).Expect(3).Output, StringComparison.Ordinal); // not tried again
        RadaptResult again = (await Run("study", "--retry-failed")).Expect(0);
        Assert.DoesNotContain("failed", again.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_CellThatBeganWithOtherOptions_IsRefusedByName()
    {
        string without = Study.Replace("lora: {title: LoRA}, ", "");
        await File.WriteAllTextAsync(_folder["tiny.yaml"], without, TestContext.Current.CancellationToken);
        (await Run("study")).Expect(0);
        await File.WriteAllTextAsync(
            _folder["tiny.yaml"], without.Replace("epochs: 30", "epochs: 31"), TestContext.Current.CancellationToken);
        RadaptResult refused = (await Run("study")).Expect(2);
        Assert.Contains("linear-50-seed0: its run began with epochs 30; the study now says epochs 31.", refused.ErrorLine, StringComparison.Ordinal);

        // More cells are no change of those that are there.
        await File.WriteAllTextAsync(_folder["tiny.yaml"], Study, TestContext.Current.CancellationToken);
        Assert.Contains("6 cells of 10 were done before.", (await Run("study")).Expect(0).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gone.yaml", "There is no study file or study folder gone.yaml, and no built-in study of that name; built in are ")]
    [InlineData("used", "used: is not the folder of a study (it has no study.yaml).")]
    public async Task Run_NoStudy_IsOneLine(string study, string message)
    {
        Directory.CreateDirectory(_folder["used"]);
        RadaptResult result = (await RadaptProcess.Run(_folder.Path, "study", "run", study)).Expect(2);
        Assert.StartsWith($"radapt: {message}", result.ErrorLine, StringComparison.Ordinal);
    }

    private static void CopyRun(string from, string to)
    {
        foreach (string file in Directory.EnumerateFiles(from))
        {
            Directory.CreateDirectory(to);
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }
    }

    private static string Table(RadaptResult result) =>
        result.Output[result.Output.IndexOf("Tiny: test AUROC", StringComparison.Ordinal)..];

    private Task<RadaptResult> Run(string folder, params string[] more) =>
        RadaptProcess.Run(_folder.Path, ["study", "run", "tiny.yaml", "-o", folder, "--jobs", "1", .. more]);
}
