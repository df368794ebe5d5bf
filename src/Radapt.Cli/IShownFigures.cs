using System.Globalization;
using Radapt.Pretraining;
using Radapt.Pretraining.Reports;
using Radapt.Runs;
using Radapt.Training;

namespace Radapt.Cli;

/// <summary>The figures of a training as its lines show them.</summary>
internal interface IShownFigures
{
    /// <summary>Parts of the line of an epoch that ended, after its training loss.</summary>
    IEnumerable<string> Epoch(EpochResult result);

    /// <summary>Parts at the end of the line that moves.</summary>
    IEnumerable<string> Progress(TrainingProgress progress);
}

/// <summary>Of fine-tuning: the mean AUROC of the validation images, and whether it is the best.</summary>
/// <param name="chance">The AUROC up to which the validation images cannot tell a score from chance.</param>
internal sealed class ShownAuroc(double chance) : IShownFigures
{
    public IEnumerable<string> Epoch(EpochResult result)
    {
        if (result.Figure("auroc") is { } auroc)
        {
            yield return $"AUROC {Figures.Auroc(auroc)}";
        }

        if (result.Best)
        {
            yield return result.Figure("auroc") > chance ? "best so far" : "best so far, not above chance";
        }
    }

    public IEnumerable<string> Progress(TrainingProgress progress) => !progress.Figures.TryGetValue("auroc", out double auroc) ? []
        : [$"AUROC {Figures.Auroc(auroc)}", $"best {Figures.Auroc(progress.BestScore)}"];
}

/// <summary>Of pre-training: the losses of held-out images and reports, how well words are predicted, and the probe's AUROC.</summary>
internal sealed class ShownPretraining : IShownFigures
{
    private static readonly (string Figure, string Name, string Format)[] s_shown =
    [
        (MaskedImageTask.HeldOutLoss, "held-out loss", "0.0000"),
        (HeldOutRecords.ImageLoss, "held-out image loss", "0.0000"),
        (HeldOutRecords.ReportLoss, "report loss", "0.0000"),
        (HeldOutRecords.Perplexity, "perplexity", "0.00"),
        (HeldOutRecords.OtherImagePerplexity, "with another image", "0.00"),
        (FeatureProbe.MeanAuroc, "probe AUROC", "0.000"),
    ];

    /// <summary>What a figure is called; null: it has no name of its own.</summary>
    public static string? Name(string figure) => s_shown.Where(s => s.Figure == figure).Select(s => s.Name).FirstOrDefault();

    public IEnumerable<string> Epoch(EpochResult result) => Parts(result.Figures);

    public IEnumerable<string> Progress(TrainingProgress progress) => Parts(progress.Figures);

    private static IEnumerable<string> Parts(IReadOnlyDictionary<string, double> figures) =>
        s_shown.Where(s => figures.ContainsKey(s.Figure))
            .Select(s => $"{s.Name} {figures[s.Figure].ToString(s.Format, CultureInfo.InvariantCulture)}");
}
