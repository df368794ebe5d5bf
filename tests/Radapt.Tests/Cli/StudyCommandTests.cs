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
    public Task Run_TwoProcessesKilledTwice_GivesTheTableOfTheUndisturbedStudy() => KillTwice(Study, cells: 10);

    [Fact] // the same on real images
    public Task Run_RealImages_TwoProcessesKilledTwice_GivesTheTableOfTheUndisturbedStudy() => KillTwice(Study
        .Replace(tiny.Data, Repository.RealData("pneumoniamnist"), StringComparison.Ordinal)
        .Replace("[50%, 100%]", "[1%, 100]", StringComparison.Ordinal).Replace("fraction: 100%", "fraction: 100", StringComparison.Ordinal)
            .Replace("seed: 0-1", "seed: 0", StringComparison.Ordinal)
        + "\n" + """
        overrides:
          - {where: {method: [lora, linear, ridge]}, allow-rare-findings: true, check-pixels: off, validate-images: 60, validate-every: 15}
        """, cells: 5);

    private async Task KillTwice(string study, int cells)
    {
        await File.WriteAllTextAsync(_folder["tiny.yaml"], study, TestContext.Current.CancellationToken);
        RadaptResult whole = (await Run("whole")).Expect(0);
        Assert.Contains($"{cells} of {cells}", whole.Output, StringComparison.Ordinal);
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

        Assert.NotEmpty(done);
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

        RadaptProcess Start() => RadaptProcess.Start(
            _folder.Path, $" of {cells}: ", "study", "run", "tiny.yaml", "-o", "shared", "--jobs", "1");
    }

    [Fact] // docs/studies.md, with fewer images and cells
    public async Task FirstStudy_OfTheDocument_PlansRunsAndPrintsItsTable()
    {
        (await RadaptProcess.Run(_folder.Path, "data", "phantoms", "phantoms", "--count", "60", "--size", "64", "--seed", "7",
            "--difficulty", "easy", "--findings", "Cardiomegaly,Effusion,Pneumothorax")).Expect(0);
        string[] some = ["--only", "fraction=10%", "--only", "seed=0", "--only", "method=lora,ridge"];
        RadaptResult plan = (await RadaptProcess.Run(_folder.Path, ["study", "plan", "phantoms", .. some, "--json"])).Expect(0);
        Assert.Equal((4, 4), ((int)plan.Json["runs"]!, (int)plan.Json["runs_left"]!));
        Assert.All(plan.Json["cells"]!.AsArray(), c =>
        {
            Assert.InRange((double)c!["seconds"]!, 1e-3, 600);
            Assert.InRange((double)c["peak_memory_mib"]!, 50, 5000);
        });
        Assert.Equal(12L, (long)plan.Json["cells"]![0]!["updates"]!); // 3 images of 36 in batches of 8: one each of 12 epochs
        Assert.False(Directory.Exists(_folder["studies"])); // a plan writes nothing
        (await RadaptProcess.Run(_folder.Path, ["study", "run", "phantoms", .. some])).Expect(0);
        RadaptResult table = (await RadaptProcess.Run(
            _folder.Path, "study", "table", "studies/phantoms", "--format", "markdown")).Expect(0);
        Assert.Contains("| phantom-tiny, LoRA | ", table.Output, StringComparison.Ordinal);
        Assert.Contains("4 of 24 runs are complete", table.Output, StringComparison.Ordinal);
    }

    // Two processes that start at once: one sees what the other has made so far.
    [Fact]
    public async Task Run_FolderHalfMade_GoesOnAndForeignFilesAreRefused()
    {
        await File.WriteAllTextAsync(_folder["tiny.yaml"], Study, TestContext.Current.CancellationToken);
        string[] one = ["--only", "method=ridge", "--only", "fraction=100%", "--only", "seed=0"];
        Directory.CreateDirectory(_folder["half/cells"]);
        Directory.CreateDirectory(_folder["half/failed"]);
        await File.WriteAllTextAsync(_folder["half/study.yaml.radapt-7-8dd-1.tmp"], "", TestContext.Current.CancellationToken);
        (await Run("half", one)).Expect(0);

        Directory.CreateDirectory(_folder["other/cells"]);
        await File.WriteAllTextAsync(_folder["other/letter.txt"], "", TestContext.Current.CancellationToken);
        Assert.Contains("other: holds other files.", (await Run("other", one)).Expect(2).ErrorLine, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_CellThatFails_IsReportedAndRetriedWhenAsked()
    {
        await File.WriteAllTextAsync(_folder["tiny.yaml"],
            Study.Replace("method: {lora: {title: LoRA}, linear: , ridge: }", "method: {linear: , lora: {rank: 4, weights: later}}")
                .Replace("from-scratch: true", "").Replace("  epochs: 30", "  epochs: 1")
                .Replace("exclude: [{method: linear, fraction: 100%}]", "") + $"overrides: [{{where: {{method: linear}}, weights: {tiny.Run}}}]",
            TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(_folder["later"], "no weights", TestContext.Current.CancellationToken);
        RadaptResult ended = (await Run("study")).Expect(3);
        Assert.Contains("4 cells failed; --retry-failed runs them again:", ended.Output, StringComparison.Ordinal);
        Assert.Contains("lora-50-seed0: ", ended.Output, StringComparison.Ordinal);
        Assert.Contains("- (0 of 2, 2 failed)", ended.Output, StringComparison.Ordinal);

        File.Delete(_folder["later"]);
        RadaptResult gone = (await Run("study", "--retry-failed")).Expect(2);
        Assert.Contains("later is not there, which 4 cells need.", gone.ErrorLine, StringComparison.Ordinal);
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

    private static string Table(RadaptResult result)
    {
        string[] ends = ["\nTiny\n", "Intervals over patients"];
        int[] at = [.. ends.Select(e => result.Output.IndexOf(e, StringComparison.Ordinal))];
        return result.Output[at[0]..at[1]];
    }

    private Task<RadaptResult> Run(string folder, params string[] more) =>
        RadaptProcess.Run(_folder.Path, ["study", "run", "tiny.yaml", "-o", folder, "--jobs", "1", .. more]);
}
