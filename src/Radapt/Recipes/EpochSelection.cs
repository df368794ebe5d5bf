namespace Radapt.Recipes;

/// <summary>Which tensors a run keeps.</summary>
public enum EpochSelection
{
    /// <summary>Those of the epoch with the best validation score.</summary>
    Best,

    /// <summary>Those of the last epoch.</summary>
    Last,

    /// <summary>The mean over the last quarter of the epochs (Izmailov et al. 2018, Averaging Weights Leads to Wider Optima).</summary>
    Average,
}
