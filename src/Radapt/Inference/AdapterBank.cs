using Radapt.Adaptation.Files;
using Radapt.Compute;
using Radapt.Imaging;

namespace Radapt.Inference;

/// <summary>
/// Named models that are added, replaced and removed while any number of callers ask them. Those that were trained on the same base
/// weights, and leave these as they are, share one <see cref="Backbone"/>, whose memory is freed with the last of them; each has its own
/// merged projections, adapter and head. Requests for several models may be computed one after the other in one batch. An answer is bit
/// for bit that of a <see cref="Predictor"/> of its own.
/// </summary>
/// <remarks>
/// LoRA, DoRA, AdaLoRA, IA3, prompts (vpt), houlsby, parallel, linear, ridge, logistic and knn leave the base weights as they are. full,
/// last-k, bitfit and norm change them: such a model has weights of its own.
/// </remarks>
public sealed class AdapterBank : IDisposable, IAsyncDisposable
{
    private readonly PredictorOptions _options;
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _changing = new(1); // one change at a time; requests go on
    private readonly Dictionary<string, Ensemble> _models = new(StringComparer.Ordinal);
    private bool _isDisposed;

    /// <summary>A bank without models.</summary>
    /// <param name="options">How models are opened; the queue limit and the batches are those of each backbone.</param>
    public AdapterBank(PredictorOptions? options = null) => _options = options ?? new PredictorOptions();

    /// <summary>The names of the models, sorted.</summary>
    public IReadOnlyList<string> Names
    {
        get
        {
            lock (_lock)
            {
                return [.. _models.Keys.Order(StringComparer.Ordinal)];
            }
        }
    }

    /// <summary>What the adapter file of a model says about itself; null: there is no model of this name.</summary>
    public AdapterDescription? Find(string name) => Model(name)?.Members[0].Adapter;

    /// <summary>Opens a model and puts it into the bank under a name. A model that had the name answers what it was asked before.</summary>
    /// <param name="name">What requests call it.</param>
    /// <param name="runOrAdapter">Run folder or <c>adapter.safetensors</c>.</param>
    /// <param name="cancellation">Ends waiting for another change.</param>
    /// <returns>Whether it replaced another.</returns>
    /// <exception cref="RadaptException">It cannot be opened; the bank is as it was.</exception>
    /// <exception cref="ObjectDisposedException">The bank was disposed.</exception>
    public Task<bool> SetAsync(string name, string runOrAdapter, CancellationToken cancellation = default) =>
        SetAsync(name, [runOrAdapter], onlyOnSharedWeights: false, cancellation);

    /// <summary>The same for the mean of several runs of the same findings, such as the folds of a cross-validation.</summary>
    /// <param name="name">What requests call it.</param>
    /// <param name="runs">Run folders or adapter files.</param>
    /// <param name="onlyOnSharedWeights">Refuse what does not fit base weights in the bank: no path that a file names is opened.</param>
    /// <param name="cancellation">Ends waiting for another change.</param>
    internal async Task<bool> SetAsync(
        string name, IReadOnlyList<string> runs, bool onlyOnSharedWeights, CancellationToken cancellation)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        await _changing.WaitAsync(cancellation).ConfigureAwait(false);
        Ensemble? before;
        try
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            Ensemble model = await WorkerThread.Opening
                .RunAsync(() => Open(runs, onlyOnSharedWeights), CancellationToken.None).ConfigureAwait(false);
            lock (_lock)
            {
                before = _models.GetValueOrDefault(name);
                _models[name] = model;
                Log(name, before is null ? "added" : "replaced");
            }

            if (before is not null)
            {
                await DisposeAsync(before).ConfigureAwait(false);
            }
        }
        finally
        {
            _changing.Release();
        }

        return before is not null;
    }

    /// <summary>Removes a model once it has answered what it was asked.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="cancellation">Ends waiting for another change.</param>
    /// <returns>Whether there was one of this name.</returns>
    public async Task<bool> RemoveAsync(string name, CancellationToken cancellation = default)
    {
        await _changing.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            Ensemble? model;
            lock (_lock)
            {
                if (!_models.Remove(name, out model))
                {
                    return false;
                }

                Log(name, "removed");
            }

            await DisposeAsync(model).ConfigureAwait(false);
            return true;
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Asks a model about an image.</summary>
    /// <param name="name">The model's name.</param>
    /// <param name="image">A file, or an image in memory.</param>
    /// <param name="scoreAll">Also score an image that is not what the model was trained on.</param>
    /// <param name="cancellation">Ends waiting; what is being computed is finished.</param>
    /// <exception cref="RadaptException">There is no model of this name.</exception>
    /// <exception cref="ObjectDisposedException">The bank was disposed.</exception>
    public Task<Prediction> PredictAsync(
        string name, ImageSource image, bool scoreAll = false, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(image);
        return Begin(name).PredictBegunAsync(image, scoreAll, cancellation);
    }

    /// <summary>Removes all models once they have answered what they were asked; later calls throw.</summary>
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    /// <inheritdoc cref="Dispose"/>
    public async ValueTask DisposeAsync()
    {
        await _changing.WaitAsync().ConfigureAwait(false);
        try
        {
            Ensemble[] models;
            lock (_lock)
            {
                _isDisposed = true;
                models = [.. _models.Values];
                _models.Clear();
            }

            foreach (Ensemble model in models)
            {
                await DisposeAsync(model).ConfigureAwait(false);
            }
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>The model of a name, in use until <see cref="Ensemble.End"/> is called.</summary>
    /// <exception cref="RadaptException">There is none.</exception>
    internal Ensemble Begin(string name)
    {
        lock (_lock) // a model in the table is not being disposed
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            Ensemble model = _models.GetValueOrDefault(name)
                ?? throw new RadaptException($"There is no model '{name}'; there are {string.Join(", ", Names)}.");
            return model.TryBegin() ? model : throw new ObjectDisposedException(nameof(AdapterBank));
        }
    }

    private Ensemble? Model(string name)
    {
        lock (_lock)
        {
            return _models.GetValueOrDefault(name);
        }
    }

    // Backbones that were opened for these runs alone end with them: each predictor holds its own reference.
    private Ensemble Open(IReadOnlyList<string> runs, bool onlyOnSharedWeights)
    {
        var opened = new List<Backbone>();
        var members = new List<Predictor>();
        try
        {
            foreach (string run in runs)
            {
                members.Add(Open(run, opened, onlyOnSharedWeights));
                Ensemble.RequireSameFindings(members[0], members[^1]);
            }

            return new Ensemble(members, _options);
        }
        catch
        {
            members.ForEach(m => m.Dispose());
            throw;
        }
        finally
        {
            opened.ForEach(b => b.Dispose());
        }
    }

    private Predictor Open(string run, List<Backbone> opened, bool onlyOnSharedWeights)
    {
        AdapterDescription adapter = AdapterFile.Describe(run);
        if (!Backbone.CanShare(adapter) && !onlyOnSharedWeights)
        {
            return Predictor.Open(run, _options with { Backbone = null });
        }

        ComputePlan plan = _options.Plan ?? RunPlan.Read(run);
        IEnumerable<Backbone> inUse;
        lock (_lock)
        {
            inUse = [.. _models.Values.SelectMany(m => m.Members).Select(m => m.Shared).OfType<Backbone>(), .. opened];
        }

        Backbone? backbone = inUse.FirstOrDefault(b => (onlyOnSharedWeights || b.Plan == plan) && b.Fits(adapter));
        if (backbone is null)
        {
            if (onlyOnSharedWeights)
            {
                throw new RadaptException(
                    $"{run}: was trained on base weights, or for an image size, that no model here has. Start the service with a run of "
                        + "the same base weights.");
            }

            backbone = Backbone.Open(run, _options with { Plan = plan });
            opened.Add(backbone);
        }

        return Predictor.Open(run, _options with { Plan = backbone.Plan, Backbone = backbone });
    }

    private void Log(string name, string change)
    {
        if (_options.Logger is { } logger)
        {
            PredictorLog.Changed(logger, name, change, _models.Count);
        }
    }

    private static async Task DisposeAsync(Ensemble model)
    {
        foreach (Predictor member in model.Members)
        {
            await member.DisposeAsync().ConfigureAwait(false);
        }
    }
}
