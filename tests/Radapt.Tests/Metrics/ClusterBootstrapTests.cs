using Radapt.Compute;
using Radapt.Metrics;

namespace Radapt.Tests.Metrics;

public class ClusterBootstrapTests
{
    [Fact]
    public void Run_EveryReplicate_IsTheFigureOfTheRepeatedImages()
    {
        (sbyte[] labels, double[] scores, int[] clusters) = Draw(60, 3, 1);
        labels[5] = -1;
        scores[5] = double.NaN; // unknown: its score does not matter
        BootstrapReplicates found = ClusterBootstrap.Run([RankedScores.Create(labels, scores, clusters)], 20, 50, 7)[0];
        for (int r = 0; r < 50; r++)
        {
            var random = new KeyedRandom(7, RandomPurpose.Bootstrap, r);
            int[] drawn = [.. Enumerable.Range(0, 20).Select(_ => random.NextInt32(20))];
            int[] images = [.. drawn.SelectMany(c => Enumerable.Range(0, 60).Where(i => clusters[i] == c))];
            sbyte[] theirs = [.. images.Select(i => labels[i])];
            double[] their = [.. images.Select(i => scores[i])];
            Assert.Equal(BinaryMetrics.Auroc(theirs, their)!.Value, found.Auroc[r], 12);
            Assert.Equal(BinaryMetrics.AveragePrecision(theirs, their)!.Value, found.AveragePrecision[r], 12);
        }
    }

    [Fact]
    public void Run_AnyNumberOfThreads_IsTheSame()
    {
        (sbyte[] labels, double[] scores, int[] clusters) = Draw(90, 3, 2);
        RankedScores[] columns = [RankedScores.Create(labels, scores, clusters)];
        BootstrapReplicates one = ClusterBootstrap.Run(columns, 30, 200, 1, threads: 1)[0];
        Assert.Equal(one.Auroc, ClusterBootstrap.Run(columns, 30, 200, 1, threads: 3)[0].Auroc);
        Assert.Equal(one.AveragePrecision, ClusterBootstrap.Run(columns, 30, 200, 1)[0].AveragePrecision);
        Assert.NotEqual(one.Auroc, ClusterBootstrap.Run(columns, 30, 200, 2)[0].Auroc);
    }

    [Fact]
    public void Run_ResamplesWithoutAClass_AreUndefinedAndCounted()
    {
        sbyte[] labels = [1, 0, 0, 0];
        BootstrapReplicates found = ClusterBootstrap.Run(
            [RankedScores.Create(labels, [0.9, 0.1, 0.2, 0.3], [0, 1, 2, 3])], 4, 1000, 3)[0];
        (Interval? interval, int undefined) = BootstrapReplicates.Percentiles(found.Auroc, 0.95);
        Assert.Equal(new Interval(1, 1), interval);
        Assert.Equal(found.Auroc.Count(double.IsNaN), undefined);
        Assert.InRange(undefined, 270, 370); // (3/4)^4 + (1/4)^4 of 1,000 lack one of the classes
    }

    [Fact]
    public void Deviation_ManyReplicates_IsObuchowskisError()
    {
        (sbyte[] labels, double[] scores, int[] clusters) = Draw(300, 3, 4);
        BootstrapReplicates found = ClusterBootstrap.Run([RankedScores.Create(labels, scores, clusters)], 100, 4000, 5)[0];
        double error = ClusteredAuroc.Compute(labels, scores, clusters)!.StandardError;
        Assert.InRange(BootstrapReplicates.Deviation(found.Auroc) / error, 0.93, 1.07);
    }

    [Fact]
    public void Percentiles_KnownValues_AreNumpysQuantiles()
    {
        (Interval? interval, int undefined) = BootstrapReplicates.Percentiles([5, 1, double.NaN, 2, 4, 3], 0.5);
        Assert.Equal(new Interval(2, 4), interval);
        Assert.Equal(1, undefined);
        Assert.Null(BootstrapReplicates.Percentiles([double.NaN], 0.95).Interval);
    }

    [Fact]
    public void Mean_UndefinedColumns_AreLeftOutOfTheirReplicate()
    {
        double[] mean = BootstrapReplicates.Mean([[1, double.NaN, double.NaN], [3, 2, double.NaN]]);
        Assert.Equal([2, 2, double.NaN], mean);
    }

    [Fact]
    public void PValue_Differences_CountTheRarerSide()
    {
        Assert.Equal(2.0 * 2 / 6, BootstrapReplicates.PValue([1, 2, 3, -1, 5, double.NaN])!.Value, 12);
        Assert.Equal(2.0 / 5, BootstrapReplicates.PValue([1, 2, 3, 4])!.Value, 12);
        Assert.Equal(1, BootstrapReplicates.PValue([0, 0, 0])!.Value);
    }

    // Images of a patient share half of their score's variance; scores have ties.
    private static (sbyte[] Labels, double[] Scores, int[] Clusters) Draw(int count, int perCluster, int seed)
    {
        var random = new KeyedRandom(seed, RandomPurpose.Phantom);
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
