using System.Diagnostics;
using System.Globalization;
using Radapt.Adaptation;
using Radapt.Adaptation.Files;
using Radapt.Batching;
using Radapt.Checkpoints;
using Radapt.Compute;
using Radapt.Datasets;
using Radapt.Distribution;
using Radapt.Imaging;
using Radapt.Imaging.Dicom.Codecs;
using Radapt.Inference;
using Radapt.Models;
using Radapt.Recipes;
using Radapt.Runs;
using static TorchSharp.torch;

namespace Radapt.Training;

/// <summary>
/// The main job: a recipe becomes a run. <see cref="Prepare"/> reads data and weights, decides every default and builds the classifier;
/// <see cref="Run"/> trains, tests the best epoch once and fills the run folder. Owns the model's memory.
/// </summary>
public sealed class FineTuning : IDisposable
{
    private readonly Classifier _classifier;
    private readonly ComputePlan _plan;
    private readonly CodecProcess? _codecs;
    private readonly RunImages _images;
    private readonly RunCache? _cache;
    private readonly FeatureCache? _features;
    private readonly string _baseHash;
    private readonly string? _baseLicence;
    private readonly PositionResizing? _baseResizing;
    private readonly List<string> _notes;
    private readonly Func<Recipe> _baselineRecipe;
    private RunProbe? _probe; // once the head is fitted

    private FineTuning(
        ResolvedRecipe resolved, DataSplits data, BackboneWeights? weights, CodecProcess? codecs, Func<Recipe> baselineRecipe,
        IProcessGroup group)
    {
        Recipe recipe = resolved.Recipe;
        Group = group;
        (Resolved, _codecs, _baselineRecipe) = (resolved, codecs, baselineRecipe);
        _plan = recipe.Compute.Plan;
        WeightsDescription = weights?.Description ?? $"random (seed {recipe.Seed.ToString(CultureInfo.InvariantCulture)})";
        _cache = RunCache.Open(recipe.Data, recipe.Pixels, codecs);
        _notes = [.. weights?.LeftOut() ?? [], .. data.Notes, .. _cache?.Notes ?? []];
        Preprocessing = recipe.Pixels.Preprocessing(recipe.Model.ImageSize);
        _images = new RunImages(recipe, data, Preprocessing, _cache, codecs);
        _classifier = new Classifier(recipe.Model.Shape, data.Train.Findings.Count, recipe.Model.Pooling, recipe.Model.DropPath, _plan);
        try
        {
            if (weights is null)
            {
                Initialisation.FromScratch(_classifier.Encoder, recipe.Seed);
            }
            else
            {
                weights.LoadInto(_classifier.Encoder);
            }

            _baseLicence = weights?.Licence;
            _baseResizing = weights?.Resizing;
            _baseHash = weights?.Hash() ?? $"scratch:{recipe.Seed.ToString(CultureInfo.InvariantCulture)}";
            _classifier.Head.Initialise(recipe.Seed);
            AdaptationMethod.Apply(_classifier, recipe.Method, _plan, recipe.Seed);
            Trainable = _classifier.CountTrainable();
            _features = FeatureCache.Decide(recipe, _classifier, _baseHash, group.Size, out string? note);
            note ??= _features?.Note(data.Train.Items.Count + ChoosingImages.Items.Count);
            _notes = [.. _notes, .. resolved.Notes, .. new[] { note, OtherNormalisation(recipe, weights) }.OfType<string>()];
            FrozenWeights.Hold(_classifier.Encoder, _plan);
        }
        catch
        {
            _classifier.Dispose();
            throw;
        }
    }

    /// <summary>The recipe with every value decided, and who decided each.</summary>
    public ResolvedRecipe Resolved { get; }

    /// <summary>The recipe.</summary>
    public Recipe Recipe => Resolved.Recipe;

    /// <summary>The images.</summary>
    public DataSplits Data => _images.Data;

    /// <summary>The validation images that choose the epoch: all of them, or a balanced part.</summary>
    public LabelledImages ChoosingImages => _images.Choosing.Images;

    /// <summary>Images that <see cref="CheckPixels"/> decoded; null: none, since it was not asked for, or the run was resumed.</summary>
    public int? CheckedImages => _images.Check?.Checked;

    /// <summary>How many of the run's images cannot be read and are left out, as far as it was looked at.</summary>
    internal int UnreadableImages => _images.Check?.Unreadable.Count ?? 0;

    /// <summary>The images as batches, and what a look at all pixels found.</summary>
    internal RunImages Images => _images;

    /// <summary>
    /// The mean AUROC up to which <see cref="ChoosingImages"/> cannot tell a score from chance: random scores stay below in 95 % of cases.
    /// </summary>
    internal double ChanceAuroc => Metrics.ChanceAuroc.Upper(ChoosingImages.CountLabels().Select(c => (c.Positives, c.Negatives)));

    /// <summary>The run folder names images by codes under a key, since the data knows patients.</summary>
    internal bool HidesNames => Recipe.Data.Key is not null || (Data.KnowsPatients && !Recipe.Data.PlainNames);

    /// <summary>What ridge regression on frozen features reaches, once it is measured; null: it is not asked for.</summary>
    internal RunBaseline? Baseline { get; private set; }

    /// <summary>What the weights were recognised as.</summary>
    public string WeightsDescription { get; }

    /// <summary>
    /// Lines to show: tensors and rows that are not used, and why; what a cache does, and what went wrong with it so far.
    /// </summary>
    public IReadOnlyList<string> Notes =>
    [
        .. _notes, .. _cache?.Problems ?? [], .. new[] { _features?.Problem }.OfType<string>(), .. _images.Notes,
    ];

    /// <summary>How much is trained.</summary>
    public TrainableCount Trainable { get; }

    /// <summary>Which kernels ran so far, and why: complete after <see cref="Estimate"/>, but for the update.</summary>
    public ExecutionPath ExecutionPath => UsedKernels.Describe(Resolved.Values, _plan, _classifier.Encoder.Kernels.Path);

    /// <summary>The evaluation transform.</summary>
    public Preprocessing Preprocessing { get; }

    /// <summary>Hash of the base weights' tensors; <c>scratch:SEED</c> for random ones.</summary>
    internal string BaseHash => _baseHash;

    /// <summary>The processes that train together.</summary>
    internal IProcessGroup Group { get; }

    /// <summary>Told the number of updates done, after each.</summary>
    internal Action<long>? OnUpdate { get; set; }

    /// <summary>Reads data and weights, decides every default, builds the classifier.</summary>
    /// <param name="layers">What was given; the first beats the second, such as the command line before a recipe.</param>
    /// <param name="codecs">Where DICOM files in JPEG-LS and JPEG 2000 are decoded; null: in processes of its own. The
    /// caller disposes it, after this.</param>
    /// <exception cref="RadaptException">Anything is wrong with what was given.</exception>
    public static FineTuning Prepare(IReadOnlyList<RecipeLayer> layers, CodecProcess? codecs = null) =>
        PrepareTelling(layers, codecs, null);

    /// <inheritdoc cref="Prepare"/>
    /// <param name="layers">What was given.</param>
    /// <param name="codecs">Where DICOM files in JPEG-LS and JPEG 2000 are decoded.</param>
    /// <param name="headers">Told how many files' headers were read, of how many; calls come from several threads.</param>
    /// <param name="onResolved">Told the recipe before the model is built; an exception ends it.</param>
    /// <param name="group">The processes that train together; null: this one.</param>
    internal static FineTuning PrepareTelling(IReadOnlyList<RecipeLayer> layers, CodecProcess? codecs,
        IProgress<(int Read, int Files)>? headers, Action<Recipe>? onResolved = null, IProcessGroup? group = null)
    {
        group ??= SingleProcess.Instance;
        ProcessTuning.BeforeTensors();
        var given = PartialRecipe.Merge(layers);
        RunFacts.RequireDevice(given);
        string? path = given.Value((ModelOptions m) => m.Weights);
        using BackboneWeights? weights = path is null || given.Value((ModelOptions m) => m.FromScratch) ? null
            : BackboneWeights.Open(path, given.Value((ModelOptions m) => m.Dialect), given.Value((ModelOptions m) => m.Copy));
        DataSplits data = DataReader.Read(given.Data with { Headers = headers });
        RecipeFacts facts = RunFacts.Gather(given, data, weights, codecs) with
        {
            Ranks = group.Size,
            RanksSharing = group.Sharing,
        };
        ResolvedRecipe resolved = RecipeResolver.Resolve(given, facts);
        onResolved?.Invoke(resolved.Recipe);
        return new FineTuning(resolved, data, weights, codecs, () => FrozenBaseline.Resolve(layers, facts with { Ranks = 1 }),
            group);
    }

    /// <summary>
    /// Takes the recipe of rank 0 and trains with it: a rank that neither writes nor reports anything. Returns when the run is complete.
    /// </summary>
    /// <param name="group">The ranks; this one is not the first.</param>
    /// <param name="recipe">What rank 0 told by <see cref="TellRecipe"/>.</param>
    /// <param name="interrupted">Asks all ranks to stop after the current update.</param>
    /// <param name="onPrepared">Told the recipe before anything is computed.</param>
    /// <exception cref="OperationCanceledException">Rank 0 reports why the run ends.</exception>
    internal static void Follow(IProcessGroup group, string recipe, Action<Recipe> onPrepared, CancellationToken interrupted)
    {
        using var codecs = new CodecProcess();
        FineTuning? prepared = null;
        try
        {
            group.Together(() => prepared = PrepareTelling([RecipeFile.Parse(recipe, "recipe of rank 0")], codecs, null, group: group));
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
    internal void TellRecipe()
    {
        Group.Share(RecipeWriter.Write(Resolved));
        Group.Together(() => { });
    }

    private static string? OtherNormalisation(Recipe recipe, BackboneWeights? weights) =>
        weights is null || (Math.Abs(recipe.Pixels.Mean - weights.Mean) < 1e-6 && Math.Abs(recipe.Pixels.Std - weights.Std) < 1e-6) ? null
        : string.Create(CultureInfo.InvariantCulture,
            $"pixels are normalised with mean {recipe.Pixels.Mean} and standard deviation {recipe.Pixels.Std} as asked, though "
                + $"these weights ({weights.Description}) were trained with {weights.Mean} and {weights.Std}");

    /// <summary>
    /// Decodes every image, where the recipe says so, and leaves out those that cannot be read; <see cref="Notes"/> then says which, and
    /// how many show hardly anything. A resumed run leaves out what it did when it began. <see cref="Run"/> does it unless it was done
    /// before.
    /// </summary>
    /// <param name="folder">The run folder; nothing is written to it yet.</param>
    /// <param name="resume">Go on with the run in the folder.</param>
    /// <param name="progress">Told how it goes.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="RadaptException">
    /// The folder cannot be used, more images cannot be read than may be left out, or too few are left.
    /// </exception>
    public void CheckPixels(string folder, bool resume = false, IProgress<TrainingProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        var run = new RunFolder(folder);
        run.RequireUsable(resume); // now, since decoding may take minutes
        _images.LookAtPixels(run, resume, progress, cancellation);
    }

    /// <summary>
    /// Measures what ridge regression on frozen features reaches, where the recipe says so; a resumed run keeps what it measured when it
    /// began. <see cref="Run"/> does it unless it was done before.
    /// </summary>
    /// <param name="folder">The run folder; nothing is written to it yet.</param>
    /// <param name="resume">Go on with the run in the folder.</param>
    /// <param name="progress">Told how it goes.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>Null: it is not asked for.</returns>
    internal RunBaseline? MeasureBaseline(string folder, bool resume = false, IProgress<TrainingProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        if (Recipe.Validation.Baseline && Baseline is null)
        {
            Baseline = (resume ? RunRecord.ReadUnlessRewritten(folder)?.Baseline : null)
                ?? FrozenBaseline.Measure(_baselineRecipe(), _images, progress, cancellation);
        }

        return Baseline;
    }

    /// <summary>
    /// How long <see cref="Run"/> will take at most, from one measured update: training, validations and test. Changes nothing.
    /// </summary>
    public TimeSpan Estimate(CancellationToken cancellation = default) => Cost.Estimate(cancellation) / Group.Size;

    /// <summary>What <see cref="Run"/> takes.</summary>
    internal RunCost Cost => new(Recipe, _classifier, _images, _features);

    /// <summary>Trains and fills the run folder.</summary>
    /// <param name="folder">An empty or new folder; with <paramref name="resume"/> that of the run to go on with.</param>
    /// <param name="resume">Go on from the folder's state, or from the start if the run ended before its first state.</param>
    /// <param name="progress">Told how it goes.</param>
    /// <param name="onEpoch">Told the result of every epoch.</param>
    /// <param name="cancellation">Stops after the current update; the state is saved.</param>
    /// <exception cref="RadaptException">The folder is not empty, data or recipe changed since, an image cannot be read, or the loss is not
    /// finite.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; resume goes on from the last update.</exception>
    public RunSummary Run(
        string folder, bool resume = false, IProgress<TrainingProgress>? progress = null, Action<EpochResult>? onEpoch = null,
            CancellationToken cancellation = default) =>
        RunSession.Run(folder, resume, Recipe, Resolved.Values, run => TrainAndTest(run, resume, progress, onEpoch, cancellation));

    private RunSummary TrainAndTest(RunFolder run, bool resume, IProgress<TrainingProgress>? progress, Action<EpochResult>? onEpoch,
        CancellationToken cancellation)
    {
        _images.LookAtPixels(run, resume, progress, cancellation); // before there is a key
        MeasureBaseline(run.Path, resume, progress, cancellation);
        NameKey names = NameKey.For(Recipe.Data, Data); // now: a key that cannot be made must not cost a night
        if (Data.Drawn.Count > 0)
        {
            DrawnSplitTable.Write(run.SplitFile, Data.Drawn, names);
        }

        SeenImages.Write(run.SeenFile, Data, names);
        _images.WriteTables(run, names);
        string fingerprint = DataFingerprint.All(Data);
        var report = new RunReport(this, run, fingerprint, _baseHash, _cache, _images.Check);
        try
        {
            return TrainAndTest(run, report, fingerprint, names, resume, progress, onEpoch, cancellation);
        }
        catch when (run.HasState)
        {
            report.WriteInterrupted();
            throw;
        }
    }

    private RunSummary TrainAndTest(RunFolder run, RunReport report, string fingerprint, NameKey names, bool resume,
        IProgress<TrainingProgress>? progress, Action<EpochResult>? onEpoch, CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        TrainerState state = Train(run, report, fingerprint, resume, progress, onEpoch, cancellation);

        // What is reported is what `evaluate` and `predict` give: the saved adapter on freshly read base weights, merged.
        _classifier.Dispose();
        ShareAdapter(run.AdapterFile);
        using Predictor predictor = OpenTrained(run.Path);
        var figures = new TrainedRunFigures(run, Recipe, _images, names, Trainable, progress, Group);
        RunSummary summary = figures.Compute(predictor, state, cancellation) with
        {
            Probe = _probe,
            Time = watch.Elapsed,
        };
        report.Write(RunStatus.Complete, state, summary);
        return summary;
    }

    private Predictor OpenTrained(string path) =>
        Predictor.Open(path, Recipe.Model.FromScratch ? null : Recipe.Model.Weights, _plan, codecs: _codecs);

    // Rank 0 has the file; the others need it to score their part of the images, and may not see the folder.
    private void ShareAdapter(string file)
    {
        if (Group.Size == 1)
        {
            return;
        }

        byte[] bytes = Group.Rank == 0 ? File.ReadAllBytes(file) : [];
        Array.Resize(ref bytes, Group.Meet(bytes.Length)[0]);
        Group.BroadcastAll(bytes);
        if (Group.Rank > 0)
        {
            File.WriteAllBytes(file, bytes);
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
                _images.Use((image, part) => leftOut.Contains(RankStart.Name(part, image.Path)) ? "left out by rank 0" : null, null);
            }

            start.RequireSame(DataFingerprint.All(Data), _baseHash);
        });
        FollowTraining(TrainerState.FromJson(start.State), interrupted);
        _classifier.Dispose();
        DirectoryInfo folder = Directory.CreateTempSubdirectory("radapt-rank-");
        try
        {
            string adapter = new RunFolder(folder.FullName).AdapterFile;
            ShareAdapter(adapter);
            using Predictor predictor = OpenTrained(adapter);
            TrainedRunFigures.Help(predictor, _images, Group);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private void FollowTraining(TrainerState state, CancellationToken interrupted)
    {
        (string, Tensor)[] trained = [.. _classifier.Trained()];
        using Optimizer optimizer = Optimizer.Create(Recipe.ForOptimizer(), trained, _classifier.Encoder.Kernels.Path);
        using WeightAverage? average = NewAverage(trained);
        Replicas replicas = NewReplicas(trained, optimizer, average);
        replicas.Send();
        optimizer.Updates = state.Updates;
        using ClassificationTask task = new(_classifier, _images.Train, _images.Choosing, Recipe, best: null) { Group = Group };
        new TrainingLoop<ImageBatch>(task, Recipe.ForTraining(), optimizer, saved: null)
        {
            Average = average,
            Group = Group,
            Replicas = replicas,
        }.Run(state, interrupted);
    }

    private WeightAverage? NewAverage((string, Tensor)[] trained) => Recipe.Validation.Select == EpochSelection.Average
        ? new WeightAverage(trained, Recipe.Optimisation.Epochs) : null;

    private Replicas NewReplicas((string, Tensor)[] trained, Optimizer optimizer, WeightAverage? average) =>
        new(Group, [.. SavedState.Tensors(trained, optimizer, _classifier.Adapters?.Schedule, average).Select(t => t.Tensor)]);

    /// <inheritdoc/>
    public void Dispose()
    {
        _features?.Dispose();
        _classifier.Dispose();
    }

    private TrainerState Train(
        RunFolder run, RunReport report, string fingerprint, bool resume, IProgress<TrainingProgress>? progress,
            Action<EpochResult>? onEpoch, CancellationToken cancellation)
    {
        using var events = new EventLog(run.Path);
        (string, Tensor)[] trained = [.. _classifier.Trained()];
        using Optimizer optimizer = Optimizer.Create(Recipe.ForOptimizer(), trained, _classifier.Encoder.Kernels.Path);
        using WeightAverage? average = NewAverage(trained);
        var saved = new SavedState(run, trained, optimizer, _classifier.Adapters?.Schedule, average);
        var own = new BestAdapter(_classifier, run.AdapterFile, Describe(Recipe.Method));
        IBestTensors best = average is null ? own : new AveragedAdapter(own, average);
        var identity = RecipeIdentity.Create(Recipe, fingerprint, _baseHash);
        TrainerState start = resume && saved.Exists ? saved.Resume(identity, best) : new TrainerState { Identity = identity };
        report.Write(RunStatus.Running);
        try
        {
            (ImageBatches train, ImageBatches choosing) = OpenFeatures(saved, start, fingerprint, progress, cancellation);
            using var task = new ClassificationTask(_classifier, train, choosing, Recipe, best) { Group = Group };
            if (Recipe.Method.Definition.Probe is not null)
            {
                return FitHead(saved, start, train, task, events, onEpoch, cancellation);
            }

            Replicas? replicas = Group.Size == 1 ? null : NewReplicas(trained, optimizer, average);
            if (replicas is not null)
            {
                RankStart.Tell(Group, start, _images.Check?.Unreadable ?? [], replicas);
            }

            var loop = new TrainingLoop<ImageBatch>(task, Recipe.ForTraining(), optimizer, saved, progress)
            {
                Average = average,
                Group = Group,
                Replicas = replicas,
                OnUpdate = (updates, loss, rate) =>
                {
                    events.Update(updates, loss, rate);
                    OnUpdate?.Invoke(updates);
                },
                OnEpoch = result =>
                {
                    events.Epoch(result);
                    onEpoch?.Invoke(result);
                },
            };
            TrainerState end = loop.Run(start, cancellation);
            _notes.AddRange(replicas?.Notes ?? []);
            return end;
        }
        finally
        {
            _features?.Dispose();
        }
    }

    // The state is that of the beginning: a resumed run finds the features, and fits again.
    private TrainerState FitHead(SavedState saved, TrainerState start, ImageBatches train, ClassificationTask task, EventLog events,
        Action<EpochResult>? onEpoch, CancellationToken cancellation)
    {
        saved.Save(start);
        var fitting = new HeadFitting(_classifier, Recipe.Method, train, task);
        EpochResult result = fitting.Run(cancellation);
        _probe = fitting.Record;
        new BestAdapter(_classifier, saved.Folder.AdapterFile, Describe(fitting.Method)).Save(result.Epoch);
        saved.Folder.WriteMetrics([result]);
        events.Epoch(result);
        onEpoch?.Invoke(result);
        return start with { Epoch = result.Epoch, BestEpoch = result.Epoch, BestScore = result.Figure("auroc"), History = [result] };
    }

    // What to train and to choose the epoch on: features where they are computed once, else the images.
    private (ImageBatches Train, ImageBatches Choosing) OpenFeatures(
        SavedState saved, TrainerState start, string fingerprint, IProgress<TrainingProgress>? progress, CancellationToken cancellation)
    {
        try
        {
            return _features?.Open(_images.Train, _images.Choosing, saved.Folder.StateFolder, fingerprint, progress, cancellation)
                ?? (_images.Train, _images.Choosing);
        }
        catch (OperationCanceledException)
        {
            saved.Save(start); // so that the folder, and with it the features that are complete, is kept
            throw;
        }
    }

    private AdapterDescription Describe(MethodOptions method) => new()
    {
        Method = method,
        Backbone = _classifier.Encoder.Shape,
        Pooling = Recipe.Model.Pooling,
        Findings = Data.Train.Findings,
        Preprocessing = Preprocessing,
        BaseWeights = Recipe.Model.FromScratch ? null : ShippedWeights.FullPath(Recipe.Model.Weights!, Environment.CurrentDirectory),
        BaseSha256 = _baseHash,
        BaseDescription = WeightsDescription,
        BaseLicence = _baseLicence,
        BaseResizing = _baseResizing,
        Accepts = TrainedImages.Accepted(Recipe.Data.Views, Data.Train, _images.Check?.Record),
        Seed = Recipe.Seed,
    };
}
