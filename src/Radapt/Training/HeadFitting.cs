using System.Diagnostics;
using Radapt.Adaptation;
using Radapt.Adaptation.Probes;
using Radapt.Batching;
using Radapt.Datasets;
using Radapt.Inference;
using Radapt.Models;
using Radapt.Runs;
using static TorchSharp.torch;

namespace Radapt.Training;

/// <summary>
/// What takes the place of the training loop where a probe fits the head: one pass over the training images, and the fit. Its record has
/// one epoch.
/// </summary>
/// <param name="classifier">With the method applied; its head is set.</param>
/// <param name="method">The method and its options.</param>
/// <param name="train">Training images, or their pooled features.</param>
/// <param name="validation">Measures the fit.</param>
internal sealed class HeadFitting(Classifier classifier, MethodOptions method, ImageBatches train, ClassificationTask validation)
{
    /// <summary>The method with what its adapter file states of the fit.</summary>
    public MethodOptions Method { get; private set; } = method;

    /// <summary>What was chosen and how well it does on patients of the training images that were left out.</summary>
    public RunProbe? Record { get; private set; }

    /// <summary>Fits the head.</summary>
    /// <param name="cancellation">Ends it; nothing is set then.</param>
    /// <returns>The one epoch.</returns>
    public EpochResult Run(CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        var watch = Stopwatch.StartNew();
        LabelledImages images = train.Images;
        Tensor features = FrozenFeatures.Pooled(classifier, train, onBatch: null, cancellation);
        HeadProbe probe = Method.Definition.Probe!;
        ProbeFit fit = probe.Fit(Data(features, images), cancellation);
        Method = fit.SetHead(classifier, Method);
        sbyte[] labels = images.FlatLabels();
        Record = RunProbe.From(probe.Setting, images, fit);
        double seconds = watch.Elapsed.TotalSeconds;
        ValidationResult? measured = validation.Validate((_, _) => { }, cancellation);
        return new EpochResult
        {
            Epoch = 1,
            Updates = 0,
            TrainLoss = ClassificationTask.LogLoss(labels, fit.Logits(features)),
            LearningRate = 0,
            ImagesPerSecond = images.Items.Count / Math.Max(seconds, 1e-9),
            Seconds = seconds,
            Figures = measured?.Figures ?? new Dictionary<string, double>(),
            Best = true,
        };
    }

    /// <summary>What a probe learns from some images.</summary>
    /// <param name="features">(n, C)</param>
    /// <param name="images">The images, in the same order.</param>
    public static ProbeData Data(Tensor features, LabelledImages images) =>
        new(features, images.FlatLabels(), [.. images.Items.Select(i => i.Patient ?? i.Name)]);
}
