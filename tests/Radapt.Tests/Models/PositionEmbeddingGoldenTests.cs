using System.Globalization;
using Radapt.Models;
using Radapt.Tests.Golden;
using static TorchSharp.torch;

namespace Radapt.Tests.Models;

[Trait("Category", "Golden")]
public class PositionEmbeddingGoldenTests
{
    [Fact]
    public void Resize_EveryGoldenGrid_EqualsUpstream()
    {
        GoldenCase golden = GoldenIndex.Find("schedule/interpolate_pos_embed");
        using var scope = NewDisposeScope();
        using var data = new GoldenTensors(golden.File("data"));
        string[] targets = [.. data.Names.Where(n => n.StartsWith("to_", StringComparison.Ordinal))];
        Assert.NotEmpty(targets);
        foreach (string target in targets)
        {
            int grid = int.Parse(target.Split('_', 'x')[1], CultureInfo.InvariantCulture);
            GoldenAssert.Close(data[target], PositionEmbedding.Resize(data["pos_embed"], grid, grid, PositionResizing.Plain),
                golden.Tolerance, target);
        }
    }

    [Fact]
    public void SinCos_BothCodeBases_EqualsUpstream()
    {
        GoldenCase golden = GoldenIndex.Find("schedule/sincos_2d");
        using var scope = NewDisposeScope();
        using var data = new GoldenTensors(golden.File("data"));
        foreach (string name in data.Names)
        {
            string[] parts = name.Split('.'); // mae.D64.G7.cls1
            int width = int.Parse(parts[1][1..], CultureInfo.InvariantCulture);
            int grid = int.Parse(parts[2][1..], CultureInfo.InvariantCulture);
            Tensor table = tensor(PositionEmbedding.SinCos(width, grid, medPeft: parts[0] != "mae")).view(1 + (grid * grid), width);
            GoldenAssert.Close(data[name], parts[3] == "cls1" ? table : table[1..], golden.Tolerance, name);
        }
    }

    [Fact]
    public void Rates_EveryGoldenRow_EqualsUpstream()
    {
        GoldenCase golden = GoldenIndex.Find("schedule/drop_path");
        double rtol = (double)golden.Tolerance["rtol"]!;
        foreach (System.Text.Json.Nodes.JsonNode? row in golden.Json("table")["rows"]!.AsArray())
        {
            double[] expected = [.. row!["per_block"]!.AsArray().Select(v => (double)v!)];
            double[] actual = StochasticDepth.Rates((double)row["rate"]!, (int)row["depth"]!);
            Assert.Equal(expected.Length, actual.Length);
            Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, rtol * Math.Max(pair.First, 1e-12)));
        }
    }
}
