using Radapt.Batching;
using Radapt.Compute;
using Radapt.Datasets;
using Radapt.Imaging.Dicom.Codecs;
using Radapt.Metrics;

namespace Radapt.Inference;

/// <summary>
/// One model, or several of the same findings, such as the folds of a cross-validation: the mean of their probabilities. Any number of
/// threads may use it at once.
/// </summary>
internal sealed partial class Ensemble : IDisposable
{
    private readonly CodecProcess? _codecs;
    private readonly List<string> _notes = [];

    /// <summary>Models that are open already; they are disposed with the ensemble.</summary>
    /// <param name="members">At least one.</param>
    /// <param name="options">Codecs, and limits of concurrent requests.</param>
    public Ensemble(IReadOnlyList<Predictor> members, PredictorOptions options)
    {
        (Members, _options, _codecs) = (members, options, options.Codecs);
        (_places, _decoders) = (new SemaphoreSlim(options.QueueLimit), new SemaphoreSlim(options.DecodingThreads));
    }

    /// <summary>The models.</summary>
    public IReadOnlyList<Predictor> Members { get; }

    /// <summary>The findings, in the order of the probabilities.</summary>
    public IReadOnlyList<string> Findings => Members[0].Findings;

    /// <summary>Lines on the images so far; see <see cref="Predictor.Notes"/>.</summary>
    public IReadOnlyCollection<string> Notes
    {
        get
        {
            lock (_notes)
            {
                return [.. _notes];
            }
        }
    }

    /// <summary>Opens runs.</summary>
    /// <param name="runs">Run folders or adapter files, at least one, and how each computes.</param>
    /// <param name="weights">Where the base weights are now; null: where they were in training.</param>
    /// <param name="force">Take base weights that are not those of training too, where they fit.</param>
    /// <param name="codecs">Where DICOM files in JPEG-LS and JPEG 2000 are decoded; null: in processes of its own.</param>
    /// <exception cref="RadaptException">A run cannot be opened, or has other findings than the first.</exception>
    public static Ensemble Open(IReadOnlyList<(string Run, ComputePlan Plan)> runs, string? weights, bool force, CodecProcess? codecs)
    {
        if (runs.GroupBy(r => Path.GetFullPath(r.Run)).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            throw new RadaptException($"{twice.First().Run}: is named twice; name each run only once.");
        }

        var members = new List<Predictor>();
        try
        {
            foreach ((string run, ComputePlan plan) in runs)
            {
                members.Add(Predictor.Open(run, weights, plan, force, codecs));
                RequireSameFindings(members[0], members[^1]);
            }

            return new Ensemble(members, new PredictorOptions { Codecs = codecs });
        }
        catch
        {
            members.ForEach(m => m.Dispose());
            throw;
        }
    }

    /// <summary>Makes sure that two models can be averaged.</summary>
    /// <exception cref="RadaptException">They have other findings.</exception>
    public static void RequireSameFindings(Predictor first, Predictor other)
    {
        if (!other.Findings.SequenceEqual(first.Findings))
        {
            throw new RadaptException(
                $"{other.AdapterPath} predicts {string.Join(", ", other.Findings)}, and {first.AdapterPath} "
                + $"{string.Join(", ", first.Findings)}: only runs of the same findings, in the same order, can be averaged.");
        }
    }

    /// <summary>Predicts image files; see <see cref="Predictor.Predict"/>.</summary>
    /// <param name="paths">PNG, JPEG or DICOM files.</param>
    /// <param name="batchSize">Images per forward pass.</param>
    /// <param name="loaderThreads">Threads that decode.</param>
    /// <param name="scoreAll">Also score images that the models must not be asked about.</param>
    /// <param name="cancellation">Ends the enumeration.</param>
    public IEnumerable<Prediction> Predict(IReadOnlyList<string> paths, int batchSize, int loaderThreads, bool scoreAll,
        CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(paths);
        var images = new LabelledImages([], [.. paths.Select(p => new LabelledImage(p, Path.GetFullPath(p), null, []))]);
        var doubts = new PictureDoubts();
        ImageScreen screen = Screen(scoreAll);
        (ImageBatches Images, IReadOnlyList<Predictor> Models)[] models = Batches(images, batchSize, loaderThreads, doubts, screen);
        foreach (ScoredBatch scored in EnsemblePass.Run(models, Findings.Count, UnreadableImages.Report, cancellation))
        {
            Prediction[] predictions = Predictions(scored, paths, scoreAll);
            foreach (Prediction prediction in predictions)
            {
                yield return prediction;
            }
        }

        AddNotes([.. models.SelectMany(m => m.Images.Remarks), .. doubts.Lines()]);
    }

    /// <summary>Predicts labelled images and computes the figures; see <see cref="Predictor"/>.</summary>
    /// <inheritdoc cref="Predictor.Score(LabelledImages, int, int, Action{int}, double, CancellationToken)"/>
    public ScoredImages Score(LabelledImages images, int batchSize, int loaderThreads, Action<int>? onImages, double skipUnreadable,
        CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(images);
        if (!images.Findings.SequenceEqual(Findings))
        {
            throw new RadaptException(
                $"The data is labelled for {string.Join(", ", images.Findings)}, but the adapter predicts {string.Join(", ", Findings)}: name "
                    + "the columns with --findings.");
        }

        var doubts = new PictureDoubts();
        (ImageBatches Images, IReadOnlyList<Predictor> Models)[] models = Batches(images, batchSize, loaderThreads, doubts, screen: null);
        var failed = new List<(int Item, RadaptException Error)>();
        float[] logits = Logits(models, images, UnreadableImages.Report, (_, done) => onImages?.Invoke(done), failed, cancellation);
        UnreadableRow[] unreadable = [.. failed.Select(f => new UnreadableRow(images.Items[f.Item], "", f.Error.What))];
        IReadOnlyList<string> notes = UnreadableLimit.Notes(unreadable, images.Items.Count, skipUnreadable);
        if (failed.Count == images.Items.Count)
        {
            throw new RadaptException($"None of the {images.Items.Count} images can be read. The first: {unreadable[0].Reason}");
        }

        AddNotes([.. notes, .. models.SelectMany(m => m.Images.Remarks), .. doubts.Lines()]);
        int[] read = [.. Enumerable.Range(0, images.Items.Count).Except(failed.Select(f => f.Item))];
        float[] left = [.. read.SelectMany(i => logits[(i * Findings.Count)..((i + 1) * Findings.Count)])];
        return Scored(images with { Items = [.. read.Select(i => images.Items[i])] }, left) with { Unreadable = unreadable.Length };
    }

    /// <summary>The same for batches of such images, prepared as all models expect; one that cannot be read ends it.</summary>
    public ScoredImages Score(ImageBatches batches, Action<int, int>? onBatch, CancellationToken cancellation)
    {
        float[] logits = Logits([(batches, Members)], batches.Images, UnreadableImages.Throw, onBatch, [], cancellation);
        AddNotes(batches.Remarks);
        return Scored(batches.Images, logits);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Predictor member in Members)
        {
            member.Dispose();
        }
    }

    // The first group looks at the pictures: they are the same in the others.
    private (ImageBatches Images, IReadOnlyList<Predictor> Models)[] Batches(
        LabelledImages images, int batchSize, int loaderThreads, PictureDoubts doubts, ImageScreen? screen) =>
    [
        .. Members.GroupBy(m => m.Adapter.Preprocessing).Select((group, number) => (
            new ImageBatches(images, group.Key, batchSize, loaderThreads, cacheBytes: 0, codecs: _codecs)
            {
                Doubts = number == 0 ? doubts : null,
                Screen = screen,
            },
            (IReadOnlyList<Predictor>)[.. group])),
    ];

    // (N, F) row-major, before the sigmoid; of images that cannot be read they mean nothing.
    private float[] Logits(
        IReadOnlyList<(ImageBatches Images, IReadOnlyList<Predictor> Models)> models, LabelledImages images, UnreadableImages unreadable,
        Action<int, int>? onBatch, List<(int Item, RadaptException Error)> failed, CancellationToken cancellation)
    {
        var logits = new float[images.Items.Count * Findings.Count];
        (int batches, int rows) = (0, 0);
        foreach (ScoredBatch scored in EnsemblePass.Run(models, Findings.Count, unreadable, cancellation))
        {
            failed.AddRange(scored.Batch.Unreadable.Select(u => (scored.Batch.Items[u.Slot], u.Error)));
            scored.Logits.CopyTo(logits.AsSpan(rows * Findings.Count));
            rows += scored.Batch.Count;
            onBatch?.Invoke(++batches, rows);
        }

        return logits;
    }

    private Prediction[] Predictions(ScoredBatch scored, IReadOnlyList<string> paths, bool scoreAll)
    {
        var predictions = new Prediction[scored.Batch.Count];
        int findings = Findings.Count;
        Dictionary<int, RadaptException> errors = scored.Batch.Unreadable.ToDictionary(u => u.Slot, u => u.Error);
        for (int slot = 0; slot < predictions.Length; slot++)
        {
            ScreenedImage screened = scored.Batch.Screened[slot]!;
            string? error = errors.GetValueOrDefault(slot)?.What;
            Range own = (slot * findings)..((slot + 1) * findings);
            bool isScored = error is null && (screened.Refusal is null || scoreAll);
            predictions[slot] = New(paths[scored.Batch.Items[slot]], screened, error, isScored ? scored.Logits[own] : null,
                isScored ? scored.Deviations?[own] : null);
        }

        return predictions;
    }

    private Prediction New(string name, ScreenedImage screened, string? error, float[]? logits, float[]? deviations) =>
        new(name, logits is null ? null : [.. logits.Select(l => (float)Scoring.Probability(l))], error)
        {
            Logits = logits,
            Deviations = deviations,
            Refusal = error is null ? screened.Refusal : null,
            File = screened.File,
            IsBlank = screened.IsBlank,
            Adapter = Members[0].Adapter,
        };

    private ImageScreen Screen(bool scoreAll) => new(
        [.. Members.Select(m => m.Accepted).DistinctBy(a => (string.Join(',', a.Views), string.Join(',', a.BodyParts), a.Saturated))],
        scoreAll);

    // Lines that several passes say are said once.
    private void AddNotes(IEnumerable<string> lines)
    {
        lock (_notes)
        {
            _notes.AddRange(lines.Except(_notes));
        }
    }

    /// <summary>The figures of logits.</summary>
    public ScoredImages Scored(LabelledImages images, float[] logits) =>
        new(images, logits, MultiLabelMetrics.Compute(Findings, images.FlatLabels(), logits));
}
