namespace Radapt.Tests.Cli;

[Collection(WholeCommands.Name)]
public sealed class InterruptionTests(TinyRun tiny)
{
    [Fact]
    public async Task CtrlC_WhileTraining_ResumesToTheSameAdapter()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "signals of other processes");
        Assert.SkipWhen(IgnoresInterrupts(),
            "started with SIGINT ignored (nohup, or in the background of a script), which every child inherits");
        string run = Path.Combine(tiny.Folder, "interrupted");
        using (RadaptProcess process = RadaptProcess.Start(tiny.Folder, "epoch 2/50", tiny.FineTune(run)))
        {
            await process.Awaited();
            process.Interrupt();
            RadaptResult stopped = (await process.End()).Expect(130);
            Assert.Contains($"radapt finetune --resume --out {run}", stopped.ErrorLine, StringComparison.Ordinal);
        }

        RadaptResult changed = (await RadaptProcess.Run(tiny.Folder, "finetune", "--resume", "--out", run, "--rank", "8")).Expect(2);
        Assert.Contains("--rank cannot be changed with --resume", changed.ErrorLine, StringComparison.Ordinal);
        (await RadaptProcess.Run(tiny.Folder, "finetune", "--resume", "--out", run)).Expect(0);
        AssertSameResult(run);
    }

    [Fact]
    public async Task Kill_AtTenMoments_AlwaysLeavesAFolderThatResumes()
    {
        string run = Path.Combine(tiny.Folder, "killed");
        var random = new Random(7);
        for (int kill = 0; kill < 10; kill++)
        {
            using RadaptProcess process = RadaptProcess.Start(tiny.Folder, null, Continue(run));
            await Task.Delay(random.Next(200, 2500), TestContext.Current.CancellationToken);
            process.Kill();
            RadaptResult result = await process.End();
            Assert.True(result.ExitCode is 0 or 137 or -1, $"{result.ExitCode}: {result.Error}"); // 0: it was done before
        }

        (await RadaptProcess.Run(tiny.Folder, Continue(run))).Expect(0);
        AssertSameResult(run);
        Assert.Empty(Directory.GetFiles(run, "*.tmp", SearchOption.AllDirectories));
    }

    [Fact] // K7
    public async Task HangUp_WhileTraining_SavesTheState()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "signals of other processes");
        Assert.SkipWhen(Ignores(1), "started with SIGHUP ignored (nohup), which every child inherits");
        string run = Path.Combine(tiny.Folder, "hung-up");
        using (RadaptProcess process = RadaptProcess.Start(tiny.Folder, "epoch 2/50", tiny.FineTune(run)))
        {
            process.OnSeen = p => p.HangUp();
            RadaptResult stopped = (await process.End()).Expect(130);
            Assert.Contains($"radapt finetune --resume --out {run}", stopped.ErrorLine, StringComparison.Ordinal);
        }

        Assert.Equal("interrupted", (string)System.Text.Json.Nodes.JsonNode.Parse(
            File.ReadAllText(Path.Combine(run, "run.json")))!["status"]!);
        Assert.True(File.Exists(Path.Combine(run, "state", "state.safetensors")));
        RadaptResult evaluated = (await RadaptProcess.Run(tiny.Folder, "evaluate", run)).Expect(0);
        Assert.Contains("this run is not finished", evaluated.Output, StringComparison.Ordinal);
        string image = Directory.GetFiles(Path.Combine(tiny.Data, "images"))[0];
        foreach (string[] line in new string[][] // WORKFLOW B9
        {
            ["predict", run, image, "-o", "unfinished.csv"],
            ["predict", Path.Combine(run, "adapter.safetensors"), image, "-o", "unfinished-file.csv"],
            ["adapter", "merge", run, "-o", "unfinished.safetensors"],
        })
        {
            RadaptResult used = (await RadaptProcess.Run(tiny.Folder, line)).Expect(0);
            Assert.Contains("this run is not finished", used.Output + used.Error, StringComparison.Ordinal);
        }

        (await RadaptProcess.Run(tiny.Folder, "finetune", "--resume", "--out", run)).Expect(0);
        AssertSameResult(run);
    }

    [Fact] // K23
    public async Task Terminate_Inspect_EndsAtTheFirstSignal()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "signals of other processes");
        using var folder = new TemporaryFolder();
        using (TorchSharp.torch.NewDisposeScope())
        {
            Radapt.Checkpoints.SafetensorsWriter.Write(
                folder["many.safetensors"], Enumerable.Range(0, 3000)
                    .ToDictionary(i => $"{new string('x', 60)}.{i}", _ => TorchSharp.torch.zeros(1)));
        }

        // Nobody reads what it prints, so that it waits for ever.
        using var process = System.Diagnostics.Process.Start(
            new System.Diagnostics.ProcessStartInfo(RadaptProcess.File, ["inspect", folder["many.safetensors"]])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
        try
        {
            char[] first = new char[1];
            await process.StandardOutput.ReadAsync(first, TestContext.Current.CancellationToken); // it has begun to print
            RadaptProcess.Terminate(process);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.Equal(130, process.ExitCode);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }
    }

    internal static bool IgnoresInterrupts() => Ignores(2);

    // What a parent ignores, as nohup does with a lost connection, every child ignores.
    private static bool Ignores(int signal)
    {
        const string Field = "SigIgn:";
        string? line = OperatingSystem.IsLinux()
            ? File.ReadLines("/proc/self/status").FirstOrDefault(l => l.StartsWith(Field, StringComparison.Ordinal)) : null;
        return line is not null && (Convert.ToUInt64(line[Field.Length..].Trim(), 16) & (1UL << (signal - 1))) != 0;
    }

    private string[] Continue(string run) => File.Exists(Path.Combine(run, "recipe.yaml")) ? ["finetune", "--resume", "--out", run]
        : tiny.FineTune(run);

    private void AssertSameResult(string run)
    {
        foreach (string file in new[] { "adapter.safetensors", "predictions.csv", "recipe.yaml" })
        {
            Assert.Equal(File.ReadAllBytes(Path.Combine(tiny.Run, file)), File.ReadAllBytes(Path.Combine(run, file)));
        }
    }
}
