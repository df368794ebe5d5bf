using Radapt.Compute;
using static TorchSharp.torch;

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

    /// <summary>tokens + mask x branch.</summary>
    /// <param name="tokens">(B, N, C)</param>
    /// <param name="branch">(B, N, C)</param>
    /// <param name="pass">Whether this pass trains, and its random key.</param>
    /// <param name="branchNumber">0 attention, 1 MLP</param>
    public Tensor Add(Tensor tokens, Tensor branch, ForwardPass pass, int branchNumber)
    {
        if (!pass.Training || Rate == 0)
        {
            return tokens.Plus(branch);
        }

        var random = new KeyedRandom(pass.Seed, RandomPurpose.DropPath, pass.Step, block, branchNumber);
        var mask = new float[branch.shape[0]];
        for (int sample = 0; sample < mask.Length; sample++)
        {
            mask[sample] = random.NextDouble() < Rate ? 0 : (float)(1 / (1 - Rate));
        }

        return tokens.PlusProduct(branch.to(tokens.dtype), tensor(mask, tokens.dtype, branch.device).view(-1, 1, 1)); // mask: (B, 1, 1)
    }
}
