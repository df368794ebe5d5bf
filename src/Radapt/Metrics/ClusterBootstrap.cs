using Radapt.Compute;

namespace Radapt.Metrics;

/// <summary>
/// The bootstrap over clusters: patients are drawn with replacement, each with all images (Field and Welsh, Bootstrapping clustered data,
/// Journal of the Royal Statistical Society B 69, 2007), and the percentiles of the figures are the interval (Efron and Tibshirani, An
/// introduction to the bootstrap, 1993, chapter 13). All columns see the same resamples, so differences of columns are paired.
/// </summary>
internal static class ClusterBootstrap
{
    /// <summary>Resamples and computes the figures of every column.</summary>
    /// <param name="columns">Scores over the same clusters: findings, and of each finding one column per run that is compared.</param>
    /// <param name="clusters">The number of clusters.</param>
    /// <param name="replicates">The number of resamples.</param>
    /// <param name="seed">The seed; replicate r is drawn with the key (seed, r), so any number of threads gives the same.</param>
    /// <param name="threads">Threads; 0: one per processor.</param>
    /// <returns>Per column, (replicates) values; NaN where the resample lacks a class.</returns>
    public static BootstrapReplicates[] Run(
        IReadOnlyList<RankedScores> columns, int clusters, int replicates, long seed, int threads = 0)
    {
        ArgumentNullException.ThrowIfNull(columns);
        BootstrapReplicates[] results = [.. columns.Select(_ => new BootstrapReplicates(new double[replicates], new double[replicates]))];
        if (threads == 1)
        {
            ushort[] weights = new ushort[clusters];
            for (int r = 0; r < replicates; r++)
            {
                Replicate(r, weights);
            }

            return results;
        }

        var options = new ParallelOptions { MaxDegreeOfParallelism = threads == 0 ? Environment.ProcessorCount : threads };
        Parallel.For(0, replicates, options, () => new ushort[clusters], (r, _, weights) =>
        {
            Replicate(r, weights);
            return weights;
        }, _ => { });
        return results;

        void Replicate(int r, ushort[] weights)
        {
            Draw(weights, seed, r);
            for (int c = 0; c < columns.Count; c++)
            {
                (results[c].Auroc[r], results[c].AveragePrecision[r]) = columns[c].Compute(weights);
            }
        }
    }

    /// <summary>How often each cluster is in a resample of as many clusters.</summary>
    private static void Draw(ushort[] weights, long seed, int replicate)
    {
        Array.Clear(weights);
        var random = new KeyedRandom(seed, RandomPurpose.Bootstrap, replicate);
        for (int i = 0; i < weights.Length; i++)
        {
            weights[random.NextInt32(weights.Length)]++;
        }
    }
}
