namespace Radapt.Models;

/// <summary>
/// What a forward pass needs to know besides its tensors: whether it trains, and the key that its random draws (dropout, stochastic
/// depth) are made from, so that a pass can be repeated exactly by recomputation or resume.
/// </summary>
/// <param name="Training">Dropout and stochastic depth are on.</param>
/// <param name="Seed">The run's seed.</param>
/// <param name="Step">Number of the forward pass in the run, from 0.</param>
internal sealed record ForwardPass(bool Training, long Seed, long Step)
{
    /// <summary>A pass without anything random.</summary>
    public static ForwardPass Evaluation { get; } = new(false, 0, 0);
}
