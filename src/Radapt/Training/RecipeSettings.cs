using Radapt.Recipes;

namespace Radapt.Training;

/// <summary>What the parts of a training need of a recipe.</summary>
internal static class RecipeSettings
{
    /// <summary>What the optimizer needs.</summary>
    public static OptimizerSettings ForOptimizer(this Recipe recipe) => new()
    {
        Kind = recipe.Optimisation.Optimizer,
        WeightDecay = recipe.Optimisation.WeightDecay,
        Momentum = recipe.Optimisation.Momentum,
        LayerDecay = recipe.Optimisation.LayerDecay,
        Depth = recipe.Model.Depth,
        Threads = recipe.Compute.Threads,
    };

    /// <summary>What the training loop needs.</summary>
    public static TrainingSettings ForTraining(this Recipe recipe) => new()
    {
        Epochs = recipe.Optimisation.Epochs,
        LearningRate = new LearningRate(recipe.Optimisation.LearningRate, recipe.Optimisation.LastRate, recipe.Optimisation.WarmupEpochs,
            recipe.Optimisation.Epochs),
        Seed = recipe.Seed,
        Accumulate = recipe.Optimisation.Accumulate,
        ClipGradients = recipe.Optimisation.ClipGradients,
        ValidateEvery = recipe.Validation.Every,
        Patience = recipe.Validation.Patience,
        KeepsBest = recipe.Validation.Select == EpochSelection.Best,
        CostOfTraining = ValidationPlan.PassesOfTraining(recipe),
    };
}
