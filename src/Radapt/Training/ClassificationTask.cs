using Radapt.Adaptation;
using Radapt.Batching;
using Radapt.Distribution;
using Radapt.Imaging;
using Radapt.Inference;
using Radapt.Metrics;
using Radapt.Models;
using Radapt.Recipes;
using static TorchSharp.torch;

namespace Radapt.Training;

/// <summary>
/// Trains a classifier on labelled images, or on features of them: binary cross-entropy over the known labels, mean AUROC on validation
/// images. The classifier and the data belong to the caller.
/// </summary>
internal sealed class ClassificationTask : ITrainingTask<ImageBatch>, IDisposable
{
    private const string Auroc = "auroc";
    private const string Loss = "loss";

    private readonly Classifier _classifier;
    private readonly ImageBatches _train;
    private readonly ImageBatches _val;
    private readonly Augmentation _augmentation;
    private readonly long _seed;
    private readonly Tensor? _positiveWeight;
    private readonly ClassificationStep _step;
    private readonly string[] _aurocNames; // of every finding; one copy, since the history of a run keeps them for every epoch

    /// <param name="classifier">With its method applied.</param>
    /// <param name="train">Training images, or their features.</param>
    /// <param name="val">The images that choose the epoch, or their features.</param>
    /// <param name="recipe">Augmentation, weight of positives, recomputation and seed.</param>
    /// <param name="best">Keeps the best epoch; null: nobody asks for it.</param>
    /// <exception cref="RadaptException">The weights of positives do not fit the findings.</exception>
    public ClassificationTask(Classifier classifier, ImageBatches train, ImageBatches val, Recipe recipe, IBestTensors? best)
    {
        (_classifier, _train, _val, _seed, Best) = (classifier, train, val, recipe.Seed, best);
        _augmentation = recipe.Pixels.Augment;
        _positiveWeight = recipe.Optimisation.PositiveWeight.For(train.Images) is { } weights
            ? tensor(weights.ToArray()).to(classifier.Encoder.cls_token.device).DetachFromDisposeScope() : null; // (F)
        _step = new ClassificationStep(classifier, _positiveWeight, recipe.Compute.Recompute);
        _aurocNames = [.. val.Images.Findings.Select(f => $"{Auroc}/{f}")];
        Trained = [.. classifier.Trained()];
    }

    /// <inheritdoc/>
    public IReadOnlyList<(string Name, Tensor Tensor)> Trained { get; }

    /// <inheritdoc/>
    public ITrainingSchedule? Schedule => _classifier.Adapters?.Schedule;

    /// <inheritdoc/>
    public IBestTensors? Best { get; }

    /// <summary>The processes that validate together, each a part of the images.</summary>
    public IProcessGroup Group { get; init; } = SingleProcess.Instance;

    /// <inheritdoc/>
    public int BatchesPerEpoch => _train.BatchesPerEpoch;

    /// <inheritdoc/>
    public int ValidationBatches => _val.EvaluationBatches;

    /// <inheritdoc/>
    public IEnumerable<ImageBatch> Batches(int epoch, int firstBatch, CancellationToken cancellation, Predicate<int>? isOwn = null) =>
        _train.Training(_augmentation, _seed, epoch, firstBatch, isOwn, cancellation);

    /// <summary>The known labels of the batches.</summary>
    /// <inheritdoc/>
    public double Weight(int epoch, int firstBatch, int batches) => _train.KnownLabels(_seed, epoch, firstBatch, batches);

    /// <inheritdoc/>
    public double Backward(ImageBatch batch, ForwardPass pass, UpdateExtent update)
    {
        using var scope = NewDisposeScope();
        return _step.Backward(
            _classifier.ToTensor(batch), batch.FirstBlock, batch.Labels.AsMemory(0, batch.Count * Findings), pass, update);
    }

    /// <summary>
    /// The score is the mean AUROC; where no finding has both classes, minus the loss. Figures: <c>auroc</c> and <c>auroc/FINDING</c> where
    /// defined,
    /// <c>loss</c>.
    /// </summary>
    /// <inheritdoc/>
    public ValidationResult? Validate(Action<int, int> onBatch, CancellationToken cancellation)
    {
        if (_val.Images.Items.Count == 0)
        {
            return null;
        }

        float[] logits = Scoring.Logits(_classifier, _val, onBatch, cancellation, Group);
        sbyte[] labels = _val.Images.FlatLabels();
        double loss = LogLoss(labels, logits);
        MultiLabelMetrics metrics = MultiLabelMetrics.Compute(_val.Images.Findings, labels, logits);
        var figures = new OrderedDictionary<string, double>();
        if (metrics.MeanAuroc is { } mean)
        {
            figures[Auroc] = mean;
        }

        foreach ((FindingMetrics finding, string name) in metrics.Findings.Zip(_aurocNames).Where(f => f.First.Auroc is not null))
        {
            figures[name] = finding.Auroc!.Value;
        }

        figures[Loss] = loss;
        return new ValidationResult(metrics.MeanAuroc ?? -loss, figures);
    }

    private int Findings => _train.Images.Findings.Count;

    /// <inheritdoc/>
    public void Dispose() => _positiveWeight?.Dispose();

    /// <summary>Mean binary cross-entropy over the known labels.</summary>
    /// <param name="labels">(N, F): 1, 0 or -1 where unknown.</param>
    /// <param name="logits">(N, F), before the sigmoid.</param>
    public static double LogLoss(ReadOnlySpan<sbyte> labels, ReadOnlySpan<float> logits)
    {
        double sum = 0;
        int count = 0;
        for (int i = 0; i < labels.Length; i++)
        {
            if (labels[i] >= 0)
            {
                double wrong = labels[i] == 1 ? -(double)logits[i] : logits[i];
                sum += Math.Max(wrong, 0) + Math.Log(1 + Math.Exp(-Math.Abs(wrong))); // ln(1 + e^wrong), without overflow
                count++;
            }
        }

        return sum / Math.Max(1, count);
    }
}
