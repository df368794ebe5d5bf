using System.Text.RegularExpressions;
using Radapt.Runs;

namespace Radapt.Tests.Cli;

/// <summary>Training on several ranks of <c>mpirun</c>: docs/distributed.md.</summary>
[Collection(WholeCommands.Name)]
public sealed partial class RanksCommandTests(TinyRun tiny) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("lora", 2, "2")]
    [InlineData("full", 2, "2")]
    [InlineData("adalora", 2, "4")] // its schedule reads the gradients; two rounds an update
    [InlineData("full", 3, "3")] // an epoch has four batches: the last update has one
    public async Task FineTune_Ranks_EqualsOneProcessThatAccumulates(string method, int ranks, string accumulate)
    {
        string[] given = accumulate == $"{ranks}" ? [] : ["--accumulate", accumulate];
        RadaptResult result = (await RankJob.Run(_folder.Path, ranks, Line("ranks", method, "4", given))).Expect(0);
        (await RadaptProcess.Run(_folder.Path, Line("one", method, "4", "--accumulate", accumulate))).Expect(0);
        AssertSame("adapter.safetensors", "predictions.csv", "decisions.json");
        Assert.Equal(Timeless("one"), Timeless("ranks"));
        Assert.Contains($"{ranks} ranks of 1 thread each", result.Output, StringComparison.Ordinal);
        Assert.Equal(ranks, RunRecord.Read(_folder["ranks"])!.Compute!.Ranks);
        Assert.Null(RunRecord.Read(_folder["one"])!.Compute!.Ranks);
        Assert.Single(Headings().Matches(result.Output)); // one rank talks
        if (accumulate == $"{ranks}")
        {
            Assert.Contains($"accumulate: {{value: {ranks}, source: default, reason: one forward pass on each of the {ranks} ranks}}",
                File.ReadAllText(_folder["ranks/recipe.yaml"]), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("mae")]
    [InlineData("mrm")]
    public async Task Pretrain_Ranks_EqualsOneProcessThatAccumulates(string task)
    {
        string[] source = task == "mae" ? [Path.Combine(tiny.Data, "images")] : [Path.Combine(tiny.Data, "reports.csv")];
        string[] line =
        [
            "pretrain", task, .. source, "--backbone", "vit_tiny_patch16_224", "--image-size", "16", "--patch-size", "4", "--depth", "2",
            "--width", "32", "--heads", "2", "--batch-size", "8", "--epochs", "3", "--precision", "float32", "--products", "linear",
            "--threads", "1", "--loader-threads", "1",
        ];
        (await RankJob.Run(_folder.Path, 2, [.. line, "--out", "ranks"])).Expect(0);
        (await RadaptProcess.Run(_folder.Path, [.. line, "--accumulate", "2", "--out", "one"])).Expect(0);
        AssertSame("weights.safetensors");
        Assert.Equal(Timeless("one"), Timeless("ranks")); // with the loss of held-out images
    }

    [Fact]
    public async Task FineTune_RankKilled_EndsTheJobAndAnyNumberOfRanksResumes()
    {
        (await RadaptProcess.Run(_folder.Path, tiny.FineTune("one", "--accumulate", "2"))).Expect(0);
        using (RadaptProcess process = RankJob.Start(_folder.Path, 2, "epoch 5/", tiny.FineTune(_folder["ranks"])))
        {
            await process.Awaited();
            RankJob.Kill(1, _folder["ranks"]);
            RadaptResult ended = await process.End();
            Assert.Equal(137, ended.ExitCode);
            Assert.Contains("process rank 1", ended.Output + ended.Error, StringComparison.Ordinal);
            Assert.Contains("exited on signal 9", ended.Output + ended.Error, StringComparison.Ordinal);
            Assert.InRange(ended.Error.Split('\n').Count(l => l.StartsWith("radapt: ", StringComparison.Ordinal)), 0, 1);
        }

        await RankJob.Gone(_folder["ranks"]);
        Copy("ranks", "others");
        RadaptResult more = await RankJob.Run(_folder.Path, 3, "finetune", "--resume", "--out", "others");
        Assert.Equal(2, more.ExitCode);
        Assert.Contains("accumulate: 2 forward passes an update cannot be divided among 3 ranks. Start at most 2 (mpirun -n 2)",
            more.Error, StringComparison.Ordinal);
        (await RankJob.Run(_folder.Path, 2, "finetune", "--resume", "--out", "others")).Expect(0);
        AssertSameIn("others", "adapter.safetensors", "predictions.csv");
        (await RadaptProcess.Run(_folder.Path, "finetune", "--resume", "--out", "ranks")).Expect(0);
        AssertSame("adapter.safetensors", "predictions.csv");
    }

    [Fact]
    public async Task FineTune_ImageThatOnlyRank1Reads_IsReportedOnceByItsName()
    {
        string data = _folder["data"];
        Copy(tiny.Data, "data");
        string[] line = Line("ranks", "lora", "1", "--check-pixels", "off", "--baseline", "off");
        line[2] = data;
        string broken = FirstBatchOfRank1();
        File.WriteAllBytes(broken, [1, 2, 3]);
        RadaptResult ended = await RankJob.Run(_folder.Path, 2, line);
        Assert.Equal(2, ended.ExitCode);
        string said = Assert.Single(ended.Error.Split('\n'), l => l.StartsWith("radapt: ", StringComparison.Ordinal));
        Assert.Matches(@"^radapt: rank 1 of 2 \(on .+\): ", said);
        Assert.Contains(Path.GetFileName(broken), said, StringComparison.Ordinal);

        string FirstBatchOfRank1()
        {
            string[] rows = [.. File.ReadLines(Path.Combine(data, "labels.csv")).Skip(1)
                .Where(r => r.Contains("train", StringComparison.Ordinal))];
            // the first two are also read to time them
            int item = Radapt.Batching.EpochOrder.Training(rows.Length, 8, seed: 0, epoch: 0)[3][0];
            return Path.Combine(data, rows[item].Split(',')[0]);
        }
    }

    [Fact]
    public async Task FineTune_TooFewForwardPasses_SaysHowManyRanksFit()
    {
        RadaptResult ended = await RankJob.Run(_folder.Path, 2, tiny.FineTune("ranks", "--accumulate", "1"));
        Assert.Equal(2, ended.ExitCode);
        Assert.Single(ended.Error.Split('\n'), l => l == "radapt: --accumulate: 1 forward pass an update cannot be divided among 2 ranks. "
            + "Start radapt without mpirun, or begin a new run with --accumulate 2.");
        Assert.False(Directory.Exists(_folder["ranks"]));
    }

    [Fact]
    public async Task FineTune_WrongCommandLine_IsReportedOnce()
    {
        RadaptResult ended = await RankJob.Run(_folder.Path, 3, "finetune", "--nonsense");
        Assert.Equal(2, ended.ExitCode);
        Assert.Single(ended.Error.Split('\n'), l => l.StartsWith("radapt: ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task FineTune_StartedByMpirunWithoutItsLibrary_SaysWhatToInstall()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the library's name is that of Linux");
        foreach (string name in (string[])["libmpi.so.40", "libmpi.so"])
        {
            File.WriteAllText(_folder[name], "not a library");
        }

        var variables = new Dictionary<string, string> { ["OMPI_COMM_WORLD_SIZE"] = "2", ["LD_LIBRARY_PATH"] = _folder.Path };
        RadaptResult ended = (await RadaptProcess.Run(_folder.Path, variables, tiny.FineTune("ranks"))).Expect(2);
        Assert.Equal("radapt: mpirun started radapt as one of several ranks, but Open MPI's library libmpi.so.40 cannot be loaded. Install "
            + "Open MPI on every host (Debian and Ubuntu: openmpi-bin), or add its folder to LD_LIBRARY_PATH.", ended.ErrorLine);
    }

    private string[] Line(string run, string method, string epochs, params string[] more)
    {
        string[] line = [.. tiny.FineTune(run, "--clip-grad", "0.5"), .. more];
        line[Array.IndexOf(line, "--method") + 1] = method;
        line[Array.IndexOf(line, "--epochs") + 1] = epochs;
        return line;
    }

    private void AssertSame(params string[] files) => AssertSameIn("ranks", files);

    private void AssertSameIn(string run, params string[] files) =>
        Assert.All(files, f => Assert.Equal(Bytes(_folder[$"one/{f}"]), Bytes(_folder[$"{run}/{f}"])));

    private static byte[] Bytes(string file) => File.Exists(file) ? File.ReadAllBytes(file) : [];

    private void Copy(string from, string to)
    {
        string source = Path.GetFullPath(from, _folder.Path);
        foreach (string file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories)
            .Where(f => Path.GetFileName(f) != "lock")) // which a process that is just ending may still hold
        {
            string target = Path.Combine(_folder[to], Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    private string[] Timeless(string run) =>
        [.. File.ReadLines(_folder[$"{run}/metrics.jsonl"]).Select(l => Times().Replace(l, ""))];

    [GeneratedRegex("\"(images_per_second|seconds)\":[^,]*,")]
    private static partial Regex Times();

    [GeneratedRegex("^Run folder: ranks$", RegexOptions.Multiline)]
    private static partial Regex Headings();
}
