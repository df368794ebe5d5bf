using System.Diagnostics;
using Radapt.Datasets.Phantoms;
using Radapt.Pretraining;
using Radapt.Recipes;
using Radapt.Runs;
using Radapt.Studies.Design;
using Radapt.Studies.Tables;
using Radapt.Studies.Work;

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

    // Forward passes that training on an image costs, about; the time of a run's files, in such passes.
    private const double PassesOfTraining = 3, PassesOfARun = 150;

    /// <summary>Told how it goes.</summary>
    public Action<CellEvent>? OnProgress { get; init; }

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
        StudyDesign design = DemoRecipe.Study(folder, size);
        IReadOnlyList<StudyCell> cells = StudyExpansion.Expand(design, new StudyPlaces(folder.Path, folder.Path, folder.Path, folder.Path));
        var study = new StudyFolder(folder.Path);
        study.MakeFolder();
        bool isWhole = !pretraining.IsDone && !cells.Any(study.IsComplete);
        new StudyRunner(study, cells)
        {
            Before = pretraining,
            Cost = Cost,
            OnThread = OnThread,
            OnEvent = e => OnProgress?.Invoke(e),
            StopsAtFailure = true,
        }.Run(threads, cancellation);
        OnThread?.Invoke(); // the heat maps are computed on this one
        var table = StudyTable.Read(design, cells, study, TableLayout.For(design));
        var result = new DemoResult(folder, size, table, isWhole ? watch.Elapsed : null);
        folder.Write(result.ToJson());
        new DemoPage(result, study).Write();
        return result;
    }

    // In forward passes.
    private double Cost(StudyCell cell)
    {
        DemoFraction fraction = size.Fractions.First(f => f.Labels.ToString() == cell.Levels[StudyFactor.Fraction].Key);
        double train = fraction.Labels.Share!.Value * size.Labelled * 6 / 10;
        double others = PassesOfARun + (size.Labelled * 4 / 10.0);
        return cell.Levels[StudyFactor.Method].Key == DemoRecipe.Ridge ? others + train
            : others + (PassesOfTraining * train * fraction.Epochs);
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
