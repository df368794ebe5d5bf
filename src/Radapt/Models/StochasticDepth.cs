using Radapt.Compute;

namespace Radapt.Models;

/// <summary>
/// Skips a residual branch for some samples of a batch while training (Huang et al. 2016). Kept samples are scaled by 1 / keep, so
/// evaluation needs no correction. Both branches of a block share a rate and draw independently.
/// </summary>
internal sealed class StochasticDepth(int block, double rate)
{
    /// <summary>Probability that a sample skips the branch.</summary>
    public double Rate { get; } = rate;

    /// <summary>The rate of every block: linear from 0 in the first to <paramref name="last"/> in the last.</summary>
    public static double[] Rates(double last, int depth) =>
        [.. Enumerable.Range(0, depth).Select(i => depth == 1 ? 0 : last * i / (depth - 1))];

    /// <summary>The factor of every sample of a branch: 0 where it is skipped, 1 / keep elsewhere.</summary>
    /// <param name="samples">B</param>
    /// <param name="pass">Whether this pass trains, and its random key.</param>
    /// <param name="branchNumber">0 attention, 1 MLP</param>
    /// <returns>B factors; null: 1</returns>
    public float[]? Factors(long samples, ForwardPass pass, int branchNumber)
    {
        if (!pass.Training || Rate == 0)
        {
            return null;
        }

        var random = new KeyedRandom(pass.Seed, RandomPurpose.DropPath, pass.Step, block, branchNumber);
        var factors = new float[samples];
        for (int sample = 0; sample < factors.Length; sample++)
        {
            factors[sample] = random.NextDouble() < Rate ? 0 : (float)(1 / (1 - Rate));
        }

        return factors;
    }
}
