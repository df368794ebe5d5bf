using System.Diagnostics;
using System.Globalization;
using Radapt.Adaptation;
using Radapt.Batching;
using Radapt.Checkpoints;
using Radapt.Compute;
using Radapt.Datasets;
using Radapt.Distribution;
using Radapt.Imaging;
using Radapt.Imaging.Dicom.Codecs;
using Radapt.Options;
using Radapt.Pretraining.Reports;
using Radapt.Recipes;
using Radapt.Runs;
using Radapt.Training;

namespace Radapt.Pretraining;

/// <summary>
/// Pre-training on images without labels: a recipe becomes a run. <see cref="Prepare"/> finds images, reads weights, decides every default
/// and builds the model; <see cref="Run"/> trains and fills the run folder. Owns the model's memory.
/// </summary>
internal sealed class MaskedPretraining : IDisposable
{
    private readonly IMaskedObjective _objective;
    private readonly ComputePlan _plan;
    private readonly RunCache? _cache;
    private readonly FeatureProbe? _probe;
    private readonly string _baseHash;
    private readonly List<string> _notes;
    private readonly Preprocessing _preprocessing;
    private readonly PretrainingImages _images;

    private MaskedPretraining(PretrainingRecipe recipe, IReadOnlyList<ResolvedValue> values, UnlabelledImages images,
        ReportedImages? records, DataSplits? probe, BackboneWeights? weights, CodecProcess? codecs, IProcessGroup group)
    {
        (Recipe, Values, Group) = (recipe, values, group);
        _plan = recipe.Compute.Plan;
        Preprocessing encoder = recipe.Pixels.Preprocessing(recipe.Model.ImageSize);
        _preprocessing = encoder with { ImageSize = recipe.Pixels.Resize };
        _cache = RunCache.Open(recipe.Data, recipe.Pixels, codecs);
        WeightsDescription = weights?.Description ?? $"random (seed {recipe.Seed.ToString(CultureInfo.InvariantCulture)})";
        _notes = [.. weights?.LeftOut(isPretraining: true) ?? [], .. images.Notes, .. probe is null ? []
            : ProbeNotes(probe), .. _cache?.Notes ?? []];
        _images = new PretrainingImages(recipe, images,
            Batches(images.Train, _preprocessing, _cache?.Training), Batches(images.HeldOut, _preprocessing, _cache?.Evaluation));
        _probe = probe is null ? null : new FeatureProbe(
            Batches(probe.Train, encoder with { Resize = recipe.Model.ImageSize }, null),
            Batches(probe.Val, encoder with { Resize = recipe.Model.ImageSize }, null));
        var kernels = new Kernels(_plan);
        _objective = records is null ? new MaskedImageObjective(recipe, kernels) : new MaskedRecordObjective(recipe, records, kernels);
        try
        {
            _notes.AddRange(_objective.Notes);
            _objective.Initialise(recipe.Seed);
            _baseHash = weights?.Hash() ?? $"scratch:{recipe.Seed.ToString(CultureInfo.InvariantCulture)}";
            if (weights is not null)
            {
                weights.LoadInto(_objective.Autoencoder.Encoder);
                using CheckpointFile file = CheckpointFile.Open(BackboneWeights.FileIn(recipe.Model.Weights!));
                _notes.AddRange(_objective.TakeDecoders(file));
            }

            AddOverlapNote(probe);
        }
        catch
        {
            _objective.Dispose();
            throw;
        }

        ImageBatches Batches(LabelledImages set, Preprocessing preprocessing, DiskCache? disk) => new(
            set, preprocessing, recipe.Optimisation.BatchSize, recipe.Compute.LoaderThreads, ImageBatches.DefaultCacheBytes, disk, codecs)
        {
            Flips = recipe.Pixels.Flip,
            LeastCropScale = recipe.Masking.CropScale,
        };
    }

    /// <summary>The recipe with every value decided.</summary>
    public PretrainingRecipe Recipe { get; }

    /// <summary>Its values, and who decided each.</summary>
    public IReadOnlyList<ResolvedValue> Values { get; }

    /// <summary>Images learned from and held out.</summary>
    public UnlabelledImages Images => _images.Found;

    /// <summary>What the weights were recognised as.</summary>
    public string WeightsDescription { get; }

    /// <summary>Lines to show.</summary>
    public IReadOnlyList<string> Notes => [.. _notes, .. _cache?.Problems ?? [], .. _images.Notes];

    /// <summary>Images that <see cref="CheckPixels"/> decoded; null: none.</summary>
    public int? CheckedImages => _images.Check?.Checked;

    /// <summary>What a look at all pixels found in this session; null: there was no look.</summary>
    internal PixelCheck? Check => _images.Check is { Checked: not null } check ? check : null;

    /// <summary>Trained parameters of encoder and decoder.</summary>
    public (long Encoder, long Decoder) Parameters =>
        (StoredModule.CountTrained(_objective.Autoencoder.Encoder), _objective.DecoderParameters);

    /// <summary>What is done: <c>mae</c> or <c>mrm</c>.</summary>
    public string Task => _objective.Name;

    /// <summary>Which kernels ran so far, and why.</summary>
    public ExecutionPath ExecutionPath => UsedKernels.Describe(Values, _plan, _objective.Autoencoder.Encoder.Kernels.Path);

    /// <summary>The processes that train together.</summary>
    internal IProcessGroup Group { get; }

    /// <summary>Told the number of updates done, after each.</summary>
    internal Action<long>? OnUpdate { get; set; }

    /// <summary>Finds images, reads weights, decides every default, builds the model.</summary>
    /// <param name="layers">What was given; the first beats the second, such as the command line before a recipe.</param>
    /// <param name="codecs">Where DICOM files in JPEG-LS and JPEG 2000 are decoded; null: in processes of its own.</param>
    /// <param name="headers">Told how many headers were read, of how many; calls come from several threads.</param>
    /// <param name="group">The processes that train together; null: this one.</param>
    /// <exception cref="RadaptException">Anything is wrong with what was given.</exception>
    public static MaskedPretraining Prepare(IReadOnlyList<RecipeLayer> layers, CodecProcess? codecs = null,
        IProgress<(int Read, int Files)>? headers = null, IProcessGroup? group = null)
    {
        group ??= SingleProcess.Instance;
        ProcessTuning.BeforeTensors();
        var given = PartialRecipe.Merge([.. layers, PretrainingDefaults.Below(layers)]);
        RunFacts.RequireDevice(given);
        string? path = given.Value((ModelOptions m) => m.Weights);
        using BackboneWeights? weights = path is null ? null
            : BackboneWeights.Open(path, given.Value((ModelOptions m) => m.Dialect), given.Value((ModelOptions m) => m.Copy));
        long seed = given.Value((PretrainingRecipe r) => r.Seed);
        ReportedImages? records = given.Catalogue != PretrainingRecipe.MrmCatalogue ? null
            : ReportedImages.Read(
                given.Value((ReportOptions r) => r.Reports), given.Section<UnlabelledOptions>(), given.Data, seed, headers);
        UnlabelledImages images = records?.Images ?? UnlabelledImages.Find(given.Section<UnlabelledOptions>(),
            given.Value((DataOptions d) => d.Views), given.Value((DataOptions d) => d.PlainNames), seed, headers);
        DataSplits? probe = given.Value((MonitoringOptions m) => m.Probe) is not { } labelled ? null
            : DataReader.Read(new DataOptions
            {
                Data = labelled,
                ImageRoot = given.Value((MonitoringOptions m) => m.ProbeRoot),
                AllowRareFindings = true,
                PlainNames = given.Value((DataOptions d) => d.PlainNames),
            });
        RecipeFacts facts = RunFacts.Gather(given, images.AsSplits, weights, codecs) with
        {
            Findings = [],
            Ranks = group.Size,
            RanksSharing = group.Sharing,
        };
        (PretrainingRecipe recipe, IReadOnlyList<ResolvedValue> values) = PretrainingDefaults.Resolve(given, facts, records);
        return new MaskedPretraining(recipe, values, images, records, probe, weights, codecs, group);
    }

    /// <summary>
    /// Takes the recipe of rank 0 and trains with it: a rank that neither writes nor reports anything. Returns when the run is complete.
    /// </summary>
    /// <param name="group">The ranks; this one is not the first.</param>
    /// <param name="recipe">What rank 0 told by <see cref="TellRecipe"/>.</param>
    /// <param name="catalogue">The options of this kind of pre-training.</param>
    /// <param name="interrupted">Asks all ranks to stop after the current update.</param>
    /// <param name="onPrepared">Told the recipe before anything is computed.</param>
    /// <exception cref="OperationCanceledException">Rank 0 reports why the run ends.</exception>
    public static void Follow(IProcessGroup group, string recipe, OptionCatalogue catalogue,
        Action<PretrainingRecipe> onPrepared, CancellationToken interrupted)
    {
        using var codecs = new CodecProcess();
        MaskedPretraining? prepared = null;
        try
        {
            group.Together(() => prepared = Prepare([RecipeFile.Parse(recipe, "recipe of rank 0", catalogue)], codecs, null, group));
            onPrepared(prepared!.Recipe);
            prepared.Follow(interrupted);
        }
        finally
        {
            prepared?.Dispose();
        }
    }

    /// <summary>Tells the other ranks the recipe, and waits until they have read what it names; called by rank 0.</summary>
    /// <exception cref="RadaptException">A rank cannot.</exception>
    public void TellRecipe()
    {
        Group.Share(RecipeWriter.Write(Recipe, Values));
        Group.Together(() => { });
    }

    /// <summary>
    /// Decodes every image, where the recipe says so, and leaves out those that cannot be read or are blank. A resumed run leaves out what
    /// it did when it began. <see cref="Run"/> does it unless it was done before.
    /// </summary>
    /// <param name="folder">The run folder; nothing is written to it yet.</param>
    /// <param name="resume">Go on with the run in the folder.</param>
    /// <param name="progress">Told how it goes.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="RadaptException">
    /// The folder cannot be used, more images cannot be read than may be left out, or too few are left.
    /// </exception>
    public void CheckPixels(string folder, bool resume, IProgress<TrainingProgress>? progress, CancellationToken cancellation)
    {
        var run = new RunFolder(folder);
        run.RequireUsable(resume);
        _images.LookAtPixels(run, resume, progress, cancellation);
    }

    /// <summary>How long <see cref="Run"/> will take at most, from one measured update. Changes nothing.</summary>
    public TimeSpan Estimate(CancellationToken cancellation = default)
    {
        ITrainingTask<ImageBatch> task = TaskFor(null);
        TimeSpan batch = StepTiming.OneBatch(task, Recipe.Seed, cancellation);
        int measurements = ValidationPlan.Count(Recipe.Optimisation.Epochs, Recipe.Monitoring.ValidateEvery);
        const double PassesOfTraining = 3; // of a forward pass; the probe's encoder sees all patches, four times as many
        double shown = 1 / (1 - Recipe.Masking.MaskRatio);
        double evaluated = (_images.HeldOut.EvaluationBatches + (shown * (_probe?.Batches ?? 0))) / PassesOfTraining;
        return batch * (((double)Recipe.Optimisation.Epochs * _images.Train.BatchesPerEpoch) + (measurements * evaluated)) / Group.Size;
    }

    /// <summary>Trains and fills the run folder.</summary>
    /// <param name="folder">An empty or new folder; with <paramref name="resume"/> that of the run to go on with.</param>
    /// <param name="resume">Go on from the folder's state, or from the start if the run ended before its first state.</param>
    /// <param name="progress">Told how it goes.</param>
    /// <param name="onEpoch">Told the result of every epoch.</param>
    /// <param name="cancellation">Stops after the current update; the state is saved.</param>
    /// <exception cref="RadaptException">The folder is not empty, data or recipe changed since, an image cannot be read, or the loss is not
    /// finite.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; resume goes on from the last update.</exception>
    public PretrainingSummary Run(string folder, bool resume = false, IProgress<TrainingProgress>? progress = null,
        Action<EpochResult>? onEpoch = null, CancellationToken cancellation = default) =>
        RunSession.Run(folder, resume, Recipe, Values, run =>
        {
            _images.LookAtPixels(run, resume, progress, cancellation);
            return Train(run, resume, progress, onEpoch, cancellation);
        });

    /// <inheritdoc/>
    public void Dispose() => _objective.Dispose();

    private PretrainingSummary Train(RunFolder run, bool resume, IProgress<TrainingProgress>? progress, Action<EpochResult>? onEpoch,
        CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        var record = new PretrainingRecord(this, run, Fingerprint(), _baseHash);
        using var events = new EventLog(run.Path);
        PretrainedWeights weights = Weights(run.WeightsFile);
        ITrainingTask<ImageBatch> task = TaskFor(weights);
        using Optimizer optimizer = Optimizer.Create(Recipe.ForOptimizer(), task.Trained, _objective.Autoencoder.Encoder.Kernels.Path);
        var saved = new SavedState(run, task.Trained, optimizer, schedule: null);
        var identity = RecipeIdentity.Create(Recipe, record.Fingerprint, _baseHash);
        TrainerState start = resume && saved.Exists ? saved.Resume(identity, weights) : new TrainerState { Identity = identity };
        _objective.WriteFiles(run);
        record.Write(RunStatus.Running);
        Replicas? replicas = Group.Size == 1 ? null : NewReplicas(task, optimizer);
        var loop = new TrainingLoop<ImageBatch>(task, Recipe.ForTraining(), optimizer, saved, progress)
        {
            Group = Group,
            Replicas = replicas,
            OnUpdate = (updates, loss, rate) =>
            {
                events.Update(updates, loss, rate);
                OnUpdate?.Invoke(updates);
            },
            BeforeSave = result => Keep(run, result.Epoch, weights),
            OnEpoch = result =>
            {
                events.Epoch(result);
                onEpoch?.Invoke(result);
            },
        };
        try
        {
            if (replicas is not null)
            {
                RankStart.Tell(Group, start, _images.Check?.Unreadable ?? [], replicas);
            }

            TrainerState end = loop.Run(start, cancellation);
            _notes.AddRange(replicas?.Notes ?? []);
            record.Write(RunStatus.Complete, end);
            return new PretrainingSummary(run.WeightsFile, watch.Elapsed, end.History);
        }
        catch when (run.HasState)
        {
            record.WriteInterrupted();
            throw;
        }
    }

    private void Follow(CancellationToken interrupted)
    {
        RankStart start = Group.ShareRecord<RankStart>();
        Group.Together(() =>
        {
            if (start.LeftOut.Count > 0)
            {
                HashSet<string> leftOut = [.. start.LeftOut];
                _images.Use((image, part) => leftOut.Contains(RankStart.Name(part, image.Path)));
            }

            start.RequireSame(Fingerprint(), _baseHash);
        });
        TrainerState state = TrainerState.FromJson(start.State);
        ITrainingTask<ImageBatch> task = TaskFor(null);
        using Optimizer optimizer = Optimizer.Create(Recipe.ForOptimizer(), task.Trained, _objective.Autoencoder.Encoder.Kernels.Path);
        Replicas replicas = NewReplicas(task, optimizer);
        replicas.Send();
        optimizer.Updates = state.Updates;
        new TrainingLoop<ImageBatch>(task, Recipe.ForTraining(), optimizer, saved: null) { Group = Group, Replicas = replicas }
            .Run(state, interrupted);
    }

    private Replicas NewReplicas(ITrainingTask<ImageBatch> task, Optimizer optimizer) =>
        new(Group, [.. SavedState.Tensors(task.Trained, optimizer, null, null).Select(t => t.Tensor)]);

    // A checkpoint, and what the model makes of held-out images by then.
    private void Keep(RunFolder run, int epoch, PretrainedWeights weights)
    {
        bool isLast = epoch == Recipe.Optimisation.Epochs;
        bool isKept = Recipe.Monitoring.CheckpointEvery > 0 && epoch % Recipe.Monitoring.CheckpointEvery == 0;
        string name = string.Create(CultureInfo.InvariantCulture, $"epoch-{epoch}");
        if (isKept && !isLast)
        {
            Directory.CreateDirectory(run.CheckpointFolder);
            weights.Write(Path.Combine(run.CheckpointFolder, name + ".safetensors"), epoch);
        }

        if ((isKept || isLast) && Recipe.Monitoring.Pictures > 0)
        {
            Directory.CreateDirectory(run.ReconstructionFolder);
            ImageBatches shown = Images.HeldOut.Items.Count > 0 ? _images.HeldOut : _images.Train;
            ReconstructionSheet.Write(Path.Combine(run.ReconstructionFolder, name + ".png"), _objective.Autoencoder, shown,
                _preprocessing, Recipe.ForMasks(), Recipe.Monitoring.Pictures);
        }
    }

    // How small its test set is does not matter here: it is not used.
    private static IEnumerable<string> ProbeNotes(DataSplits probe)
    {
        string? small = probe.Test is null ? null : TestPrecision.Note(probe.Test);
        return probe.Notes.Where(n => n != small);
    }

    private string Fingerprint() =>
        DataFingerprint.Sets([Images.Train, Images.HeldOut, .. _probe?.Sets ?? []]) + _objective.Fingerprint;

    private ITrainingTask<ImageBatch> TaskFor(PretrainedWeights? weights) => _objective.Task(
        _images.Train, Images.HeldOut.Items.Count == 0 ? null : _images.HeldOut, weights,
        _probe is null ? null : cancellation => _probe.Measure(_objective.Autoencoder.Encoder, cancellation), Group);

    private PretrainedWeights Weights(string file) =>
        new(_objective, Recipe.Model.Shape, _preprocessing, Recipe.Optimisation.Epochs, Images.Train.Items.Count, file);

    private void AddOverlapNote(DataSplits? probe)
    {
        if (probe is null)
        {
            return;
        }

        HashSet<string> seen = [.. Images.Train.Items.Select(i => Path.GetFileName(i.Path))];
        int both = probe.Val.Items.Count(i => seen.Contains(Path.GetFileName(i.Path)));
        if (both > 0)
        {
            _notes.Add(string.Create(CultureInfo.InvariantCulture,
                $"{both:N0} of the probe's {probe.Val.Items.Count:N0} validation images have the name of an image that is learned from; "
                    + $"the probe is more optimistic than for new images. --exclude leaves them out."));
        }
    }
}
