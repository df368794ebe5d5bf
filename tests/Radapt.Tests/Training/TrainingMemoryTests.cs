using System.Diagnostics;
using System.Globalization;
using Radapt.Training;

namespace Radapt.Tests.Training;

/// <summary>K24: the managed memory of a long run, in a process of its own, since other tests allocate meanwhile.</summary>
public sealed class TrainingMemoryTests
{
    /// <summary>The argument that makes the test executable this process.</summary>
    public const string Argument = "training-memory";

    private const int Epochs = 160;
    private const int WarmUpEpochs = 40;
    private const int UpdatesPerEpoch = 12;

    [Fact]
    public async Task Run_TwoThousandUpdates_KeepsLittleMoreThanItsHistory()
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, [Argument]) { RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(0, process.ExitCode);
        long[] bytes = [.. output.Split(' ').Select(n => long.Parse(n, CultureInfo.InvariantCulture))];
        (long early, long late, long history) = (bytes[0], bytes[1], bytes[2]);
        TestContext.Current.TestOutputHelper?.WriteLine($"{early} bytes, {late} bytes at the end, {history} bytes of metrics.jsonl");
        // The results themselves, and what .NET keeps of the memory in which they are written as one text.
        Assert.InRange(late - early, -early, 8 * history);
    }

    /// <summary>Trains; writes the bytes of managed memory after the warm-up and at the end, and of the epochs' results.</summary>
    public static int Measure()
    {
        using var runs = new TinyRuns();
        using FineTuning run = runs.Prepare(
            "method lora", "drop-path 0.1", "lora-dropout 0.1", $"batch-size {TinyRuns.TrainingImages / UpdatesPerEpoch}",
            $"epochs {Epochs}", "patience 0");
        var measured = new List<long>();
        run.OnUpdate = update =>
        {
            if (update is WarmUpEpochs * UpdatesPerEpoch or Epochs * UpdatesPerEpoch)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                measured.Add(GC.GetTotalMemory(forceFullCollection: true));
            }
        };
        RunSummary summary = run.Run(runs.NewFolder());
        long history = new FileInfo(Path.Combine(summary.Folder, "metrics.jsonl")).Length;
        Console.Write(string.Create(CultureInfo.InvariantCulture, $"{measured[0]} {measured[1]} {history}"));
        return 0;
    }
}
