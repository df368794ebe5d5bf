using Radapt.Metrics;

namespace Radapt.Tests.Metrics;

public class ThresholdTests
{
    private static readonly sbyte[] s_labels = [1, 0, 1, 1, 0, 0, 1, 0, -1];
    private static readonly double[] s_scores = [9, 8, 7, 6, 5, 4, 3, 2, 100];

    [Theory]
    [InlineData(nameof(ThresholdRule.Youden), 0, 5.5, 3, 3)] // 3 of 4 positives, 3 of 4 negatives
    [InlineData(nameof(ThresholdRule.Sensitivity), 0.9, 2.5, 4, 1)]
    [InlineData(nameof(ThresholdRule.Sensitivity), 0.75, 5.5, 3, 3)]
    [InlineData(nameof(ThresholdRule.Specificity), 0.75, 5.5, 3, 3)]
    [InlineData(nameof(ThresholdRule.Specificity), 0.9, 8.5, 1, 4)]
    public void Choose_Rules_GiveTheirThreshold(string rule, double target, double expected, int found, int spared)
    {
        double threshold = ThresholdChoice.Choose(Enum.Parse<ThresholdRule>(rule), target, s_labels, s_scores)!.Value;
        Assert.Equal(expected, threshold, 12);
        OperatingPoint point = OperatingPoint.Compute(threshold, s_labels, s_scores, []);
        Assert.Equal(new Proportion(found, 4), point.Sensitivity);
        Assert.Equal(new Proportion(spared, 4), point.Specificity);
    }

    [Fact]
    public void Choose_HighestScoreIsNegative_CallsNobodyForPerfectSpecificity()
    {
        double threshold = ThresholdChoice.Choose(ThresholdRule.Specificity, 1, [0, 1, 0], [3, 2, 1])!.Value;
        Assert.Equal(0, OperatingPoint.Compute(threshold, [0, 1, 0], [3, 2, 1], []).PositiveValue.Trials);
    }

    [Fact]
    public void Choose_OneClass_IsUndefined() => Assert.Null(ThresholdChoice.Choose(ThresholdRule.Youden, 0, [1, 1], [1, 2]));

    [Fact]
    public void PredictiveValues_OtherPrevalence_FollowBayes()
    {
        OperatingPoint point = OperatingPoint.Compute(5.5, s_labels, s_scores, []);
        (double? positive, double? negative) = point.PredictiveValues(0.1);
        Assert.Equal(0.075 / (0.075 + 0.225), positive!.Value, 12);
        Assert.Equal(0.675 / (0.675 + 0.025), negative!.Value, 12);
        (positive, negative) = point.PredictiveValues(0.5); // that of these images
        Assert.Equal(point.PositiveValue.Value!.Value, positive!.Value, 12);
        Assert.Equal(point.NegativeValue.Value!.Value, negative!.Value, 12);
    }

    [Fact]
    public void DecisionCurve_KnownCounts_HasTheirNetBenefit()
    {
        // Vickers and Elkin: TP / N - FP / N x t / (1 - t); at .2 a false alarm weighs a quarter.
        IReadOnlyList<DecisionPoint> curve = DecisionCurve.Compute([1, 0, 1, 0], [0.9, 0.2, 0.15, 0.05])!;
        DecisionPoint at = curve[19];
        Assert.Equal(0.2, at.Threshold, 12);
        Assert.Equal((1 - 0.25) / 4, at.NetBenefit, 12);
        Assert.Equal((2 - (2 * 0.25)) / 4, at.TreatAll, 12);
        Assert.Equal(0, curve[98].NetBenefit, 12);
    }

    [Fact]
    public void SampleSize_HalfTheWidth_TakesFourTimesThePatients() =>
        Assert.Equal(400, SampleSize.For(0.1 / 1.959963984540054, 100, halfWidth: 0.05));
}
