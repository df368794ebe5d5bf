using Radapt.Adaptation;
using Radapt.Imaging;

namespace Radapt.Recipes;

/// <summary>
/// What a recipe has nothing to decide of where the head is fitted to fixed features: epochs, learning rates, augmentation, the choice of
/// an epoch. Such options may be given, since recipes are shared among methods; the run says that they are not used.
/// </summary>
internal static class ProbeDefaults
{
    /// <summary>Takes those options out of the recipe.</summary>
    public static void SetAside(RecipeChoices choices)
    {
        choices.SetAside((OptimisationOptions o) => o.Optimizer, OptimizerKind.AdamW);
        choices.SetAside((OptimisationOptions o) => o.LearningRate, 0);
        choices.SetAside((OptimisationOptions o) => o.LastRate, 0);
        choices.SetAside((OptimisationOptions o) => o.WarmupEpochs, 0);
        choices.SetAside((OptimisationOptions o) => o.Momentum, 0);
        choices.SetAside((OptimisationOptions o) => o.WeightDecay, 0);
        choices.SetAside((OptimisationOptions o) => o.LayerDecay, 1);
        choices.SetAside((OptimisationOptions o) => o.Epochs, 1);
        choices.SetAside((OptimisationOptions o) => o.Accumulate, 1);
        choices.SetAside((OptimisationOptions o) => o.ClipGradients, 0);
        choices.SetAside((OptimisationOptions o) => o.PositiveWeight, PositiveWeight.None);
        choices.SetAside("base-lr");
        choices.SetAside((ModelOptions m) => m.DropPath, 0);
        choices.SetAside((PixelOptions p) => p.Augment, Augmentation.None);
        choices.SetAside((PixelOptions p) => p.Flip, false);
        choices.SetAside((ValidationOptions v) => v.Every, 1);
        choices.SetAside((ValidationOptions v) => v.Images, null);
        choices.SetAside((ValidationOptions v) => v.Patience, 0);
        choices.SetAside((ValidationOptions v) => v.Select, EpochSelection.Last);
        choices.SetAside((ValidationOptions v) => v.Baseline, false);
        choices.SetAside((ComputeOptions c) => c.Recompute, false);
    }

    /// <summary>A line for people on options that were given and are not used; null: there are none.</summary>
    public static string? Note(MethodOptions method, IReadOnlyList<RecipeEntry> unused) => unused.Count == 0 ? null
        : $"Not used, because {method} fits the head to fixed features in one pass: "
            + string.Join(", ", unused.GroupBy(u => u.Origin).Select(g =>
                $"{string.Join(", ", g.Select(u => $"{u.Option.Name} {u.Text}"))} ({g.Key})")) + ".";
}
