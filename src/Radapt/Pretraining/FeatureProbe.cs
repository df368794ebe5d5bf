using Radapt.Adaptation.Probes;
using Radapt.Batching;
using Radapt.Datasets;
using Radapt.Inference;
using Radapt.Metrics;
using Radapt.Models;
using Radapt.Training;
using static TorchSharp.torch;

namespace Radapt.Pretraining;

/// <summary>
/// Whether an encoder's features are of use, without fine-tuning: ridge regression on the mean of the patch tokens, learned from the train
/// split of a labelled set and scored on its val split. The test split is not touched.
/// </summary>
/// <param name="train">Labelled images to learn from.</param>
/// <param name="val">Labelled images to score.</param>
internal sealed class FeatureProbe(ImageBatches train, ImageBatches val)
{
    /// <summary>The name of the mean AUROC among the figures of an epoch.</summary>
    public const string MeanAuroc = "probe_auroc";

    /// <summary>Batches of a measurement.</summary>
    public int Batches => train.EvaluationBatches + val.EvaluationBatches;

    /// <summary>The images, for fingerprints.</summary>
    public IReadOnlyList<LabelledImages> Sets => [train.Images, val.Images];

    /// <summary>Measures an encoder.</summary>
    /// <param name="encoder">As it is.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns><see cref="MeanAuroc"/>, and <c>probe_auroc/FINDING</c> where both classes occur.</returns>
    public IReadOnlyDictionary<string, double> Measure(VisionTransformer encoder, CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        ProbeFit fit = new RidgeProbe().Fit(
            HeadFitting.Data(FrozenFeatures.Mean(encoder, train, cancellation), train.Images), cancellation);
        float[] scores = fit.Logits(FrozenFeatures.Mean(encoder, val, cancellation));
        MultiLabelMetrics metrics = MultiLabelMetrics.Compute(val.Images.Findings, val.Images.FlatLabels(), scores);
        var figures = new OrderedDictionary<string, double>();
        if (metrics.MeanAuroc is { } mean)
        {
            figures[MeanAuroc] = mean;
        }

        foreach (FindingMetrics finding in metrics.Findings)
        {
            if (finding.Auroc is { } auroc)
            {
                figures[$"{MeanAuroc}/{finding.Finding}"] = auroc;
            }
        }

        return figures;
    }
}
