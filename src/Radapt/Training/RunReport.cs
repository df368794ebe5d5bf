using System.Runtime.InteropServices;
using Radapt.Compute;
using Radapt.Datasets;
using Radapt.Datasets.Matching;
using Radapt.Recipes;
using Radapt.Runs;

namespace Radapt.Training;

/// <summary>Writes <c>run.json</c>: versions, machine, seed, data fingerprint, best epoch, figures.</summary>
internal sealed class RunReport(FineTuning fineTuning, RunFolder folder, string fingerprint, string baseHash, RunCache? cache,
    PixelCheck? pixels)
{
    private readonly DateTimeOffset _started = DateTimeOffset.UtcNow;
    private bool _hasWritten;

    /// <summary>What every run says of the session: software, machine, compute, seed.</summary>
    public static RunRecord Session(RunStatus status, ComputeOptions compute, long seed, DateTimeOffset started, int ranks) => new()
    {
        Status = status,
        Versions = new RunVersions(Version(typeof(RunReport)), Version(typeof(TorchSharp.torch)),
            RuntimeInformation.FrameworkDescription),
        Machine = new RunMachine(
            RuntimeInformation.OSDescription, Machine.Current.Processor, Machine.Current.PhysicalCores, Machine.Current.LogicalCores),
        Compute = new RunCompute(compute.Plan.Precision, compute.Plan.Device, compute.Threads, compute.LoaderThreads)
        {
            Ranks = ranks == 1 ? null : ranks,
        },
        Seed = seed,
        SessionStarted = started,
    };

    /// <summary>Speed and memory of a training that ended.</summary>
    public static RunTraining Speed(TrainerState state) => new(
        state.History.Average(e => e.ImagesPerSecond), state.History.Sum(e => e.Seconds), state.History.Average(e => e.Seconds),
        Machine.PeakMemoryMib);

    public void Write(RunStatus status, TrainerState? state = null, RunSummary? summary = null)
    {
        RunRecord run = Session(status, fineTuning.Recipe.Compute, fineTuning.Recipe.Seed, _started, fineTuning.Group.Size) with
        {
            Path = fineTuning.ExecutionPath,
            Baseline = fineTuning.Baseline,
            Data = Data(),
            Weights = new RunWeights(fineTuning.WeightsDescription, baseHash),
            Trainable = new RunTrainable(fineTuning.Trainable.Trainable, fineTuning.Trainable.Total, fineTuning.Trainable.Percent),
        };
        if (state is not null && summary is not null)
        {
            run = run with
            {
                BestEpoch = state.BestEpoch,
                Epochs = state.Epoch,
                StoppedEarly = state.Stopped,
                Train = Speed(state),
                Probe = summary.Probe,
                Val = summary.ValStatistics?.ToFigures(),
                Test = summary.TestStatistics?.ToFigures(),
                Files = RunFileHashes.Compute(folder),
            };
        }

        folder.WriteRun(run);
        _hasWritten = true;
    }

    /// <summary>
    /// Notes that the session ends before the run does. A session that was refused before it began notes nothing. Why it ends is what the
    /// user must read, so no error is thrown.
    /// </summary>
    public void WriteInterrupted()
    {
        if (!_hasWritten)
        {
            return;
        }

        try
        {
            Write(RunStatus.Interrupted);
        }
        catch (RadaptException)
        {
            // such as on a full disk
        }
    }

    private RunDataRecord Data()
    {
        DataSplits data = fineTuning.Data;
        LabelledImages choosing = fineTuning.ChoosingImages;
        return new RunDataRecord
        {
            Fingerprint = fingerprint,
            AllImages = DataFingerprint.Images(data),
            Train = data.Train.Items.Count,
            Val = data.Val.Items.Count,
            Test = data.Test?.Items.Count ?? 0,
            Parts = RunPart.CountAll(data),
            Choosing = new RunChoosing(choosing.Items.Count, fineTuning.Recipe.Validation.Every, DataFingerprint.Sets([choosing])),
            Pixels = pixels?.Record,
            Matching = Matching(data.Matching),
            Split = data.Drawn.Count == 0 ? null
                : new RunSplit(DrawnSplitTable.FileName, fineTuning.Recipe.Data.SplitSeed, DataFingerprint.Split(data)),
            Cache = cache?.Record,
        };
    }

    // Counts alone: lines and names of files stay where the data is.
    private static RunMatching? Matching(MatchReport? report) => report is null ? null : new RunMatching
    {
        Rows = report.Rows,
        Matched = report.Matched,
        RowsWithoutFile = report.WithoutFile.Count,
        Files = report.Files,
        FilesWithoutRow = report.FilesWithoutRow,
        AmbiguousRows = report.Ambiguous.Count,
        RefusedRows = report.Refused.Count,
        RefusedFiles = new OrderedDictionary<string, int>(report.RefusedFiles
            .GroupBy(f => f.Reason.Split(':')[0]).OrderBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => KeyValuePair.Create(g.Key, g.Count()))),
        OtherViewRows = report.OtherViews,
        UnknownViewImages = report.UnknownViews,
    };

    internal static string Version(Type type) => type.Assembly.GetName().Version?.ToString(3) ?? "?";
}
