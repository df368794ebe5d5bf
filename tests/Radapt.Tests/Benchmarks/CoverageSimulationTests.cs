using System.Globalization;
using Radapt.Bench;

namespace Radapt.Tests.Benchmarks;

public class CoverageSimulationTests
{
    [Fact]
    public void Run_FewSets_GivesATableWhoseDefaultHoldsMostly()
    {
        var simulation = new CoverageSimulation(60, replicates: 50, _ => { });
        string[][] cells = Cells(simulation.Run);
        Assert.All(cells, row => Assert.Equal(cells[0].Length, row.Length));
        Assert.Equal(SimulatedKind.All.Count, cells.Length - 2);
        int column = Array.IndexOf(cells[0], "clustered DeLong, logit, t");
        Assert.All(cells.Skip(2), row => Assert.InRange(double.Parse(row[column], CultureInfo.InvariantCulture), 80, 100));
    }

    [Fact]
    public void RunMeans_FewSets_GivesATableWhoseIntervalsHoldMostly()
    {
        string[][] means = [.. Cells(new CoverageSimulation(60, replicates: 50, _ => { }).RunMeans).Skip(2)];
        Assert.Equal(8, means.Length);
        Assert.All(means, row => Assert.InRange(double.Parse(row[^1], CultureInfo.InvariantCulture), 80, 100));
    }

    [Fact]
    public void Run_PairedTestsOfFewSets_GivesATableWhoseTestsRarelyReject()
    {
        string[][] cells = Cells(new PairedTestSimulation(60, permutations: 50, _ => { }).Run);
        Assert.All(cells, row => Assert.Equal(cells[0].Length, row.Length));
        foreach (string name in new[] { "permutation", "permutation; unlike" })
        {
            int column = Array.IndexOf(cells[0], name);
            Assert.All(cells.Skip(2), row => Assert.InRange(double.Parse(row[column], CultureInfo.InvariantCulture), 0, 20));
        }
    }

    private static string[][] Cells(Action<Action<string>> table)
    {
        var lines = new List<string>();
        table(lines.Add);
        return [.. lines.Select(l => l.Trim('|').Split('|').Select(c => c.Trim()).ToArray())];
    }
}
