using Radapt.Metrics;

namespace Radapt.Tests.Metrics;

public sealed class MeanRocCurveTests
{
    [Fact]
    public void Compute_PerfectAndChance_LiesHalfwayBetween()
    {
        IReadOnlyList<RocPoint> perfect = [new(0, 0, 3), new(0, 1, 2), new(1, 1, 1)];
        IReadOnlyList<RocPoint> chance = [new(0, 0, 2), new(1, 1, 1)];
        IReadOnlyList<(double FalsePositiveRate, double TruePositiveRate)> mean = MeanRocCurve.Compute([perfect, chance]);
        Assert.Equal(101, mean.Count);
        Assert.All(mean, p => Assert.Equal((1 + p.FalsePositiveRate) / 2, p.TruePositiveRate, 1e-12));
    }

    [Fact]
    public void Compute_SeveralCurves_HasTheMeanOfTheirAreas()
    {
        var random = new Random(1);
        List<IReadOnlyList<RocPoint>> curves = [];
        double areas = 0;
        for (int i = 0; i < 5; i++)
        {
            sbyte[] labels = [.. Enumerable.Range(0, 400).Select(n => (sbyte)(n % 3 == 0 ? 1 : 0))];
            double[] scores = [.. labels.Select(l => l + (2 * random.NextDouble()))];
            curves.Add(RocCurve.Compute(labels, scores)!);
            areas += BinaryMetrics.Auroc(ThresholdCounts.Count(labels, scores))!.Value;
        }

        IReadOnlyList<(double X, double Y)> mean = MeanRocCurve.Compute(curves);
        double area = mean.Zip(mean.Skip(1), (a, b) => (b.X - a.X) * (a.Y + b.Y) / 2).Sum();
        Assert.Equal(areas / 5, area, 0.005); // the grid
    }
}
