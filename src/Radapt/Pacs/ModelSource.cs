using Radapt.Compute;

namespace Radapt.Pacs;

/// <summary>Where a model comes from.</summary>
/// <param name="Run">Run folder, folder of a cross-validation, or adapter file, as it was named.</param>
/// <param name="Members">The run itself, or the folds of the cross-validation, and how each computes.</param>
/// <param name="Weights">Where the base weights are now; null: where they were in training.</param>
/// <param name="ForceWeights">Take base weights that are not those of training too, where they fit.</param>
internal sealed record ModelSource(
    string Run, IReadOnlyList<(string Run, ComputePlan Plan)> Members, string? Weights = null, bool ForceWeights = false);
