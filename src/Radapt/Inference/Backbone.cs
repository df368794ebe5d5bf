using Radapt.Adaptation;
using Radapt.Adaptation.Files;
using Radapt.Compute;
using Radapt.Models;

namespace Radapt.Inference;

/// <summary>
/// Base weights in memory, in the precision that they are computed in, which several predictors share: each adds its own adapter and
/// head. It computes one forward pass at a time. The weights are freed when it was disposed and no predictor uses it any longer.
/// </summary>
public sealed class Backbone : IDisposable
{
    private readonly AdapterDescription _base;
    private readonly string? _weights;
    private readonly bool _force;
    private readonly Lock _users = new();
    private readonly ScoringThread _thread;
    private int _references = 1; // whoever opened it
    private int _isDisposed;

    private Backbone(
        VisionTransformer encoder, AdapterDescription description, string? otherBase, ComputePlan plan, PredictorOptions options)
    {
        (Encoder, _base, OtherBase, Plan, _weights, _force) = (encoder, description, otherBase, plan, options.Weights, options.Force);
        _thread = new ScoringThread(options.BatchSize, options.BatchWindow);
    }

    /// <summary>Hash of the base weights' tensors; <c>scratch:SEED</c> for random ones.</summary>
    public string BaseSha256 => _base.BaseSha256;

    /// <summary>How everything on it is computed.</summary>
    public ComputePlan Plan { get; }

    /// <summary>A line that says so where other base weights than those of training were forced, else null.</summary>
    public string? OtherBase { get; }

    /// <summary>The file of the base weights; null: they are random.</summary>
    internal string? WeightsFile => _weights ?? _base.BaseWeights;

    /// <summary>The weights; whoever computes with them holds <see cref="Gate"/>.</summary>
    internal VisionTransformer Encoder { get; }

    /// <summary>Held while something is in the encoder's slots.</summary>
    internal Lock Gate { get; } = new();

    /// <summary>Computes what predictors are asked for.</summary>
    internal ScoringThread Thread => _thread;

    /// <summary>Opens the base weights of a run.</summary>
    /// <param name="runOrAdapter">Run folder or <c>adapter.safetensors</c>: its base weights, without its adapter.</param>
    /// <param name="options">Where the weights are, and how they are computed; null: as the run says.</param>
    /// <exception cref="RadaptException">A file is missing or damaged, or the base weights are not the adapter's.</exception>
    public static Backbone Open(string runOrAdapter, PredictorOptions? options = null)
    {
        options ??= new PredictorOptions();
        ProcessTuning.BeforeTensors();
        AdapterDescription description = AdapterFile.Describe(runOrAdapter);
        AdapterFile.EnsureFits(runOrAdapter, description);
        ComputePlan plan = options.Plan ?? RunPlan.Read(runOrAdapter);
        (VisionTransformer encoder, string? otherBase) = Load(description, options.Weights, options.Force, plan);
        FrozenWeights.Round(encoder, plan);
        return new Backbone(encoder, description, otherBase, plan, options);
    }

    /// <summary>A backbone of weights that are in memory already, and belong to it from here on.</summary>
    internal static Backbone Over(AdaptedModel model, ComputePlan plan, PredictorOptions options) =>
        new(model.Classifier.Encoder, model.Description, model.OtherBase, plan, options);

    /// <summary>Whether an adapter can share base weights: its method leaves them as they are.</summary>
    internal static bool CanShare(AdapterDescription adapter)
    {
        AdaptationMethod method = adapter.Method.Definition;
        using var nowhere = new VisionTransformer(
            adapter.Backbone, 0, Classifier.HasNorm(adapter.Pooling), new Kernels(new ComputePlan("float32", "meta", 1)));
        return !method.HoldsWholeModel
            && nowhere.named_parameters().All(p => !method.IsTrained(p.name, adapter.Method, adapter.Backbone));
    }

    /// <summary>Makes sure that an adapter was trained on these base weights and leaves them as they are.</summary>
    /// <exception cref="RadaptException">It was not, or it does not.</exception>
    internal void RequireFit(string path, AdapterDescription adapter)
    {
        if (!CanShare(adapter))
        {
            throw new RadaptException(
                $"{path}: its method ({adapter.Method.Name}) changes the base weights themselves, so it cannot share them. Open it without "
                    + "a backbone.");
        }

        if (!Fits(adapter))
        {
            throw new RadaptException(
                $"{path}: was trained with other base weights, another image size, or a head that reads other tokens than this backbone "
                    + "has. Open it with a backbone of its own.");
        }
    }

    /// <summary>Whether an adapter was trained on these base weights.</summary>
    internal bool Fits(AdapterDescription adapter) => adapter.BaseSha256 == _base.BaseSha256 && adapter.Backbone == _base.Backbone
        && adapter.BaseResizing == _base.BaseResizing && Classifier.HasNorm(adapter.Pooling) == Classifier.HasNorm(_base.Pooling);

    /// <summary>The base weights in float32, for merging; null: <see cref="Encoder"/> has them. The caller disposes it.</summary>
    internal VisionTransformer? LoadExact() =>
        Plan.Type == TorchSharp.torch.ScalarType.Float32 ? null : Load(_base, _weights, _force, Plan).Encoder;

    /// <summary>Another user, which calls <see cref="Release"/> when it is done.</summary>
    /// <exception cref="ObjectDisposedException">Nobody uses it any longer.</exception>
    internal void Acquire()
    {
        lock (_users)
        {
            ObjectDisposedException.ThrowIf(_references == 0, this);
            _references++;
        }
    }

    /// <summary>Ends a use; the last one frees the weights.</summary>
    internal void Release()
    {
        lock (_users)
        {
            if (--_references > 0)
            {
                return;
            }
        }

        _thread.Dispose();
        Encoder.Dispose();
    }

    /// <summary>Ends the caller's use of it; predictors keep the weights until they are disposed.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
        {
            Release();
        }
    }

    private static (VisionTransformer Encoder, string? OtherBase) Load(
        AdapterDescription description, string? weights, bool force, ComputePlan plan)
    {
        var encoder = new VisionTransformer(description.Backbone, 0, Classifier.HasNorm(description.Pooling), new Kernels(plan));
        try
        {
            return (encoder, BackboneWeights.LoadBase(description, weights, encoder, force));
        }
        catch
        {
            encoder.Dispose();
            throw;
        }
    }
}
