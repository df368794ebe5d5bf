using System.Xml.Linq;
using NetVips;
using Radapt.Pages;
using Radapt.Reporting;

namespace Radapt.Tests.Reporting;

public sealed class PlotSetTests
{
    private static readonly LineChart s_chart = new("t", ChartAxis.Regular("x", 0, 1, 0.5), ChartAxis.Regular("y", 0, 1, 0.5),
        [new ChartSeries("s", 2, [(0, 0), (1, 1)])]);

    [Fact]
    public void Write_Plots_AreSvgAndPngOfTheSameSize()
    {
        using var folder = new TemporaryFolder();
        var plots = new PlotSet();
        plots.Add("roc Effusion", s_chart);
        plots.Write(folder["plots"]);

        var svg = XElement.Load(folder["plots/roc-effusion.svg"]);
        Assert.Equal(("340", "250"), ((string?)svg.Attribute("width"), (string?)svg.Attribute("height")));
        Assert.DoesNotContain("var(", svg.ToString(), StringComparison.Ordinal); // which only a page resolves
        using var png = Image.NewFromFile(folder["plots/roc-effusion.png"]);
        Assert.Equal((1020, 750), (png.Width, png.Height)); // 3 pixels a unit
        using Image flat = png.Colourspace(Enums.Interpretation.Srgb);
        double[] corner = flat.Getpoint(1, 1), line = flat.Getpoint((58 + ((340 - 18 - 58) / 2)) * 3, (28 + ((250 - 40 - 28) / 2)) * 3);
        Assert.Equal([255, 255, 255], corner[..3]);
        Assert.Equal([0xc4, 0x56, 0x0a], line[..3]); // the second colour, in the middle of the axes
    }

    [Fact]
    public void Add_NamesThatGiveTheSameFile_AreToldApart()
    {
        var plots = new PlotSet();
        plots.Add("roc A/B", s_chart);
        plots.Add("roc A b", s_chart);
        plots.Add("../..", s_chart);
        plots.Add("Überbefund 肺", s_chart);
        Assert.Equal(["roc-a-b", "roc-a-b-2", "plot", "überbefund-肺"], plots.Plots.Keys);
    }
}
