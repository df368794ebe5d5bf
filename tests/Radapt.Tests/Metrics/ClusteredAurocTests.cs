using Radapt.Compute;
using Radapt.Metrics;

namespace Radapt.Tests.Metrics;

public class ClusteredAurocTests
{
    [Fact]
    public void Of_ClustersOfOne_IsDeLongs()
    {
        (sbyte[] labels, double[] scores, _) = Draw(80, 1, 3);
        ClusteredAuroc found = ClusteredAuroc.Compute(labels, scores, [.. Enumerable.Range(0, 80)])!;
        double[] positives = [.. scores.Where((_, i) => labels[i] == 1)];
        double[] negatives = [.. scores.Where((_, i) => labels[i] == 0)];
        double[] v10 = [.. positives.Select(p => negatives.Average(n => Kernel(p, n)))];
        double[] v01 = [.. negatives.Select(n => positives.Average(p => Kernel(p, n)))];
        Assert.Equal(BinaryMetrics.Auroc(labels, scores)!.Value, found.Auroc, 12);
        // The sum of products over clusters of one is 0 for every image but n1 x n0 of them in expectation: none has both.
        Assert.Equal(Math.Sqrt((Variance(v10) / v10.Length) + (Variance(v01) / v01.Length)), found.StandardError, 10);
    }

    [Fact]
    public void Of_RepeatedImages_KeepsTheErrorOfOne()
    {
        // Every image four times is no more information: treated as independent it would look twice as certain.
        (sbyte[] labels, double[] scores, _) = Draw(100, 1, 5);
        double one = ClusteredAuroc.Compute(labels, scores, [.. Enumerable.Range(0, 100)])!.StandardError;
        ClusteredAuroc four = ClusteredAuroc.Compute(
            [.. labels.SelectMany(l => Enumerable.Repeat(l, 4))], [.. scores.SelectMany(s => Enumerable.Repeat(s, 4))],
                [.. Enumerable.Range(0, 400).Select(i => i / 4)])!;
        Assert.Equal(one, four.StandardError, 10);
        Assert.Equal(BinaryMetrics.Auroc(labels, scores)!.Value, four.Auroc, 12);
    }

    [Fact]
    public void Of_ManyDraws_HasTheErrorThatIsSeen()
    {
        var areas = new List<double>();
        var errors = new List<double>();
        for (int seed = 0; seed < 400; seed++)
        {
            (sbyte[] labels, double[] scores, int[] clusters) = Draw(150, 3, seed);
            ClusteredAuroc found = ClusteredAuroc.Compute(labels, scores, clusters)!;
            areas.Add(found.Auroc);
            errors.Add(found.StandardError);
        }

        Assert.InRange(errors.Average() / Math.Sqrt(Variance([.. areas])), 0.88, 1.12);
    }

    [Fact]
    public void Of_OneClass_IsUndefined()
    {
        Assert.Null(ClusteredAuroc.Compute([1, 1], [0.2, 0.4], [0, 1]));
        Assert.Null(ClusteredAuroc.Compute([], [], []));
    }

    private static double Kernel(double positive, double negative) => positive > negative ? 1 : positive == negative ? 0.5 : 0;

    private static double Variance(double[] values) =>
        values.Sum(v => (v - values.Average()) * (v - values.Average())) / (values.Length - 1);

    // Images of a patient share half of their score's variance; scores have ties.
    private static (sbyte[] Labels, double[] Scores, int[] Clusters) Draw(int count, int perCluster, int seed)
    {
        var random = new KeyedRandom(seed, RandomPurpose.Bootstrap);
        var labels = new sbyte[count];
        var scores = new double[count];
        double shared = 0;
        for (int i = 0; i < count; i++)
        {
            shared = i % perCluster == 0 ? random.NextGaussian() : shared;
            labels[i] = (sbyte)(random.NextDouble() < 0.4 ? 1 : 0);
            scores[i] = Math.Round(labels[i] + shared + random.NextGaussian(), 1);
        }

        return (labels, scores, [.. Enumerable.Range(0, count).Select(i => i / perCluster)]);
    }
}
