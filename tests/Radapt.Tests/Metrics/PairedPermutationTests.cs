using Radapt.Compute;
using Radapt.Metrics;

namespace Radapt.Tests.Metrics;

public class PairedPermutationTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void PValue_FewClusters_IsThatOfAllExchanges(int perCluster)
    {
        for (int seed = 0; seed < 30; seed++)
        {
            (sbyte[] labels, double[] first, double[] second, int[] clusters) = Draw(9 * perCluster, perCluster, seed);
            Assert.Equal(ByExchanging(labels, first, second, clusters),
                PairedPermutation.PValue(labels, first, second, clusters, seed: 0), 12);
        }
    }

    [Fact]
    public void PValue_ManyClusters_IsNearThatOfTheNormalApproximation()
    {
        (sbyte[] labels, double[] first, double[] second, int[] clusters) = Draw(600, 2, 4);
        double normal = PairedAuroc.Compute(labels, first, second, clusters)!.PValue!.Value;
        Assert.Equal(normal, PairedPermutation.PValue(labels, first, second, clusters, seed: 1), 0.03);
    }

    [Fact]
    public void PValue_ScoresThatRankAlike_IsOne()
    {
        (sbyte[] labels, double[] first, _, int[] clusters) = Draw(60, 1, 5);
        Assert.Equal(1, PairedPermutation.PValue(labels, first, [.. first.Select(s => Math.Exp(s) + 3)], clusters, seed: 0));
    }

    [Fact]
    public void PValue_ScoresOfOneScaled_DoesNotChange()
    {
        (sbyte[] labels, double[] first, double[] second, int[] clusters) = Draw(80, 1, 6);
        Assert.Equal(PairedPermutation.PValue(labels, first, second, clusters, seed: 0),
            PairedPermutation.PValue(labels, first, [.. second.Select(s => Math.Exp(s))], clusters, seed: 0));
    }

    [Fact]
    public void PValue_ClustersThatThisFindingLacks_ChangeNothing()
    {
        (sbyte[] labels, double[] first, double[] second, int[] clusters) = Draw(40, 2, 7);
        Assert.Equal(PairedPermutation.PValue(labels, first, second, clusters, seed: 0),
            PairedPermutation.PValue(labels, first, second, [.. clusters.Select(c => 5 * c + 3)], seed: 0));
    }

    // Straight from the definition: ranks, every way to exchange them by cluster, AUROCs.
    private static double ByExchanging(sbyte[] labels, double[] first, double[] second, int[] clusters)
    {
        (double[] a, double[] b) = (Ranks(first), Ranks(second));
        int count = clusters.Max() + 1;
        double observed = Math.Abs(Area(labels, a) - Area(labels, b));
        int extreme = 0;
        for (int signs = 0; signs < 1 << count; signs++)
        {
            bool[] swaps = [.. clusters.Select(c => (signs >> c & 1) == 1)];
            double[] x = [.. a.Select((v, i) => swaps[i] ? b[i] : v)];
            double[] y = [.. b.Select((v, i) => swaps[i] ? a[i] : v)];
            extreme += Math.Abs(Area(labels, x) - Area(labels, y)) >= observed - 1e-12 ? 1 : 0;
        }

        return extreme / (double)(1 << count);
    }

    private static double[] Ranks(double[] scores) =>
        [.. scores.Select(s => scores.Count(o => o < s) + (scores.Count(o => o == s) / 2.0))];

    private static double Area(sbyte[] labels, double[] scores) => BinaryMetrics.Auroc(labels, scores)!.Value;

    // Scores have ties.
    private static (sbyte[] Labels, double[] First, double[] Second, int[] Clusters) Draw(int count, int perCluster, int seed)
    {
        var random = new KeyedRandom(seed, RandomPurpose.Bootstrap);
        var (labels, first, second) = (new sbyte[count], new double[count], new double[count]);
        for (int i = 0; i < count; i++)
        {
            labels[i] = (sbyte)(i % 3 == 0 ? 1 : 0);
            double shared = random.NextGaussian();
            first[i] = Math.Round(labels[i] + shared + random.NextGaussian(), 1);
            second[i] = Math.Round((0.8 * labels[i]) + shared + random.NextGaussian(), 1);
        }

        return (labels, first, second, [.. Enumerable.Range(0, count).Select(i => i / perCluster)]);
    }
}
