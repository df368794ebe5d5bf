using System.Globalization;
using Radapt.Pages;
using Radapt.Recipes;
using Radapt.Runs;

namespace Radapt.Reporting;

/// <summary>Loss and validation AUROC over the epochs.</summary>
internal static class TrainingCurves
{
    private const string Auroc = "auroc", Loss = "loss"; // names of EpochResult.Figures

    /// <summary>The section; null where the run has no epochs.</summary>
    public static string? Html(ReportedRun run, PlotSet plots)
    {
        int epochs = run.Epochs.SelectMany(e => e).Select(e => e.Epoch).DefaultIfEmpty().Max();
        if (epochs == 0)
        {
            return null;
        }

        ChartSeries[] losses = [.. Runs(run, "training", 4, e => e.TrainLoss), .. Runs(run, "validation", 2, e => e.Figure(Loss))];
        ChartSeries[] aurocs = [.. Runs(run, "validation AUROC", 1, e => e.Figure(Auroc))];
        var axis = Epochs(epochs);
        string charts = plots.Add("loss over epochs", new LineChart("Loss", axis,
            ChartAxis.For("binary cross-entropy", losses.SelectMany(s => s.Points).Select(p => p.Y)), losses)
        { Width = 480, Height = 280 });
        if (aurocs.Any(s => s.Points.Count > 0))
        {
            charts += plots.Add("validation auroc over epochs", new LineChart("Validation AUROC, mean of the findings", axis,
                ChartAxis.For("AUROC", aurocs.SelectMany(s => s.Points).Select(p => p.Y)), aurocs)
            { Width = 480, Height = 280 });
        }

        return $"<p>{Words(run)}</p>{LineChart.Legend(losses.DistinctBy(l => l.Name))}<div class=\"charts two\">{charts}</div>";
    }

    /// <summary>An axis of epochs, labelled at a few of them.</summary>
    public static ChartAxis Epochs(int epochs)
    {
        int step = Math.Max(1, (int)Math.Ceiling(epochs / 8.0));
        return new ChartAxis("epoch", Math.Min(1, epochs - 1), epochs,
            [.. Enumerable.Range(1, epochs).Where(e => e % step == 0 || (e == 1 && step > 2))
                .Select(e => ((double)e, e.ToString(CultureInfo.InvariantCulture)))]);
    }

    private static IEnumerable<ChartSeries> Runs(ReportedRun run, string name, int colour, Func<EpochResult, double?> figure)
    {
        bool isOne = run.Epochs.Count == 1;
        foreach ((int r, IReadOnlyList<EpochResult> epochs) in run.Epochs.Index())
        {
            int? best = run.IsCrossValidation ? run.Record.Folds!.BestEpochs?[r] : run.Record.BestEpoch;
            (double X, double Y)[] points = [.. epochs.Where(e => figure(e) is { } v && double.IsFinite(v))
                .Select(e => ((double)e.Epoch, figure(e)!.Value))];
            yield return new ChartSeries(name, colour, points)
            {
                IsThin = !isOne,
                Dots = [.. points.Where(p => !isOne && run.Selection == EpochSelection.Best && p.X == best)],
                HasMarks = isOne && points.Length <= 30 && name != "training",
            };
        }
    }

    private static string Words(ReportedRun run)
    {
        string time = run.Record.Train is { } train
            ? $" Training took {Numbers.Duration(train.Seconds)} ({Numbers.General(Math.Round(train.ImagesPerSecond ?? 0))} images a second), "
                + $"with at most {Numbers.Count((long)(train.PeakMemoryMib ?? 0))} MiB of memory." : "";
        string lines = run.IsCrossValidation ? "A line for every fold; the " : "The ";
        string tested = run.Selection switch
        {
            EpochSelection.Last => $"{lines}state after the last epoch was tested.",
            EpochSelection.Average => $"{lines}mean over the last quarter of the epochs was tested.",
            _ when run.IsCrossValidation => $"{lines}dot is the epoch that was tested.",
            _ => $"Epoch {run.Record.BestEpoch} of {run.Record.Epochs} had the best validation figures and is the one that was tested."
                + $"{(run.Record.StoppedEarly == true ? " Training stopped early, since later epochs were no better." : "")}",
        };
        return tested + time;
    }
}
