using Radapt.Adaptation;
using Radapt.Recipes;

namespace Radapt.Training;

/// <summary>What a run takes: measured on one update, and counted. Nothing is changed.</summary>
/// <param name="recipe">Its recipe.</param>
/// <param name="classifier">Its model.</param>
/// <param name="images">Its images.</param>
/// <param name="features">Features that are computed once; null: none are.</param>
internal sealed class RunCost(Recipe recipe, Classifier classifier, RunImages images, FeatureCache? features)
{
    /// <summary>All of it at most, in training batches: training, validations and test.</summary>
    public double Batches
    {
        get
        {
            int validations = ValidationPlan.Count(recipe.Optimisation.Epochs, recipe.Validation.Every);
            int choosing = images.Choosing.Images.Items.Count;
            double left = features?.ShareLeft ?? 1;
            double evaluated = (left * validations * choosing) + images.Data.Val.Items.Count + (images.Data.Test?.Items.Count ?? 0)
                + (features is null ? 0 : images.Data.Train.Items.Count + choosing);
            double training = left * recipe.Optimisation.Epochs * images.Train.BatchesPerEpoch;
            return training + (evaluated / recipe.Optimisation.BatchSize / ValidationPlan.PassesOfTraining(recipe));
        }
    }

    /// <summary>Updates of a run that early stopping does not end.</summary>
    public long PlannedUpdates => recipe.Method.Definition.Probe is not null ? 0
        : (long)recipe.Optimisation.Epochs * Math.Max(1, images.Train.BatchesPerEpoch / recipe.Optimisation.Accumulate);

    /// <summary>Images of a batch: no more than there are.</summary>
    public int ImagesOfABatch => images.Train.BatchSize;

    /// <summary>Time of the whole run at most, from one measured update.</summary>
    public TimeSpan Estimate(CancellationToken cancellation)
    {
        using ClassificationTask task = NewTask();
        return StepTiming.OneBatch(task, recipe.Seed, cancellation) * Batches;
    }

    /// <summary>
    /// Time of an update by itself, with everything allocated that training allocates, so that the memory of this process is then that of a
    /// run. No tensor is changed.
    /// </summary>
    public TimeSpan MeasureUpdate(CancellationToken cancellation)
    {
        using ClassificationTask task = NewTask();
        using Optimizer? optimizer = recipe.Method.Definition.Probe is not null ? null
            : Optimizer.Create(recipe.ForOptimizer(), task.Trained, classifier.Encoder.Kernels.Path);
        return StepTiming.OneBatch(task, recipe.Seed, cancellation, optimizer);
    }

    private ClassificationTask NewTask() => new(classifier, images.Train, images.Choosing, recipe, best: null);
}
