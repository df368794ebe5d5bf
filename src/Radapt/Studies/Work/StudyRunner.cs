using Radapt.Compute;
using Radapt.Datasets.Splits;
using Radapt.Imaging.Dicom.Codecs;
using Radapt.Options;
using Radapt.Recipes;
using Radapt.Runs;
using Radapt.Studies.Design;
using Radapt.Studies.Planning;
using Radapt.Training;

namespace Radapt.Studies.Work;

/// <summary>
/// Does the cells of a study. A cell that is complete is not done again, one that was begun goes on, and one that another process works on
/// is left to it.
/// </summary>
/// <param name="folder">The study's folder.</param>
/// <param name="cells">The cells to do.</param>
internal sealed class StudyRunner(StudyFolder folder, IReadOnlyList<StudyCell> cells)
{
    // Forward passes that training on an image costs, about; the time of a run's files, in such passes.
    private const double PassesOfTraining = 3, PassesOfARun = 150;
    private const double UsualEpochs = 30, UsualImages = 1000;

    private readonly CellClaims _claims = new(folder.Claims);

    /// <summary>Where DICOM files in JPEG-LS and JPEG 2000 are decoded; null: in processes of its own.</summary>
    public CodecProcess? Codecs { get; init; }

    /// <summary>Sets the threads of the tensor kernels for the thread that calls it.</summary>
    public Action<int>? UseThreads { get; init; }

    /// <summary>Called on each thread before its first cell.</summary>
    public Action? OnThread { get; init; }

    /// <summary>Told what happens to the cells, one call at a time.</summary>
    public Action<CellEvent>? OnEvent { get; init; }

    /// <summary>Whether cells that failed are tried again.</summary>
    public bool RetriesFailed { get; init; }

    /// <summary>Whether to wait for cells that other processes work on, and take them over if those end.</summary>
    public bool WaitsForOthers { get; init; } = true;

    /// <summary>A job that must be done before cells that start from weights; null: none.</summary>
    public Job? Before { get; init; }

    /// <summary>What a cell costs, in any unit; null: guessed from epochs and the label fraction.</summary>
    public Func<StudyCell, double>? Cost { get; init; }

    /// <summary>Whether the first failure ends all, and is thrown.</summary>
    public bool StopsAtFailure { get; init; }

    /// <summary>Does all cells.</summary>
    /// <param name="atATime">Cells at a time, each on a thread of its own.</param>
    /// <param name="cancellation">Stops; what is done is kept.</param>
    /// <returns>The cells that failed, by name, with why.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public IReadOnlyDictionary<string, CellFailure> Run(int atATime, CancellationToken cancellation)
    {
        if (RetriesFailed)
        {
            foreach (StudyCell cell in cells)
            {
                File.Delete(folder.FailureOf(cell.Name));
            }
        }

        (StudyCell Cell, Job Job)[] jobs =
        [
            .. cells.Select(cell => (Cell: cell, Cost: (Cost ?? GuessCost)(cell)))
                .OrderBy(c => Repeat(c.Cell)) // all cells once before any is repeated
                .ThenByDescending(c => c.Cost) // so that no thread waits for a long one at the end
                .Select(c => (c.Cell, JobOf(c.Cell, c.Cost))),
        ];
        var queue = new JobQueue([.. Before is null ? [] : new[] { Before }, .. jobs.Select(j => j.Job)], atATime)
        {
            WaitsForOthers = WaitsForOthers,
            OnThread = OnThread,
            OnProgress = p => OnEvent?.Invoke(new CellEvent(CellEventKind.Progress, null) { Progress = p }),
            OnFailure = StopsAtFailure ? null
                : (job, error) => Array.Find(jobs, j => ReferenceEquals(j.Job, job)).Cell is { } cell && Fail(cell, error),
        };
        foreach ((StudyCell cell, _) in jobs.Where(j => j.Job.IsDone))
        {
            _claims.Clear(cell.Name);
        }

        queue.Run(cancellation);
        return Failures();
    }

    /// <summary>The cells that failed, by name, with why.</summary>
    public IReadOnlyDictionary<string, CellFailure> Failures() => cells
        .Where(c => folder.StateOf(c) == CellState.Failed)
        .ToDictionary(c => c.Name, c => CellFailure.Read(folder.FailureOf(c.Name))!);

    private static bool Needs(StudyCell cell) => !cell.Given.Value((ModelOptions m) => m.FromScratch);

    private bool IsSettled(StudyCell cell) => folder.StateOf(cell) is CellState.Complete or CellState.Failed;

    // How many cells before it differ in nothing but the seed.
    private int Repeat(StudyCell cell) => cells.Where(cell.IsRepeatOf).TakeWhile(c => c != cell).Count();

    private Job JobOf(StudyCell cell, double cost) => new(cell.Title, cost, stop => Do(cell, stop), Needs(cell) ? Before : null)
    {
        IsDone = IsSettled(cell),
        Claim = () => _claims.TryTake(cell.Name),
        IsSettled = () => IsSettled(cell),
    };

    private static double GuessCost(StudyCell cell)
    {
        LabelFraction labels = cell.Given.Data.LabelFraction;
        double images = labels.Share * UsualImages ?? labels.Images ?? labels.Each!.Value * 2;
        double epochs = cell.Given.Value((OptimisationOptions o) => o.Epochs, (int)UsualEpochs);
        bool isProbe = cell.Given.Method.Definition.Probe is not null;
        return PassesOfARun + images + (isProbe ? 0 : PassesOfTraining * images * epochs);
    }

    private void Do(StudyCell cell, CancellationToken stop)
    {
        OnEvent?.Invoke(new CellEvent(CellEventKind.Started, cell));
        folder.Note(cell);
        Train(cell, stop);
        OnEvent?.Invoke(new CellEvent(CellEventKind.Finished, cell));
    }

    private void Train(StudyCell cell, CancellationToken stop)
    {
        var run = new RunFolder(folder.RunOf(cell.Name));
        bool resume = run.IsUnfinished && File.Exists(run.RecipeFile);
        using FineTuning fineTuning = FineTuning.PrepareTelling(
            resume ? [cell.Places, RecipeFile.ReadBegun(run.RecipeFile)] : Layers(cell), Codecs, headers: null, MemoryBound.Require);
        UseThreads?.Invoke(fineTuning.Recipe.Compute.Threads);
        fineTuning.Run(run.Path, resume, new Forward(cell, OnEvent), cancellation: stop);
    }

    /// <summary>What a cell's run is given, with what all cells share where a cell leaves it open.</summary>
    public IReadOnlyList<RecipeLayer> Layers(StudyCell cell)
    {
        PartialRecipe given = cell.Given;
        (bool hasPrecision, bool hasProducts) = (given.Has((ComputeOptions c) => c.Precision), given.Has((ComputeOptions c) => c.Products));
        if ((hasPrecision && hasProducts) || given.Value((ComputeOptions c) => c.Device) != DeviceKind.Cpu)
        {
            return [.. cell.Layers];
        }

        string asked = hasPrecision ? given.Value((ComputeOptions c) => c.Precision).Spelled() : Automatic.Word;
        ProductChoice choice = folder.Products(asked);
        var shared = new Dictionary<string, string>();
        if (!hasPrecision)
        {
            shared[OptionTable.Find((ComputeOptions c) => c.Precision).Name] = choice.Precision;
        }

        if (!hasProducts)
        {
            shared[OptionTable.Find((ComputeOptions c) => c.Products).Name] = choice.Products;
        }

        return [RecipeLayer.From(shared, "the study's probe of the processor"), .. cell.Layers];
    }

    private bool Fail(StudyCell cell, Exception error)
    {
        if (RunLock.IsOthers(new RunFolder(folder.RunOf(cell.Name)).StateFolder))
        {
            return true; // radapt finetune works in its folder: whoever comes next finds it complete, or goes on
        }

        var failure = CellFailure.From(error);
        failure.Write(folder.FailureOf(cell.Name));
        OnEvent?.Invoke(new CellEvent(CellEventKind.Failed, cell) { Failure = failure, Error = error });
        return true;
    }

    private sealed class Forward(StudyCell cell, Action<CellEvent>? onEvent) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => onEvent?.Invoke(new CellEvent(CellEventKind.Training, cell) { Training = value });
    }
}
