using Radapt.Runs;
using Radapt.Training;

namespace Radapt.Studies.Comparison;

/// <summary>
/// The runs of a comparison as jobs. A run that an earlier session finished is not done again; one that it began goes on.
/// </summary>
/// <param name="plan">What is compared.</param>
internal sealed class MethodComparison(ComparisonPlan plan)
{
    // Forward passes that training on an image costs, about; the time of a run's files, in such passes.
    private const double PassesOfTraining = 3, PassesOfARun = 150;

    /// <summary>The jobs of all runs.</summary>
    /// <param name="weights">The job that makes the weights of those methods that start from some.</param>
    /// <param name="images">Images for training, validation and test: what the cost is estimated by.</param>
    public IReadOnlyList<Job> Jobs(Job weights, (int Train, int Val, int Test) images) =>
    [
        .. plan.Runs.Select(run => new Job(run.Title, Cost(run, images), stop => Do(run, stop), run.Method.Weights is null ? null : weights)
        {
            IsDone = run.IsComplete,
        }),
    ];

    private static double Cost(ComparedRun run, (int Train, int Val, int Test) images)
    {
        double train = (run.Fraction.Labels.Share ?? 1) * images.Train;
        return run.Method.IsRidge ? PassesOfARun + train + images.Val + images.Test
            : PassesOfARun + images.Val + images.Test
                + (PassesOfTraining * train * int.Parse(run.Fraction.Options["epochs"], System.Globalization.CultureInfo.InvariantCulture));
    }

    private void Do(ComparedRun run, CancellationToken stop)
    {
        var folder = new RunFolder(run.Folder);
        bool resume = folder.IsUnfinished && File.Exists(folder.RecipeFile);
        using var fineTuning = FineTuning.Prepare([plan.LayerOf(run)]);
        fineTuning.Run(run.Folder, resume, cancellation: stop);
    }
}
