using System.Diagnostics;
using System.Globalization;
using Radapt.Compute;
using Radapt.Datasets;
using Radapt.Distribution;
using Radapt.Evaluation;
using Radapt.Recipes;
using Radapt.Runs;
using Radapt.Training;

namespace Radapt.Cli;

/// <summary>One fine-tuning as people see it: what it starts from, how it goes, what came out.</summary>
/// <param name="terminal">Where it is shown.</param>
/// <param name="fineTuning">The run, prepared.</param>
/// <param name="folder">Its folder.</param>
/// <param name="whole">The folder to resume; null: the run's own.</param>
internal sealed class FineTuningSession(Terminal terminal, FineTuning fineTuning, string folder, string? whole = null)
{
    /// <summary>Also show which kernels run, and why.</summary>
    public bool Verbose { get; init; }

    /// <summary>The values were shown before, for an earlier fold.</summary>
    public bool IsFollowing { get; init; }

    /// <summary>The folder whose recipe the run goes on with; null: it is a new one.</summary>
    public string? ResumedFrom { get; init; }

    /// <summary>Notes that were shown, to which those of this session are added; what holds for all folds is said once.</summary>
    public HashSet<string> ShownNotes { get; init; } = [];

    private bool IsProbe => fineTuning.Recipe.Method.Definition.Probe is not null;

    private int Epochs => fineTuning.Recipe.Optimisation.Epochs;

    /// <summary>Shows data, weights, chosen values and the time it will take.</summary>
    /// <param name="allocator">What is said of memory.</param>
    /// <param name="resume">Go on with the run in the folder.</param>
    /// <param name="interrupted">Ends it.</param>
    public void Start(string allocator, bool resume, CancellationToken interrupted)
    {
        Recipe recipe = fineTuning.Recipe;
        ComputePlan plan = recipe.Compute.Plan;
        ProcessSettings.UseThreads(plan.Threads);
        ShowData();
        terminal.Line($"Weights: {(recipe.Model.Weights is { } weights ? $"{weights}: " : "")}{fineTuning.WeightsDescription}");
        if (!IsFollowing)
        {
            ChosenValues.Show(terminal, fineTuning.Resolved.Values, ResumedFrom);
        }

        ShowNotes(); // after the values, which are many: a column that is not used must not be missed

        terminal.Line(string.Create(CultureInfo.InvariantCulture,
            $"Trained: {fineTuning.Trainable.Trainable:N0} of {fineTuning.Trainable.Total:N0} parameters of model and adapters "
                + $"({fineTuning.Trainable.Percent:0.###} %)"));
        terminal.Line(
            $"Compute: {plan.Precision} on {plan.Device}, {Threads(plan.Threads, fineTuning.Group)}; {allocator}");
        terminal.Line($"Run folder: {folder}");
        string interruption = whole is null || !File.Exists(Path.Combine(whole, "recipe.yaml"))
            ? "interrupted before training began; nothing was written."
            : $"interrupted before this fold began. Resume with: radapt finetune --resume --out {Quoted(whole)}";
        CheckPixels(resume, interruption, interrupted);
        TimeSpan estimate = Interruptible(() => fineTuning.Estimate(interrupted), interruption);
        if (Verbose)
        {
            ExecutionPathDisplay.Show(terminal, fineTuning.ExecutionPath);
        }

        ShowBaseline(resume, interruption, interrupted);
        terminal.Line($"Time: at most about {Figures.Duration(estimate)} ({(IsProbe ? "one pass over the images" : Plural.Count(Epochs, "epoch"))})");
        terminal.Line();
    }

    private void ShowBaseline(bool resume, string interruption, CancellationToken interrupted)
    {
        RunBaseline? baseline = Interruptible(
            () => terminal.WithLiveLine(line =>
            {
                var progress = new TrainingDisplay(terminal, line, Epochs, new ShownAuroc(fineTuning.ChanceAuroc));
                return fineTuning.MeasureBaseline(folder, resume, progress, interrupted);
            }),
            interruption);
        if (Figures.Baseline(baseline?.Val) is { } figures)
        {
            terminal.Line($"Baseline: frozen features + {baseline!.Method}: validation {figures}; fine-tuning has to beat this");
        }
    }

    private void CheckPixels(bool resume, string interruption, CancellationToken interrupted)
    {
        var watch = Stopwatch.StartNew();
        Interruptible(
            () => terminal.WithLiveLine(line =>
            {
                var progress = new TrainingDisplay(terminal, line, Epochs, new ShownAuroc(fineTuning.ChanceAuroc));
                fineTuning.CheckPixels(folder, resume, progress, interrupted);
                return true;
            }),
            interruption);
        if (fineTuning.CheckedImages is { } images)
        {
            int unreadable = fineTuning.UnreadableImages;
            string decoded = unreadable == 0 ? $"all {Figures.Count(images)}"
                : $"{Figures.Count(images - unreadable)} of {Figures.Count(images)}";
            terminal.Line($"Pixels: {decoded} images were decoded, in {Figures.Duration(watch.Elapsed)}");
        }

        ShowNotes();
    }

    /// <summary>Trains, then shows the figures of the best epoch.</summary>
    public RunSummary Run(bool resume, CancellationToken interrupted)
    {
        RunSummary summary = Interruptible(
            () => Resumable(() => terminal.WithLiveLine(line =>
            {
                var progress = new TrainingDisplay(terminal, line, Epochs, new ShownAuroc(fineTuning.ChanceAuroc));
                return fineTuning.Run(folder, resume, progress, IsProbe ? null : progress.Epoch, interrupted);
            })),
            $"interrupted; the state is saved. Resume with: radapt finetune --resume --out {Quoted(whole ?? folder)}");
        terminal.Line();
        ShowNotes();
        terminal.Line(summary.Probe is null ? Chosen(summary) : Fitted(summary, summary.Probe));
        terminal.Line(summary.TestStatistics is not null ? "Test figures:"
            : summary.ValStatistics is not null ? "Validation figures (there are no test images):"
            : "There are neither test nor validation images: no figures.", strong: true);
        if ((summary.TestStatistics ?? summary.ValStatistics) is { } statistics)
        {
            Figures.Show(terminal, statistics);
        }

        if (Figures.Baseline(summary.Test is null ? fineTuning.Baseline?.Val : fineTuning.Baseline?.Test) is { } baseline)
        {
            terminal.Line($"Frozen features + {fineTuning.Baseline!.Method}, on the same images: {baseline}");
        }

        Figures.ShowStudies(terminal, summary.TestStatistics ?? summary.ValStatistics);
        foreach (string line in DecisionFitting.Lines(summary.Rules!))
        {
            terminal.Line(line);
        }

        terminal.Line(
            $"Run folder: {folder} (recipe.yaml, run.json, metrics.jsonl, adapter.safetensors, predictions.csv, TensorBoard events)");
        if (fineTuning.HidesNames)
        {
            terminal.Line("Codes replace the image names there. To get the names: radapt evaluate "
                + $"{Quoted(folder)} --predictions named.csv");
        }

        if (whole is null)
        {
            terminal.Line($"Next: radapt predict {Quoted(folder)} IMAGES -o predictions.csv");
        }

        return summary;
    }

    /// <summary>How many threads compute, such as <c>2 ranks of 4 threads each</c>.</summary>
    public static string Threads(int threads, IProcessGroup group)
    {
        string each = Plural.Count(threads, "thread");
        return group.Size == 1 ? each : $"{group.Size} ranks of {each} each";
    }

    /// <summary>A path as it is typed into a shell.</summary>
    public static string Quoted(string path) =>
        path.All(c => char.IsLetterOrDigit(c) || "/\\._-:~+,=@".Contains(c, StringComparison.Ordinal)) ? path
        : OperatingSystem.IsWindows() ? $"\"{path}\"" : $"'{path.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    /// <summary>Does work whose interruption ends the command with a line of its own.</summary>
    public static T Interruptible<T>(Func<T> work, string message)
    {
        try
        {
            return work();
        }
        catch (OperationCanceledException)
        {
            throw new InterruptedException(message);
        }
    }

    // What was trained is not lost by an error, such as a full disk; the folder is gone where there was nothing to keep.
    private RunSummary Resumable(Func<RunSummary> run)
    {
        try
        {
            return run();
        }
        catch (RadaptException e) when (File.Exists(Path.Combine(whole ?? folder, "recipe.yaml"))
            && !RunLock.IsOthers(new RunFolder(folder).StateFolder))
        {
            throw new RadaptException(
                $"{e.Message} What was trained until then is saved. After fixing the cause, resume with: radapt finetune --resume "
                    + $"--out {Quoted(whole ?? folder)}", e);
        }
    }

    private string Chosen(RunSummary summary)
    {
        string stopped = summary.StoppedEarly ? ", stopped early" : "";
        string kept = fineTuning.Recipe.Validation.Select switch
        {
            EpochSelection.Last => $"Kept: the last of {Plural.Count(summary.Epochs, "epoch")}",
            EpochSelection.Average => $"Kept: the mean over the last {WeightAverage.Window(summary.Epochs)} of {Plural.Count(summary.Epochs, "epoch")}",
            _ => $"Best epoch: {summary.BestEpoch} of {summary.Epochs}{stopped}",
        };
        return $"{kept}, in {Figures.Duration(summary.Time)}; validation AUROC "
            + $"{Figures.Auroc(summary.Val.MeanAuroc)}{ChosenBy()}";
    }

    private string Fitted(RunSummary summary, RunProbe probe)
    {
        string[] chosen = [.. probe.Chosen.Values.OfType<double>().Distinct().Order()
            .Select(c => c.ToString("g3", CultureInfo.InvariantCulture))];
        string range = chosen.Length > 1 ? $"{chosen[0]} to {chosen[^1]}, by finding" : chosen.FirstOrDefault() ?? "-";
        string outOfFold = probe.OutOfFoldAuroc[RunFigures.Mean] is { } known ? $"; AUROC there {Figures.Auroc(known)}" : "";
        string validation = summary.Val.MeanAuroc is { } auroc ? $", on validation images {Figures.Auroc(auroc)}" : "";
        return $"Fitted: {fineTuning.Recipe.Method} in {Figures.Duration(summary.Time)}; {probe.Setting} {range} (chosen by cross-validation "
            + $"over the training patients){outOfFold}{validation}";
    }

    private string ChosenBy()
    {
        (int part, int all) = (fineTuning.ChoosingImages.Items.Count, fineTuning.Data.Val.Items.Count);
        return part == all ? "" : $" (all {Figures.Count(all)} images; {Figures.Count(part)} of them chose the epoch)";
    }

    // Those not shown yet: some arise while the run goes on, such as a cache whose disk is full.
    private void ShowNotes() => terminal.Notes(fineTuning.Notes.Where(ShownNotes.Add));

    private void ShowData()
    {
        (string Name, LabelledImages Images)[] splits =
            [("train", fineTuning.Data.Train), ("val", fineTuning.Data.Val), .. fineTuning.Data.Test is { } test ? [("test", test)]
                : Array.Empty<(string, LabelledImages)>()];
        IReadOnlyList<LabelCounts>[] counts = [.. splits.Select(s => s.Images.CountLabels())];
        terminal.Line($"Data: {fineTuning.Recipe.Data.Data ?? fineTuning.Recipe.Data.Train}", strong: true);
        terminal.Rows(
            ["", .. splits.Select(s => s.Name)],
            [
                ["images", .. splits.Select(s => Figures.Count(s.Images.Items.Count))],
                .. fineTuning.Data.Train.Findings.Select((finding, f) => (string[])[finding, .. counts.Select(c => Positives(c[f]))]),
            ],
            [.. Enumerable.Range(1, splits.Length)]);
    }

    private static string Positives(LabelCounts count) =>
        $"{Figures.Count(count.Positives)} positive{(count.Unknown > 0 ? $", {Figures.Count(count.Unknown)} unknown" : "")}";
}
