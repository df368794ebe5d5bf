using System.Diagnostics;
using Radapt.Datasets.Phantoms;
using Radapt.Pretraining;
using Radapt.Recipes;
using Radapt.Runs;
using Radapt.Studies.Comparison;

namespace Radapt.Studies.Demo;

/// <summary>
/// The paper's question on synthetic radiographs, with nothing but this program: a small transformer is pre-trained as a masked autoencoder
/// on images without labels, and adapted with 1, 10 and 100 % of the labels of others.
/// </summary>
/// <param name="folder">Where everything is kept.</param>
/// <param name="size">How much is done.</param>
internal sealed class DemoStudy(DemoFolder folder, DemoSize size)
{
    private const double PassesOfMasking = 1.1; // training with three of four patches masked, in forward passes of the whole
    private const long UnlabelledSeed = 1, LabelledSeed = 0;

    private readonly ComparisonPlan _plan = new(folder.Labelled, folder.Runs, DemoRecipe.Methods(folder.Pretraining), size.Fractions,
        DemoRecipe.Common(size), PhantomBackbone.Architecture);

    /// <summary>What is compared.</summary>
    public ComparisonPlan Plan => _plan;

    /// <summary>Told how far it is; one call at a time.</summary>
    public Action<JobProgress>? OnProgress { get; init; }

    /// <summary>Called on each thread that trains, before it does.</summary>
    public Action? OnThread { get; init; }

    /// <summary>Does what is left to do, then writes page and figures.</summary>
    /// <param name="threads">Runs at a time, each on one thread; their number changes no figure.</param>
    /// <param name="cancellation">Stops; a later session with the same folder goes on.</param>
    /// <exception cref="RadaptException">The folder is another's or cannot be written.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public DemoResult Run(int threads, CancellationToken cancellation)
    {
        folder.Begin(size);
        var watch = Stopwatch.StartNew();
        WriteImages(folder.Unlabelled, DemoSize.Phantoms(size.Unlabelled, UnlabelledSeed, masks: false), threads, cancellation);
        WriteImages(folder.Labelled, DemoSize.Phantoms(size.Labelled, LabelledSeed, masks: true), threads, cancellation);
        double cost = PassesOfMasking * size.Unlabelled * size.PretrainingEpochs;
        var pretraining = new Job("pre-training as a masked autoencoder", cost, Pretrain)
        {
            IsDone = RunRecord.IsComplete(folder.Pretraining),
        };
        (int, int, int) images = (size.Labelled * 6 / 10, size.Labelled * 2 / 10, size.Labelled * 2 / 10);
        IReadOnlyList<Job> jobs = [pretraining, .. new MethodComparison(_plan).Jobs(pretraining, images)];
        new JobQueue(jobs, threads) { OnProgress = OnProgress, OnThread = OnThread }.Run(cancellation);
        OnThread?.Invoke(); // the heat maps are computed on this one
        var result = new DemoResult(folder, size, ComparisonTable.Read(_plan), jobs.Any(j => j.IsDone) ? null : watch.Elapsed);
        folder.Write(result.ToJson());
        new DemoPage(result, _plan).Write();
        return result;
    }

    private static void WriteImages(string target, PhantomOptions options, int threads, CancellationToken cancellation)
    {
        if (!Directory.Exists(target)) // it appears whole or not at all
        {
            PhantomSet.Write(target, options with { Threads = threads }, cancellation: cancellation);
        }
    }

    private void Pretrain(CancellationToken stop)
    {
        var run = new RunFolder(folder.Pretraining);
        var given = new Dictionary<string, string>(DemoRecipe.Pretraining(size)) { ["images"] = Path.Combine(folder.Unlabelled, "images") };
        using MaskedPretraining pretraining =
            MaskedPretraining.Prepare([RecipeLayer.From(given, "the demo", PretrainingRecipe.MaeCatalogue)]);
        pretraining.Run(run.Path, resume: run.IsUnfinished && File.Exists(run.RecipeFile), cancellation: stop);
    }
}
