using Radapt.Compute;
using Radapt.Metrics;

namespace Radapt.Tests.Metrics;

public class CalibrationTests
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(-1, 2)] // too extreme and too high: slope 1/2, intercept 1/2 of what was added
    [InlineData(0.7, 0.5)]
    public void Compute_DistortedLogits_FindsTheDistortion(double shift, double factor)
    {
        (sbyte[] labels, double[] logits) = Draw(20_000, 1);
        Calibration found = Calibration.Compute(labels, [.. logits.Select(l => shift + (factor * l))])!;
        Assert.Equal(1 / factor, found.Slope!.Value, 0.06);
        Assert.Equal(-shift / factor, found.Intercept!.Value, 0.06);
        if ((shift, factor) is (0, 1))
        {
            Assert.InRange(found.Ece, 0, 0.02);
            Assert.Equal(0, found.InterceptAtSlopeOne!.Value, 0.06);
        }
    }

    [Fact]
    public void Compute_SeparatedScores_HaveNoSlope()
    {
        Calibration found = Calibration.Compute([1, 1, 0, 0, -1], [2, 3, -1, 1, 7])!;
        Assert.Null(found.Slope);
        Assert.Equal(4, found.Images);
        Assert.NotNull(found.InterceptAtSlopeOne);
        Assert.Null(Calibration.Compute([1, 1], [2, 3])!.InterceptAtSlopeOne);
        Assert.Null(Calibration.Compute([-1], [2]));
    }

    [Fact]
    public void Fit_Maximum_HasNoGradient()
    {
        (sbyte[] labels, double[] logits) = Draw(300, 2);
        double[] targets = [.. labels.Select(l => (double)l)];
        double[] scores = [.. logits.Select(l => 40 + (9 * l))]; // far from where the search begins
        (double a, double b) = Logistic.Fit(targets, scores)!.Value;
        double[] residuals = [.. targets.Zip(scores, (t, s) => t - Logistic.Sigmoid(a + (b * s)))];
        Assert.Equal(0, residuals.Sum(), 1e-6);
        Assert.Equal(0, residuals.Zip(scores, (r, s) => r * s).Sum(), 1e-4);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Fit_LogitScaling_UndoesTheDistortion(int kindNumber)
    {
        var kind = (LogitScalingKind)kindNumber;
        (sbyte[] labels, double[] logits) = Draw(20_000, 3);
        double shift = kind == LogitScalingKind.Platt ? 1.5 : 0;
        double[] distorted = [.. logits.Select(l => shift + (3 * l))];
        LogitScaling scaling = LogitScaling.Fit(kind, labels, distorted)!;
        Assert.Equal(1 / 3.0, scaling.Slope, 0.02);
        Calibration after = Calibration.Compute(labels, [.. distorted.Select(scaling.Apply)])!;
        Assert.True(after.Ece < Calibration.Compute(labels, distorted)!.Ece / 3);
        Assert.Equal(1, after.Slope!.Value, 0.01);
        Assert.Equal(kind == LogitScalingKind.Temperature ? 1 / scaling.Slope : null, scaling.Temperature);
    }

    [Fact]
    public void Fit_ScoresThatDoNotRank_GiveNoScaling()
    {
        (sbyte[] labels, double[] logits) = Draw(400, 4);
        Assert.Null(LogitScaling.Fit(LogitScalingKind.Platt, labels, [.. logits.Select(l => -l)]));
        Assert.Null(LogitScaling.Fit(LogitScalingKind.Temperature, labels, [.. logits.Select(l => -l)]));
        Assert.Null(LogitScaling.Fit(LogitScalingKind.Platt, [1, 1], [1, 2]));
    }

    [Fact]
    public void Fit_PlattOfSeparatedScores_StaysUncertain()
    {
        LogitScaling scaling = LogitScaling.Fit(LogitScalingKind.Platt, [1, 1, 1, 0, 0, 0], [9, 8, 7, -7, -8, -9])!;
        Assert.InRange(Logistic.Sigmoid(scaling.Apply(9)), 0.75, 0.9); // about 4/5 of Platt's targets, not 1
    }

    [Theory]
    [InlineData(20, 500, 1)]
    [InlineData(19, 500, 0)]
    [InlineData(500, 10, 0)]
    [InlineData(9, 500, null)]
    public void Choose_FewCases_FitsFewerNumbers(int positives, int negatives, int? expected) =>
        Assert.Equal((LogitScalingKind?)expected, LogitScaling.Choose(positives, negatives));

    // Labels that are what the sigmoid of the logits says.
    private static (sbyte[] Labels, double[] Logits) Draw(int count, int seed)
    {
        var random = new KeyedRandom(seed, RandomPurpose.Phantom);
        var labels = new sbyte[count];
        var logits = new double[count];
        for (int i = 0; i < count; i++)
        {
            logits[i] = -0.5 + (1.5 * random.NextGaussian());
            labels[i] = (sbyte)(random.NextDouble() < Logistic.Sigmoid(logits[i]) ? 1 : 0);
        }

        return (labels, logits);
    }
}
