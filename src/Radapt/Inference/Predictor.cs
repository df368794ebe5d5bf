using Radapt.Adaptation;
using Radapt.Adaptation.Files;
using Radapt.Batching;
using Radapt.Compute;
using Radapt.Datasets;
using Radapt.Imaging.Dicom.Codecs;

namespace Radapt.Inference;

/// <summary>
/// A fine-tuned classifier ready to predict: base weights plus adapter, merged, with the pre-processing that belongs to it. Owns the
/// model's memory. One predictor serves one thread at a time.
/// </summary>
public sealed class Predictor : IDisposable
{
    private readonly AdaptedModel _model;
    private readonly Ensemble _alone;

    private Predictor(AdaptedModel model, CodecProcess? codecs)
    {
        _model = model;
        _alone = new Ensemble([this], codecs);
    }

    /// <summary>What the adapter file says about itself.</summary>
    public AdapterDescription Adapter => _model.Description;

    /// <summary>A line that says so where other base weights than those of training were forced, else null.</summary>
    public string? OtherBase => _model.OtherBase;

    /// <summary>The findings, in the order of the probabilities.</summary>
    public IReadOnlyList<string> Findings => Adapter.Findings;

    /// <summary>Which images it may be asked about: as in training, else the rules for frontal chest radiographs.</summary>
    internal AcceptedImages Accepted => Adapter.Accepts ?? new AcceptedImages();

    /// <summary>Opens a run folder or an adapter file.</summary>
    /// <param name="runOrAdapter">Run folder or <c>adapter.safetensors</c>.</param>
    /// <param name="weights">Where the base weights are now; null: where they were in training.</param>
    /// <param name="plan">Precision, device, threads; null: float32 on the CPU.</param>
    /// <param name="force">Take base weights that are not those of training too, where they fit.</param>
    /// <param name="codecs">Where DICOM files in JPEG-LS and JPEG 2000 are decoded; null: they are refused. The caller disposes it, after
    /// this.</param>
    /// <exception cref="RadaptException">A file is missing or damaged, or the base weights are not the adapter's.</exception>
    public static Predictor Open(string runOrAdapter, string? weights = null, ComputePlan? plan = null, bool force = false,
        CodecProcess? codecs = null)
    {
        plan ??= ComputePlan.Float32;
        AdaptedModel model = AdaptedModel.Open(runOrAdapter, weights, plan, force);
        model.Classifier.Adapters?.Merge();                   // float32 base + delta, rounded once,
        FrozenWeights.Round(model.Classifier.Encoder, plan); // before the base itself is rounded
        return new Predictor(model, codecs);
    }

    /// <summary>
    /// Lines on the images that were predicted or scored so far: what was left out, windows that cannot be used, and how many pictures show
    /// hardly anything. Those of a <see cref="Predict"/> are complete when its enumeration is.
    /// </summary>
    public IReadOnlyCollection<string> Notes => _alone.Notes;

    /// <summary>
    /// Predicts image files. Those that cannot be read, and those that are not what the model was trained on, are reported in their place
    /// and the rest goes on.
    /// </summary>
    /// <param name="paths">PNG, JPEG or DICOM files.</param>
    /// <param name="batchSize">Images per forward pass.</param>
    /// <param name="loaderThreads">Threads that decode.</param>
    /// <param name="scoreAll">Also score images that are not what the model was trained on: CT, other views, blank ones, ….</param>
    /// <param name="cancellation">Ends the enumeration.</param>
    /// <returns>One prediction per path, in their order, as they are ready.</returns>
    public IEnumerable<Prediction> Predict(
        IReadOnlyList<string> paths, int batchSize = 16, int loaderThreads = 2, bool scoreAll = false,
        CancellationToken cancellation = default) =>
        _alone.Predict(paths, batchSize, loaderThreads, scoreAll, cancellation);

    /// <summary>Predicts labelled images and computes the figures.</summary>
    /// <param name="images">Images labelled for this predictor's findings, in their order.</param>
    /// <param name="batchSize">Images per forward pass.</param>
    /// <param name="loaderThreads">Threads that decode.</param>
    /// <param name="onImages">Told the number of images done.</param>
    /// <param name="skipUnreadable">Share of the images that may be left out because they cannot be read, 0 to 1; at least one image,
    /// unless it is 0.</param>
    /// <param name="cancellation">Ends the pass.</param>
    /// <exception cref="RadaptException">The findings differ, or more images cannot be read than may be left out.</exception>
    public ScoredImages Score(
        LabelledImages images, int batchSize = 16, int loaderThreads = 2, Action<int>? onImages = null, double skipUnreadable = 0,
        CancellationToken cancellation = default) =>
        _alone.Score(images, batchSize, loaderThreads, onImages, skipUnreadable, cancellation);

    /// <summary>The same for batches of such images, prepared as the adapter expects.</summary>
    internal ScoredImages Score(ImageBatches batches, Action<int, int>? onBatch, CancellationToken cancellation) =>
        _alone.Score(batches, onBatch, cancellation);

    /// <summary>Logits of every finding for a batch.</summary>
    /// <returns>(B, F) row-major, before the sigmoid</returns>
    internal float[] Logits(ImageBatch batch) => Scoring.Logits(_model.Classifier, batch);

    /// <inheritdoc/>
    public void Dispose() => _model.Dispose();
}
