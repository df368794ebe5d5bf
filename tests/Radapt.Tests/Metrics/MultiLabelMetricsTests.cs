using Radapt.Metrics;

namespace Radapt.Tests.Metrics;

public class MultiLabelMetricsTests
{
    [Fact]
    public void FindingWithOneClass_IsNamed_AndLeftOutOfTheMeans()
    {
        var metrics = MultiLabelMetrics.Compute(
            ["Edema", "Hernia", "Mass"],
            [1, 0, 1,
             0, 0, 0,
             1, -1, 0],
            [0.9f, 0.2f, 0.1f,
             0.1f, 0.3f, 0.2f,
             0.8f, 0.9f, 0.0f]);

        Assert.Equal(["Hernia"], metrics.Undefined);
        Assert.Equal(new FindingMetrics("Hernia", 0, 2, null, null), metrics.Findings[1]);
        Assert.Equal(new FindingMetrics("Edema", 2, 1, 1, 1), metrics.Findings[0]);
        Assert.Equal(0.75, metrics.MeanAuroc);
        Assert.Equal(0.75, metrics.MeanAveragePrecision);
    }

    [Fact]
    public void NoFindingWithBothClasses_HasNoMeans()
    {
        var metrics = MultiLabelMetrics.Compute(["Edema"], [1, 1], [0.9f, 0.2f]);
        Assert.Null(metrics.MeanAuroc);
        Assert.Null(metrics.MeanAveragePrecision);
        Assert.Equal(["Edema"], metrics.Undefined);
    }

    [Fact]
    public void ScoreThatIsNoNumber_NamesFindingAndRow()
    {
        var error = Assert.Throws<RadaptException>(() =>
            MultiLabelMetrics.Compute(["Edema", "Mass"], [1, 1, 0, 0], [0.9f, 0.2f, 0.1f, float.NaN]));
        Assert.StartsWith("Mass: Score 1 ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ShapesThatDoNotMatch_AreRefused()
    {
        Assert.Throws<ArgumentException>(() => MultiLabelMetrics.Compute(["Edema", "Mass"], [1, 1, 0], [0.9f, 0.2f, 0.1f]));
        Assert.Throws<ArgumentException>(() => MultiLabelMetrics.Compute(["Edema"], [1, 0], [0.9f]));
    }
}
