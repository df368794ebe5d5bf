using System.Diagnostics;
using Radapt.Runs;

namespace Radapt.Tests.Cli;

[Collection(WholeCommands.Name)]
public sealed class StudySlurmTests(TinyRun tiny, SlurmCluster slurm) : IClassFixture<SlurmCluster>, IDisposable
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
          epochs: 40
          precision: float32
          products: linear
          loader-threads: 1
          plain-names: true
          patience: 0
        method: {lora: {title: LoRA}, linear: , ridge: }
        seed: 0-1
        """;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Run_SixCellsOneLostOneFailing_AreSubmittedAgainAndGiveTheTableOfALocalRun()
    {
        Assert.SkipWhen(slurm.Missing is not null, slurm.Missing ?? "");
        await File.WriteAllTextAsync(_folder["tiny.yaml"], Study, TestContext.Current.CancellationToken);
        RadaptResult local = (await RadaptProcess.Run(_folder.Path, "study", "run", "tiny.yaml", "-o", "here", "--jobs", "1")).Expect(0);

        // One cell fails by itself: foreign files are in the way of its run folder.
        string foreign = _folder["there/runs/linear-seed0/letter.txt"];
        string[] one = ["study", "run", "tiny.yaml", "-o", "there", "--only", "method=ridge", "--only", "seed=1"];
        (await RadaptProcess.Run(_folder.Path, one)).Expect(0);
        Directory.CreateDirectory(Path.GetDirectoryName(foreign)!);
        await File.WriteAllTextAsync(foreign, "", TestContext.Current.CancellationToken);

        // Another is lost: the first task that trains is killed.
        Task<RadaptResult> running = Run();
        await slurm.Until(() => Task.FromResult(running.IsCompleted || Logs().Any(l => l.Length > 0)));
        Tasks().First().Kill();
        RadaptResult first = (await running).Expect(3);
        Assert.Contains("5 cells submitted to Slurm", first.Output, StringComparison.Ordinal);
        Assert.Contains("1 cell submitted to Slurm", first.Output, StringComparison.Ordinal);
        Assert.Contains("linear-seed0: ", first.Output, StringComparison.Ordinal);
        Assert.Equal(5, Directory.GetDirectories(_folder["there/runs"]).Count(RunRecord.IsComplete));

        // Not again without being asked; then, the cause removed, it is.
        Assert.DoesNotContain("submitted", (await Run()).Expect(3).Output, StringComparison.Ordinal);
        Directory.Delete(Path.GetDirectoryName(foreign)!, recursive: true);
        RadaptResult again = (await Run("--retry-failed")).Expect(0);
        Assert.Contains("1 cell submitted to Slurm", again.Output, StringComparison.Ordinal);
        Assert.Equal(Table(local), Table(again));
        Assert.Empty(Directory.GetFiles(_folder["there/claims"]));
    }

    [Fact]
    public async Task DryRun_Slurm_PrintsAScriptAndSubmitsNothing()
    {
        await File.WriteAllTextAsync(_folder["tiny.yaml"], Study, TestContext.Current.CancellationToken);
        RadaptResult script = (await RadaptProcess.Run(_folder.Path, "study", "run", "tiny.yaml", "-o", "it's", "--launcher", "slurm",
            "--dry-run", "--threads", "2", "--jobs", "4", "--sbatch", "--partition=cpu --time=04:00:00")).Expect(0);
        Assert.StartsWith("#!/bin/bash\n#SBATCH --job-name=radapt-tiny\n#SBATCH --array=0-5%4\n#SBATCH --cpus-per-task=2\n", script.Output,
            StringComparison.Ordinal);
        Assert.Contains("#SBATCH --partition=cpu --time=04:00:00\n", script.Output, StringComparison.Ordinal);
        Assert.Contains(@"/it'\''s' --task ", script.Output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder["it's"]));

        string named = Study.Replace("options:", "options:\n  recipe: mine/base.yaml", StringComparison.Ordinal);
        Directory.CreateDirectory(_folder["mine"]);
        await File.WriteAllTextAsync(_folder["mine/base.yaml"], "rank: 2\n", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(_folder["named.yaml"], named, TestContext.Current.CancellationToken);
        string[] line = ["study", "run", "named.yaml", "--launcher", "kubernetes", "--dry-run"];
        RadaptResult unknown = (await RadaptProcess.Run(_folder.Path, line)).Expect(2);
        Assert.Contains("recipes that are files", unknown.ErrorLine, StringComparison.Ordinal);
        (string[] More, string Message)[] refused =
        [
            (["--dry-run"], "--dry-run: is for"),
            (["--launcher", "kubernetes"], "add --dry-run"),
            (["--task", "tiny.yaml"], "SLURM_ARRAY_TASK_ID"),
            (["--launcher", "slurm", "--dry-run", "--sbatch", "--partition=cpu\nrm"], "in one line"),
            (["--launcher", "slurm"], "cannot be started"),
        ];
        var nowhere = new Dictionary<string, string> { ["PATH"] = "/nowhere" };
        foreach ((string[] more, string message) in refused)
        {
            RadaptResult found = (await RadaptProcess.Run(_folder.Path, nowhere, ["study", "run", "tiny.yaml", .. more])).Expect(2);
            Assert.Contains(message, found.ErrorLine, StringComparison.Ordinal);
        }
    }

    private IEnumerable<string> Logs() => !Directory.Exists(_folder["there/slurm"]) ? []
        : Directory.EnumerateFiles(_folder["there/slurm"], "*.log", SearchOption.AllDirectories).Select(File.ReadAllText);

    private IEnumerable<Process> Tasks() => Process.GetProcessesByName("radapt").Where(p =>
        File.ReadAllText($"/proc/{p.Id}/cmdline") is var line && line.Contains("--task", StringComparison.Ordinal)
            && line.Contains(_folder.Path, StringComparison.Ordinal));

    private Task<RadaptResult> Run(params string[] more) => RadaptProcess.Run(_folder.Path, slurm.Variables,
        ["study", "run", "tiny.yaml", "-o", "there", "--launcher", "slurm", "--jobs", "1", .. more]);

    private static string Table(RadaptResult result)
    {
        string[] ends = ["\nTiny\n", "Intervals over patients"];
        int[] at = [.. ends.Select(e => result.Output.IndexOf(e, StringComparison.Ordinal))];
        return result.Output[at[0]..at[1]];
    }
}
