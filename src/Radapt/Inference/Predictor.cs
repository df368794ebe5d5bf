using Radapt.Adaptation;
using Radapt.Adaptation.Files;
using Radapt.Batching;
using Radapt.Compute;
using Radapt.Datasets;
using Radapt.Distribution;
using Radapt.Imaging;
using Radapt.Imaging.Dicom.Codecs;
using Radapt.Models;
using static TorchSharp.torch;

namespace Radapt.Inference;

/// <summary>
/// A fine-tuned classifier ready to predict: base weights plus adapter, merged, with the pre-processing that belongs to it. Any number of
/// threads may use it at once, and what it says of an image depends neither on them nor on other images. Owns the model's memory, apart
/// from a <see cref="Backbone"/> that it shares.
/// </summary>
public sealed class Predictor : IDisposable, IAsyncDisposable, IScoringModel
{
    private readonly Backbone _backbone;
    private readonly Classifier _classifier;
    private readonly bool _isShared;
    private readonly UseCount _uses = new(typeof(Predictor));
    private readonly Ensemble _alone;
    private readonly Lock _exactGate = new();
    private AdaptedModel? _exact; // in float32, for gradients, where the predictor computes in another precision; from the first map on

    private Predictor(
        string path, AdapterDescription adapter, Backbone backbone, Classifier classifier, bool isShared, PredictorOptions options)
    {
        (Adapter, _backbone, _classifier, _isShared) = (adapter, backbone, classifier, isShared);
        AdapterPath = path;
        _alone = new Ensemble([this], options);
    }

    /// <summary>What the adapter file says about itself.</summary>
    public AdapterDescription Adapter { get; }

    /// <summary>A line that says so where other base weights than those of training were forced, else null.</summary>
    public string? OtherBase => _backbone.OtherBase;

    /// <summary>How it is computed.</summary>
    public ComputePlan Plan => _backbone.Plan;

    /// <summary>The findings, in the order of the probabilities.</summary>
    public IReadOnlyList<string> Findings => Adapter.Findings;

    /// <summary>Which images it may be asked about: as in training, else the rules for frontal chest radiographs.</summary>
    internal AcceptedImages Accepted => Adapter.Accepts ?? new AcceptedImages();

    /// <summary>The run folder or adapter file that it was opened from.</summary>
    internal string AdapterPath { get; }

    /// <summary>Opens a run folder or an adapter file.</summary>
    /// <param name="runOrAdapter">Run folder or <c>adapter.safetensors</c>.</param>
    /// <param name="weights">Where the base weights are now; null: where they were in training.</param>
    /// <param name="plan">Precision, products, device, threads; null: as the run was trained and tested.</param>
    /// <param name="force">Take base weights that are not those of training too, where they fit.</param>
    /// <param name="codecs">Where DICOM files in JPEG-LS and JPEG 2000 are decoded; null: in processes of its own. The
    /// caller disposes it, after this.</param>
    /// <exception cref="RadaptException">A file is missing or damaged, or the base weights are not the adapter's.</exception>
    public static Predictor Open(string runOrAdapter, string? weights = null, ComputePlan? plan = null, bool force = false,
        CodecProcess? codecs = null) =>
        Open(runOrAdapter, new PredictorOptions { Weights = weights, Plan = plan, Force = force, Codecs = codecs });

    /// <summary>Opens a run folder or an adapter file.</summary>
    /// <param name="runOrAdapter">Run folder or <c>adapter.safetensors</c>.</param>
    /// <param name="options">How, and what it may take of the machine.</param>
    /// <exception cref="RadaptException">A file is missing or damaged, the base weights are not the adapter's, or they cannot be
    /// shared.</exception>
    public static Predictor Open(string runOrAdapter, PredictorOptions options)
    {
        ArgumentException.ThrowIfNullOrEmpty(runOrAdapter);
        ArgumentNullException.ThrowIfNull(options);
        ProcessTuning.BeforeTensors();
        Predictor predictor = options.Backbone is { } shared ? OnShared(runOrAdapter, shared, options) : OnItsOwn(runOrAdapter, options);
        if (options.Logger is { } logger)
        {
            PredictorLog.Opened(logger, predictor.Adapter.Method.Name, predictor.Findings.Count, predictor.Plan.Precision,
                options.Backbone is not null);
        }

        return predictor;
    }

    private static Predictor OnItsOwn(string path, PredictorOptions options)
    {
        ComputePlan plan = options.Plan ?? RunPlan.Read(path);
        AdaptedModel model = AdaptedModel.Open(path, options.Weights, plan, options.Force);
        model.Classifier.Adapters?.Merge();                   // float32 base + delta, rounded once,
        FrozenWeights.Round(model.Classifier.Encoder, plan); // before the base itself is rounded
        return new Predictor(path, model.Description, Backbone.Over(model, plan, options), model.Classifier, isShared: false, options);
    }

    private static Predictor OnShared(string path, Backbone backbone, PredictorOptions options)
    {
        AdapterDescription adapter = AdapterFile.Describe(path);
        backbone.RequireFit(path, adapter);
        AdapterFile.EnsureFits(path, adapter);
        if (options.Plan is { } plan && plan != backbone.Plan)
        {
            throw new RadaptException($"{path}: the backbone computes by another plan than the one asked for; leave the plan out.");
        }

        backbone.Acquire();
        Classifier? classifier = null;
        try
        {
            using VisionTransformer? exact = backbone.LoadExact();
            lock (backbone.Gate)
            {
                classifier = new Classifier(backbone.Encoder, adapter.Findings.Count, adapter.Pooling);
                AdaptationMethod.Apply(classifier, adapter.Method, backbone.Plan, adapter.Seed);
                AdapterFile.Load(path, [.. classifier.Trained()]);
                classifier.Adapters?.Merge(exact is null ? null : Exact(backbone.Encoder, exact));
                classifier.Adapters?.Detach();
            }

            return new Predictor(path, adapter, backbone, classifier, isShared: true, options);
        }
        catch
        {
            lock (backbone.Gate)
            {
                classifier?.Dispose();
            }

            backbone.Release();
            throw;
        }
    }

    /// <summary>
    /// Lines on the images that were predicted or scored so far: what was left out, windows that cannot be used, and how many pictures show
    /// hardly anything. Those of a <see cref="Predict"/> are complete when its enumeration is.
    /// </summary>
    public IReadOnlyCollection<string> Notes => _alone.Notes;

    /// <summary>Predicts an image.</summary>
    /// <param name="image">A file, or an image in memory.</param>
    /// <param name="scoreAll">Also score an image that is not what the model was trained on: CT, another view, a blank one, ….</param>
    /// <param name="cancellation">Ends waiting; what is being computed is finished.</param>
    /// <returns>The prediction; an image that cannot be read, or is refused, has the reason.</returns>
    /// <exception cref="ObjectDisposedException">The predictor was disposed.</exception>
    public Task<Prediction> PredictAsync(ImageSource image, bool scoreAll = false, CancellationToken cancellation = default) =>
        _alone.PredictAsync(image, scoreAll, cancellation);

    /// <summary>Predicts images as they are given: as many are worked on at once as fill the batches, and no more are held.</summary>
    /// <param name="images">Files, or images in memory.</param>
    /// <param name="scoreAll">Also score images that are not what the model was trained on.</param>
    /// <param name="cancellation">Ends the enumeration.</param>
    /// <returns>One prediction per image, in their order, as they are ready.</returns>
    /// <exception cref="ObjectDisposedException">The predictor was disposed.</exception>
    public IAsyncEnumerable<Prediction> PredictAsync(
        IEnumerable<ImageSource> images, bool scoreAll = false, CancellationToken cancellation = default) =>
        _alone.PredictAsync(images, scoreAll, cancellation);

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
    /// <exception cref="ObjectDisposedException">The predictor was disposed.</exception>
    public IEnumerable<Prediction> Predict(
        IReadOnlyList<string> paths, int batchSize = 16, int loaderThreads = 2, bool scoreAll = false,
        CancellationToken cancellation = default)
    {
        _uses.Require();
        return _alone.Predict(paths, batchSize, loaderThreads, scoreAll, cancellation);
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
        CancellationToken cancellation = default) =>
        _alone.Score(images, batchSize, loaderThreads, onImages, skipUnreadable, cancellation);

    /// <summary>The same for batches of such images, prepared as the adapter expects.</summary>
    /// <param name="batches">The images.</param>
    /// <param name="onBatch">Told batches and images done.</param>
    /// <param name="cancellation">Ends the pass.</param>
    /// <param name="group">The processes that have the same predictor and images, and divide the batches among them;
    /// null: this one.</param>
    internal ScoredImages Score(ImageBatches batches, Action<int, int>? onBatch, CancellationToken cancellation,
        IProcessGroup? group = null) =>
        group is null or { Size: 1 } ? _alone.Score(batches, onBatch, cancellation)
            : _alone.Scored(batches.Images, Scoring.Logits(Logits, batches, onBatch, cancellation, group));

    /// <summary>Logits of every finding for a batch.</summary>
    /// <returns>(B, F) row-major, before the sigmoid</returns>
    /// <exception cref="ObjectDisposedException">The predictor was disposed.</exception>
    internal float[] Logits(ImageBatch batch)
    {
        _uses.Begin();
        try
        {
            return WithClassifier(classifier => Scoring.Logits(classifier, batch));
        }
        finally
        {
            _uses.End();
        }
    }

    /// <summary>Logits of a prepared image, computed together with those that are asked for meanwhile.</summary>
    internal Task<float[]> ScoreAsync(float[] pixels, CancellationToken cancellation) =>
        _backbone.Thread.ScoreAsync(this, pixels, cancellation);

    /// <summary>The backbone that it shares; null: it has its own.</summary>
    internal Backbone? Shared => _isShared ? _backbone : null;

    /// <summary>Who uses the predictor; work on it is begun and ended there.</summary>
    internal UseCount Uses => _uses;

    /// <summary>The model of this predictor alone, for predictions by several callers.</summary>
    internal Ensemble Alone => _alone;

    /// <summary>Does something with the classifier while nobody else does. The adapter is attached.</summary>
    internal T WithClassifier<T>(Func<Classifier, T> work)
    {
        lock (_backbone.Gate)
        {
            if (!_isShared)
            {
                return work(_classifier);
            }

            _classifier.Adapters?.Attach();
            try
            {
                return work(_classifier);
            }
            finally
            {
                _classifier.Adapters?.Detach();
            }
        }
    }

    /// <summary>Why there are no heat maps; null: there are.</summary>
    /// <param name="finding">Whether of a finding, else attention rollout.</param>
    internal string? HeatMapRefusal(bool finding) => WithClassifier(c => ObservedAttention.Refusal(c, hasGradients: finding));

    /// <summary>What speaks for a finding in an image, patch by patch.</summary>
    /// <param name="pixels">(S, S), prepared.</param>
    /// <param name="finding">Number of the finding; null: where the model looks, whatever the finding (attention rollout).</param>
    /// <returns>(G, G) row by row, at least 0</returns>
    /// <exception cref="RadaptException">There is no such heat map; see <see cref="HeatMapRefusal"/>.</exception>
    internal float[] HeatMap(float[] pixels, int? finding)
    {
        if (finding is null || Plan.Type == ScalarType.Float32)
        {
            return WithClassifier(Map);
        }

        lock (_exactGate)
        {
            if (_exact is null)
            {
                ComputePlan plan = Plan with { Precision = "float32" };
                _exact = AdaptedModel.Open(AdapterPath, _backbone.WeightsFile, plan, force: true); // it was checked when this was opened
                _exact.Classifier.Adapters?.Merge();
            }

            return Map(_exact.Classifier);
        }

        float[] Map(Classifier classifier)
        {
            using TorchSharp.DisposeScope scope = NewDisposeScope();
            int side = Adapter.Preprocessing.ImageSize;
            Tensor image = tensor(pixels, [1, 1, side, side], device: classifier.Encoder.cls_token.device);
            Tensor map = finding is { } number ? GradientAttention.Compute(classifier, image, number)
                : AttentionRollout.Compute(classifier, image);
            return [.. map.data<float>()];
        }
    }

    float[][] IScoringModel.Score(IReadOnlyList<float[]> pixels) => WithClassifier(classifier =>
    {
        using IDisposable noGradient = inference_mode();
        using TorchSharp.DisposeScope scope = NewDisposeScope();
        int side = Adapter.Preprocessing.ImageSize;
        var values = new float[pixels.Count * side * side];
        for (int i = 0; i < pixels.Count; i++)
        {
            pixels[i].CopyTo(values.AsSpan(i * side * side));
        }

        Tensor images = tensor(values, [pixels.Count, 1, side, side], device: classifier.Encoder.cls_token.device);
        float[] logits = [.. classifier.Forward(images, ForwardPass.Evaluation).to(ScalarType.Float32).cpu().data<float>()]; // (B, F)
        return logits.Chunk(Findings.Count).ToArray();
    });

    /// <summary>Waits for what is being predicted; later calls throw. Disposing twice does nothing.</summary>
    public void Dispose()
    {
        if (_uses.Close())
        {
            Free();
        }
    }

    /// <inheritdoc cref="Dispose"/>
    public async ValueTask DisposeAsync()
    {
        if (await _uses.CloseAsync().ConfigureAwait(false))
        {
            Free();
        }
    }

    private void Free()
    {
        _exact?.Dispose();
        lock (_backbone.Gate)
        {
            if (_isShared)
            {
                _classifier.Dispose();
            }
            else
            {
                _classifier.DisposeAllButEncoder();
            }
        }

        if (_isShared)
        {
            _backbone.Release();
        }
        else
        {
            _backbone.Dispose();
        }
    }

    private static Func<Projection, Projection> Exact(VisionTransformer rounded, VisionTransformer exact)
    {
        var pairs = rounded.Projections().Zip(exact.Projections()).ToDictionary(p => p.First, p => p.Second);
        return projection => pairs[projection];
    }
}
