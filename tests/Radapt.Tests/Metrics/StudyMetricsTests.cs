using Radapt.Metrics;

namespace Radapt.Tests.Metrics;

public class StudyMetricsTests
{
    [Fact]
    public void Compute_SeveralViews_TakeTheMaximumOfScoresAndLabels()
    {
        // Study a: 0.2 and 0.9, present in one view; b: one view; c: unknown in one view; an image without a study stands alone.
        StudyMetrics studies = StudyMetrics.Compute(
            ["Edema"], ["a", "b", "a", "c", null, "c"], [0, 0, 1, -1, 1, 0], [0.2f, 0.5f, 0.9f, 0.6f, 0.55f, 0.1f]);
        Assert.Equal(4, studies.Studies);
        Assert.Equal(new FindingMetrics("Edema", 2, 2, 0.75, (1 + (2.0 / 3)) / 2), studies.Metrics.Findings[0]); // 0.9+ 0.6- 0.55+ 0.5-
    }

    [Fact]
    public void Compute_OneImageAStudy_EqualsTheImages()
    {
        sbyte[] labels = [1, 0, -1, 1, 0, 0, 1, 1];
        float[] scores = [0.9f, 0.1f, 0.3f, 0.4f, 0.5f, 0.6f, 0.2f, 0.7f];
        MultiLabelMetrics images = MultiLabelMetrics.Compute(["a", "b"], labels, scores);
        StudyMetrics studies = StudyMetrics.Compute(["a", "b"], ["1", "2", "3", null], labels, scores);
        Assert.Equal(images.Findings, studies.Metrics.Findings);
    }

    [Fact]
    public void Compute_OrderOfImages_DoesNotMatter()
    {
        string[] names = ["a", "b", "c", "a", "b"];
        sbyte[] labels = [1, 0, 0, 1, 0];
        float[] scores = [0.3f, 0.2f, 0.8f, 0.7f, 0.6f];
        int[] order = [4, 2, 0, 3, 1];
        FindingMetrics one = StudyMetrics.Compute(["f"], names, labels, scores).Metrics.Findings[0];
        FindingMetrics other = StudyMetrics.Compute(["f"], [.. order.Select(i => names[i])], [.. order.Select(i => labels[i])],
            [.. order.Select(i => scores[i])]).Metrics.Findings[0];
        Assert.Equal(one, other);
    }

    [Fact]
    public void Compute_ScoreThatIsNoNumber_IsRefused() =>
        Assert.Throws<RadaptException>(() => StudyMetrics.Compute(["f"], ["a", "a"], [1, 1], [float.NaN, 0.5f]));
}
