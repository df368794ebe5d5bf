using Radapt.Adaptation;
using Radapt.Adaptation.Files;
using Radapt.Batching;
using Radapt.Compute;
using Radapt.Datasets;
using Radapt.Imaging.Dicom.Codecs;
using Radapt.Metrics;

namespace Radapt.Inference;

/// <summary>
/// A fine-tuned classifier ready to predict: base weights plus adapter, merged, with the pre-processing that belongs to it. Owns the
/// model's memory. One predictor serves one thread at a time.
/// </summary>
public sealed class Predictor : IDisposable
{
    private readonly AdaptedModel _model;
    private readonly CodecProcess? _codecs;
    private readonly List<string> _notes = [];

    private Predictor(AdaptedModel model, CodecProcess? codecs) => (_model, _codecs) = (model, codecs);

    /// <summary>What the adapter file says about itself.</summary>
    public AdapterDescription Adapter => _model.Description;

    /// <summary>A line that says so where other base weights than those of training were forced, else null.</summary>
    public string? OtherBase => _model.OtherBase;

    /// <summary>The findings, in the order of the probabilities.</summary>
    public IReadOnlyList<string> Findings => Adapter.Findings;

    /// <summary>Opens a run folder or an adapter file.</summary>
    /// <param name="runOrAdapter">Run folder or <c>adapter.safetensors</c>.</param>
    /// <param name="weights">Where the base weights lie now; null: where they lay in training.</param>
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
    /// hardly
    /// anything. Those of a <see cref="Predict"/> are complete when its enumeration is.
    /// </summary>
    public IReadOnlyCollection<string> Notes => _notes;

    /// <summary>Predicts image files; those that cannot be read are reported in their place and the rest goes on.</summary>
    /// <param name="paths">PNG, JPEG or DICOM files.</param>
    /// <param name="batchSize">Images per forward pass.</param>
    /// <param name="loaderThreads">Threads that decode.</param>
    /// <param name="cancellation">Ends the enumeration.</param>
    /// <returns>One prediction per path, in their order, as they are ready.</returns>
    public IEnumerable<Prediction> Predict(
        IReadOnlyList<string> paths, int batchSize = 16, int loaderThreads = 2, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(paths);
        var images = new LabelledImages([], [.. paths.Select(p => new LabelledImage(p, Path.GetFullPath(p), null, []))]);
        var doubts = new PictureDoubts();
        var batches = new ImageBatches(images, Adapter.Preprocessing, batchSize, loaderThreads, cacheBytes: 0, codecs: _codecs)
        {
            Doubts = doubts,
        };
        foreach (ImageBatch batch in batches.Evaluation(UnreadableImages.Report, cancellation))
        {
            var predictions = new Prediction[batch.Count];
            using (batch)
            {
                float[] all = Scoring.Logits(_model.Classifier, batch);
                for (int slot = 0; slot < predictions.Length; slot++)
                {
                    float[] logits = all[(slot * Findings.Count)..((slot + 1) * Findings.Count)];
                    predictions[slot] = new Prediction(paths[batch.Items[slot]],
                        [.. logits.Select(l => (float)Scoring.Probability(l))], null)
                    {
                        Logits = logits,
                    };
                }

                foreach (UnreadableImage unreadable in batch.Unreadable)
                {
                    predictions[unreadable.Slot] = predictions[unreadable.Slot] with
                    {
                        Probabilities = null,
                        Logits = null,
                        Error = unreadable.Error.What,
                    };
                }
            }

            foreach (Prediction prediction in predictions)
            {
                yield return prediction;
            }
        }

        AddNotes([.. batches.Remarks, .. doubts.Lines()]);
    }

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
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        if (!images.Findings.SequenceEqual(Findings))
        {
            throw new RadaptException(
                $"The data is labelled for {string.Join(", ", images.Findings)}, the adapter predicts {string.Join(", ", Findings)}: name "
                    + "the columns with --findings.");
        }

        var doubts = new PictureDoubts();
        var batches = new ImageBatches(images, Adapter.Preprocessing, batchSize, loaderThreads, cacheBytes: 0, codecs: _codecs)
        {
            Doubts = doubts,
        };
        var failed = new List<(int Item, RadaptException Error)>();
        float[] logits = Scoring.Logits(_model.Classifier, batches, (_, done) => onImages?.Invoke(done), cancellation, failed);
        UnreadableRow[] unreadable = [.. failed.Select(f => new UnreadableRow(images.Items[f.Item], "", f.Error.What))];
        IReadOnlyList<string> notes = UnreadableLimit.Notes(unreadable, images.Items.Count, skipUnreadable);
        if (failed.Count == images.Items.Count)
        {
            throw new RadaptException($"None of the {images.Items.Count} images can be read. The first: {unreadable[0].Reason}");
        }

        AddNotes([.. notes, .. batches.Remarks, .. doubts.Lines()]);
        int[] read = [.. Enumerable.Range(0, images.Items.Count).Except(failed.Select(f => f.Item))];
        float[] left = [.. read.SelectMany(i => logits[(i * Findings.Count)..((i + 1) * Findings.Count)])];
        return Scored(images with { Items = [.. read.Select(i => images.Items[i])] }, left) with { Unreadable = unreadable.Length };
    }

    /// <summary>The same for batches of such images, prepared as the adapter expects.</summary>
    internal ScoredImages Score(ImageBatches batches, Action<int, int>? onBatch, CancellationToken cancellation)
    {
        float[] logits = Scoring.Logits(_model.Classifier, batches, onBatch, cancellation);
        AddNotes(batches.Remarks);
        return Scored(batches.Images, logits);
    }

    // Lines that several passes say are said once.
    private void AddNotes(IEnumerable<string> lines) => _notes.AddRange(lines.Except(_notes));

    private ScoredImages Scored(LabelledImages images, float[] logits)
    {
        sbyte[] labels = images.FlatLabels();
        return new ScoredImages(images, logits, MultiLabelMetrics.Compute(Findings, labels, logits))
        {
            Studies = images.Items.Any(i => i.Study is not null)
                ? StudyMetrics.Compute(Findings, [.. images.Items.Select(i => i.Study)], labels, logits) : null,
        };
    }

    /// <inheritdoc/>
    public void Dispose() => _model.Dispose();
}
