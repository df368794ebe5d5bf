using Radapt.Adaptation.Probes;
using Radapt.Datasets;
using Radapt.Metrics;

namespace Radapt.Runs;

/// <summary>What a probe chose by cross-validation over the training patients, and how well it did there.</summary>
public sealed record RunProbe
{
    /// <summary>What was chosen for each finding: <c>penalty</c> or <c>neighbours</c>.</summary>
    public string? Setting { get; init; }

    /// <summary>Its value by finding; null: nothing could be learned of the finding.</summary>
    public IReadOnlyDictionary<string, double?> Chosen { get; init; } = new Dictionary<string, double?>();

    /// <summary>
    /// AUROC of the training images by finding, and their <c>mean</c>, each image scored by a fit that has not seen its patient: the share
    /// of pairs that are ranked correctly among the pairs within a fold. (Scores of different folds cannot be ranked: a fold with more
    /// positives leaves fewer to learn from, and is scored lower.) Slightly too good, since the images also chose the setting; null:
    /// undefined.
    /// </summary>
    public IReadOnlyDictionary<string, double?> OutOfFoldAuroc { get; init; } = new Dictionary<string, double?>();

    /// <summary>The record of a fit.</summary>
    internal static RunProbe From(string setting, LabelledImages images, ProbeFit fit)
    {
        double?[] aurocs = [.. Enumerable.Range(0, images.Findings.Count).Select(f => OutOfFold(images, fit, f))];
        double[] defined = [.. aurocs.OfType<double>()];
        return new RunProbe
        {
            Setting = setting,
            Chosen = new OrderedDictionary<string, double?>(images.Findings.Zip(fit.Chosen, KeyValuePair.Create)),
            OutOfFoldAuroc = new OrderedDictionary<string, double?>(images.Findings.Zip(aurocs, KeyValuePair.Create)
                .Prepend(KeyValuePair.Create<string, double?>(RunFigures.Mean, defined.Length == 0 ? null : defined.Average()))),
        };
    }

    private static double? OutOfFold(LabelledImages images, ProbeFit fit, int finding)
    {
        (double ranked, double all) = (0, 0);
        int findings = images.Findings.Count;
        foreach (IGrouping<int, int> fold in Enumerable.Range(0, images.Items.Count)
            .Where(i => !float.IsNaN(fit.OutOfFold[(i * findings) + finding])).GroupBy(i => fit.Folds[i]))
        {
            sbyte[] labels = [.. fold.Select(i => images.Items[i].Labels[finding])];
            double pairs = (double)labels.Count(l => l == 1) * labels.Count(l => l == 0);
            double? auroc = BinaryMetrics.Auroc(labels, [.. fold.Select(i => (double)fit.OutOfFold[(i * findings) + finding])]);
            (ranked, all) = (ranked + (pairs * (auroc ?? 0)), all + pairs);
        }

        return all == 0 ? null : ranked / all;
    }
}
