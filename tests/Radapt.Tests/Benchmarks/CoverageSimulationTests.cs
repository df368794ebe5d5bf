using System.Globalization;
using Radapt.Bench;

namespace Radapt.Tests.Benchmarks;

public class CoverageSimulationTests
{
    [Fact]
    public void Run_FewSets_GivesATableWhoseDefaultHoldsMostly()
    {
        var lines = new List<string>();
        new CoverageSimulation(60, replicates: 50, _ => { }).Run(lines.Add);
        string[][] cells = [.. lines.Select(l => l.Trim('|').Split('|').Select(c => c.Trim()).ToArray())];
        string[][] means = [.. cells.SkipWhile(row => row is not [""]).Skip(3)];
        cells = [.. cells.TakeWhile(row => row is not [""])];
        Assert.All(cells, row => Assert.Equal(cells[0].Length, row.Length));
        Assert.Equal(CoverageSimulation.Kinds.Count, cells.Length - 2);
        Assert.Equal(8, means.Length);
        Assert.All(means, row => Assert.InRange(double.Parse(row[^1], CultureInfo.InvariantCulture), 80, 100));
        int column = Array.IndexOf(cells[0], "clustered DeLong, logit, t");
        Assert.All(cells.Skip(2), row => Assert.InRange(double.Parse(row[column], CultureInfo.InvariantCulture), 80, 100));
    }
}
