using System.Diagnostics;
using System.Globalization;
using Radapt.Compute;
using Radapt.Pretraining;
using Radapt.Runs;

namespace Radapt.Cli;

/// <summary>One pre-training as people see it: what it starts from, how it goes, what came out.</summary>
/// <param name="terminal">Where it is shown.</param>
/// <param name="pretraining">The run, prepared.</param>
/// <param name="folder">Its folder.</param>
internal sealed class PretrainingSession(Terminal terminal, MaskedPretraining pretraining, string folder)
{
    private readonly HashSet<string> _shown = [];

    /// <summary>Also show which kernels run, and why.</summary>
    public bool Verbose { get; init; }

    private int Epochs => pretraining.Recipe.Optimisation.Epochs;

    /// <summary>Shows images, weights, chosen values and the time it will take.</summary>
    public void Start(string allocator, bool resume, CancellationToken interrupted)
    {
        ComputePlan plan = pretraining.Recipe.Compute.Plan;
        ProcessSettings.UseThreads(plan.Threads);
        terminal.Line(
            $"Weights: {(pretraining.Recipe.Model.Weights is { } weights ? $"{weights}: " : "")}{pretraining.WeightsDescription}");
        ChosenValues.Show(terminal, pretraining.Values, resume ? folder : null);
        ShowNotes();
        (long encoder, long decoder) = pretraining.Parameters;
        terminal.Line($"Trained: {Figures.Count(encoder)} parameters of the encoder, {Figures.Count(decoder)} of the "
            + $"{(pretraining.Recipe.Reports is null ? "decoder" : "decoders")}");
        terminal.Line($"Compute: {plan.Precision} on {plan.Device}, "
            + $"{FineTuningSession.Threads(plan.Threads, pretraining.Group)}; {allocator}");
        terminal.Line($"Run folder: {folder}");
        const string Interrupted = "interrupted before training began; nothing was written.";
        CheckPixels(resume, Interrupted, interrupted);
        TimeSpan estimate = FineTuningSession.Interruptible(() => pretraining.Estimate(interrupted), Interrupted);
        if (Verbose)
        {
            ExecutionPathDisplay.Show(terminal, pretraining.ExecutionPath);
        }

        terminal.Line($"Time: about {Figures.Duration(estimate)} ({Plural.Count(Epochs, "epoch")})");
        terminal.Line();
    }

    /// <summary>Trains, then shows what came of it.</summary>
    public void Run(bool resume, CancellationToken interrupted)
    {
        PretrainingSummary summary = FineTuningSession.Interruptible(
            () => terminal.WithLiveLine(line =>
            {
                TrainingDisplay progress = Display(line);
                return pretraining.Run(folder, resume, progress, progress.Epoch, interrupted);
            }),
            $"interrupted; the state is saved. Resume with: radapt pretrain {pretraining.Task} --resume --out "
                + FineTuningSession.Quoted(folder));
        terminal.Line();
        ShowNotes();
        ShowFigures(summary);
        string more = string.Join("", new[]
        {
            pretraining.Recipe.Reports is null ? "" : ", tokenizer.json",
            pretraining.Recipe.Monitoring.CheckpointEvery > 0 ? ", checkpoints/" : "",
            pretraining.Recipe.Monitoring.Pictures > 0 ? ", reconstructions/" : "",
        });
        terminal.Line($"Run folder: {folder} (recipe.yaml, run.json, metrics.jsonl, weights.safetensors{more}, TensorBoard events)");
        terminal.Line($"Next: radapt finetune --data LABELS.csv --weights {FineTuningSession.Quoted(folder)} --out runs/first");
    }

    private void ShowFigures(PretrainingSummary summary)
    {
        terminal.Line(string.Create(CultureInfo.InvariantCulture,
            $"{Plural.Count(summary.Last.Epoch, "epoch")} in {Figures.Duration(summary.Time)}; loss {summary.Last.TrainLoss:0.0000}"));
        if (summary.First is not { } first)
        {
            return;
        }

        string[] names = [.. summary.Last.Figures.Keys.Where(first.Figures.ContainsKey)];
        terminal.Rows(["", $"epoch {first.Epoch}", $"epoch {summary.Last.Epoch}"],
            names.Select(n => (string[])[Named(n), Figure(first, n), Figure(summary.Last, n)]), [1, 2]);
    }

    private static string Named(string figure) => ShownPretraining.Name(figure)
        ?? $"  {figure[(figure.IndexOf('/', StringComparison.Ordinal) + 1)..]}";

    private static string Figure(EpochResult epoch, string name) => string.Create(CultureInfo.InvariantCulture,
        $"{epoch.Figures[name]:0.0000}");

    private void CheckPixels(bool resume, string interruption, CancellationToken interrupted)
    {
        var watch = Stopwatch.StartNew();
        FineTuningSession.Interruptible(
            () => terminal.WithLiveLine(line =>
            {
                pretraining.CheckPixels(folder, resume, Display(line), interrupted);
                return true;
            }),
            interruption);
        if (pretraining.CheckedImages is { } images)
        {
            terminal.Line($"Pixels: all {Figures.Count(images)} images were decoded, in {Figures.Duration(watch.Elapsed)}");
        }

        ShowNotes();
    }

    private TrainingDisplay Display(Action<string> line) => new(terminal, line, Epochs, new ShownPretraining());

    private void ShowNotes() => terminal.Notes(pretraining.Notes.Where(_shown.Add));
}
