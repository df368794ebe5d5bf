using System.Xml.Linq;
using Radapt.Pages;

namespace Radapt.Tests.Pages;

public sealed class LineChartTests
{
    [Fact]
    public void ToSvg_NamesWithMarkup_AreText()
    {
        var chart = new LineChart("AUROC < 1 & \"more\"", ChartAxis.Regular("x", 0, 1, 0.5), ChartAxis.Regular("y", 0, 1, 0.5),
            [new ChartSeries("<b>", 1, [(0, 0), (1, 1)])]);
        var svg = XElement.Parse(chart.ToSvg());
        Assert.Equal("AUROC < 1 & \"more\"", (string)svg.Attribute("aria-label")!);
        Assert.Contains("<b>", XElement.Parse(LineChart.Legend(chart.Series)).Value, StringComparison.Ordinal);
    }

    [Fact]
    public void ToSvg_Line_GoesFromCornerToCornerOfTheAxes()
    {
        var chart = new LineChart("t", ChartAxis.Regular("x", 0, 2, 1), ChartAxis.Regular("y", -1, 1, 1),
            [new ChartSeries("s", 2, [(0, -1), (2, 1)])]);
        var svg = XElement.Parse(chart.ToSvg());
        string[] grid = [.. svg.Elements("path").Where(p => (string?)p.Attribute("class") == "grid")
            .Select(p => (string)p.Attribute("d")!)];
        string line = (string)svg.Elements("path").Single(p => (string?)p.Attribute("class") == "line c2").Attribute("d")!;
        string[] ends = line[1..].Split('L', ' ');
        Assert.StartsWith($"M{ends[0]} {ends[1]}H", grid[0], StringComparison.Ordinal); // the lowest tick of y
        Assert.Contains(grid, g => g.StartsWith($"M{ends[2]} ", StringComparison.Ordinal) && g.EndsWith("v4", StringComparison.Ordinal));
        Assert.EndsWith($" {ends[3]}H{ends[2]}", grid[2], StringComparison.Ordinal); // and the highest
    }

    [Theory]
    [InlineData(0.25, new[] { "0.00", "0.25", "0.50", "0.75", "1.00" })]
    [InlineData(0.5, new[] { "0.0", "0.5", "1.0" })]
    public void ChartAxis_Step_HasLabelsThatSayTheStep(double step, string[] labels) =>
        Assert.Equal(labels, ChartAxis.Regular("x", 0, 1, step).Ticks.Select(t => t.Label));

    [Theory]
    [InlineData(0.61, 0.87)]
    [InlineData(0.5, 0.5)]
    [InlineData(0, 1234)]
    [InlineData(-0.002, 0.0031)]
    public void ChartAxis_ForValues_HoldsThemBetweenAFewTicks(double low, double high)
    {
        var axis = ChartAxis.For("y", [low, high, double.NaN]);
        Assert.InRange(low, axis.From, axis.To);
        Assert.InRange(high, axis.From, axis.To);
        Assert.InRange(axis.Ticks.Count, 2, 14);
        Assert.Equal(axis.Ticks.Count, axis.Ticks.Select(t => t.Label).Distinct().Count());
    }
}
