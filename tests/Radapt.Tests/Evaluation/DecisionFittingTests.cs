using Radapt.Compute;
using Radapt.Evaluation;
using Radapt.Metrics;
using Radapt.Runs;

namespace Radapt.Tests.Evaluation;

public class DecisionFittingTests
{
    [Fact]
    public void Fit_EnoughPatients_CalibratesAndChoosesThresholdsThatHoldElsewhere()
    {
        // Logits three times too large and 2 too high.
        DecisionRules rules = DecisionFitting.Fit(Draw(800, 1, 0.3), "validation images", ["hash"]);
        FindingRules finding = Assert.Single(rules.Findings);
        Assert.Equal(LogitScalingKind.Platt, finding.Scaling!.Kind);
        DecisionFigures other = Assert.Single(DecisionFigures.Compute(Draw(2000, 2, 0.3), rules));
        Assert.InRange(other.After!.Ece, 0, other.Before!.Ece / 2);
        Assert.InRange(other.After.Slope!.Value, 0.75, 1.3);
        Assert.InRange(other.Points[ThresholdRule.Sensitivity].Sensitivity.Value!.Value, 0.84, 0.96);
        Assert.InRange(other.Points[ThresholdRule.Specificity].Specificity.Value!.Value, 0.84, 0.96);
        OperatingPoint youden = other.Points[ThresholdRule.Youden];
        Assert.True(youden.Sensitivity.Value + youden.Specificity.Value
            > other.Points[ThresholdRule.Sensitivity].Sensitivity.Value + other.Points[ThresholdRule.Sensitivity].Specificity.Value - 0.05);
        Assert.InRange(other.Coverage!.Value.Positives.Value!.Value, 0.84, 0.96);
        Assert.InRange(other.Coverage!.Value.Negatives.Value!.Value, 0.84, 0.96);
        Assert.Equal(99, other.Curve!.Count);
    }

    [Theory]
    [InlineData(200, "Platt")]
    [InlineData(50, "Temperature")]
    public void Fit_FewerPatients_FitFewerNumbers(int images, string kind) =>
        Assert.Equal(kind, $"{DecisionFitting.Fit(Draw(images, 3, 0.3), "validation images", []).Findings[0].Scaling!.Kind}");

    [Fact]
    public void Fit_TooFewPatients_FitsNothingAndSaysWhy()
    {
        // 40 images are many, but they are of 8 patients, 6 of them with the finding in some image.
        LabelledScores scores = Draw(40, 4, 0.3) with { Patients = [.. Enumerable.Range(0, 40).Select(i => $"p{i % 8}")] };
        DecisionRules rules = DecisionFitting.Fit(scores, "validation images", []);
        Assert.Empty(rules.Findings);
        Assert.Equal("No calibration and thresholds for f: the validation images must have 10 patients with the finding and 10 without.",
            Assert.Single(DecisionFitting.Lines(rules)));
    }

    [Fact]
    public void Fit_ScoresThatDoNotRank_FitNothing()
    {
        LabelledScores scores = Draw(200, 5, 0.3);
        scores = scores with { Logits = [.. scores.Logits.Select(l => -l)] };
        Assert.Equal("the scores do not rank positives above negatives in the validation images.",
            DecisionFitting.Fit(scores, "validation images", []).NotFitted["f"]);
    }

    private static LabelledScores Draw(int images, int seed, double prevalence)
    {
        var random = new KeyedRandom(seed, RandomPurpose.Phantom);
        sbyte[] labels = [.. Enumerable.Range(0, images).Select(i => (sbyte)(i % 10 < 10 * prevalence ? 1 : 0))];
        return new LabelledScores(["f"], [.. Enumerable.Range(0, images).Select(i => $"{i}")], labels,
            [.. labels.Select(l => (float)(2 + (3 * LogOdds(l, prevalence, random.NextGaussian()))))]);
    }

    // Of two normal classes that are 1.5 standard deviations apart: what a calibrated model would say.
    private static double LogOdds(int label, double prevalence, double noise) =>
        Math.Log(prevalence / (1 - prevalence)) + ((label - 0.5) * 2.25) + (1.5 * noise);
}
