using System.Globalization;
using Radapt.Pretraining;
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

/// <summary>Of pre-training: the loss of held-out images, and the probe's AUROC.</summary>
internal sealed class ShownPretraining : IShownFigures
{
    public IEnumerable<string> Epoch(EpochResult result) => Parts(result.Figures);

    public IEnumerable<string> Progress(TrainingProgress progress) => Parts(progress.Figures);

    private static IEnumerable<string> Parts(IReadOnlyDictionary<string, double> figures)
    {
        if (figures.TryGetValue(MaskedImageTask.HeldOutLoss, out double loss))
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"held-out loss {loss:0.0000}");
        }

        if (figures.TryGetValue(FeatureProbe.MeanAuroc, out double auroc))
        {
            yield return $"probe AUROC {Figures.Auroc(auroc)}";
        }
    }
}
