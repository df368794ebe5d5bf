using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Radapt.Studies.Demo;

namespace Radapt.Tests.Cli;

[Collection(WholeCommands.Name)]
public sealed partial class DemoTests
{
    [Fact]
    public async Task Demo_Quick_ComparesTheMethodsWritesAPageAndGoesOnWhereItStopped()
    {
        using var folder = new TemporaryFolder();
        RadaptResult demo = (await RadaptProcess.Run(folder.Path, "demo", "--quick", "--out", "demo", "--json")).Expect(0);
        AssertWholeTable(demo.Json["table"]!);
        AssertWholePage(File.ReadAllText(folder["demo/demo.html"]));
        byte[] figures = File.ReadAllBytes(folder["demo/demo.json"]);

        // As if it had been interrupted before these were done.
        var there = new DemoFolder(folder["demo"]);
        Directory.Delete(Path.Combine(there.Runs, "mae-lora-1-seed0"), recursive: true);
        Directory.Delete(Path.Combine(there.Runs, "random-ridge-100-seed1"), recursive: true);
        File.Delete(there.Page);
        File.Delete(there.Results);
        DateTime pretrained = File.GetLastWriteTimeUtc(Path.Combine(there.Pretraining, "run.json"));
        RadaptResult again = (await RadaptProcess.Run(folder.Path, "demo", "--quick", "--threads", "1", "--out", "demo")).Expect(0);
        Assert.Contains("runs were done before", again.Output, StringComparison.Ordinal);
        Assert.Equal(pretrained, File.GetLastWriteTimeUtc(Path.Combine(there.Pretraining, "run.json")));
        Assert.Equal(figures, File.ReadAllBytes(there.Results)); // one thread or several: the same figures, bit for bit
        Assert.True(File.Exists(there.Page));

        RadaptResult other = (await RadaptProcess.Run(folder.Path, "demo", "--out", "demo")).Expect(2);
        Assert.Contains("holds a demo with --quick; give it", other.ErrorLine, StringComparison.Ordinal);
        RadaptResult mine = (await RadaptProcess.Run(folder.Path, "demo", "--quick", "--out", "demo/phantoms")).Expect(2);
        Assert.Contains("holds other files", mine.ErrorLine, StringComparison.Ordinal);
    }

    private static void AssertWholeTable(JsonNode table)
    {
        Assert.Equal(["mae/lora", "mae/full", "mae/ridge", "random/lora", "random/full", "random/ridge"],
            table.AsObject().Select(m => m.Key));
        foreach ((string method, JsonNode? row) in table.AsObject())
        {
            Assert.Equal(["1%", "10%", "100%"], row!.AsObject().Select(c => c.Key));
            foreach ((string fraction, JsonNode? cell) in row.AsObject())
            {
                if (cell is null)
                {
                    Assert.True(method == "random/lora" && fraction != "1%");
                    continue;
                }

                double[] seeds = [.. cell["seeds"]!.AsArray().Select(v => (double)v!)];
                Assert.Equal(2, seeds.Length);
                Assert.All(seeds, v => Assert.InRange(v, 0, 1));
                Assert.Equal(seeds.Average(), (double)cell["auroc"]!, 1e-12);
                Assert.Equal(Math.Abs(seeds[0] - seeds[1]) / Math.Sqrt(2), (double)cell["sd"]!, 1e-12);
            }
        }
    }

    private static void AssertWholePage(string page)
    {
        foreach (string id in new[] { "short", "done", "table", "limits", "pretraining", "curves", "roc", "evidence", "words", "next" })
        {
            Assert.Contains($"<section id=\"{id}\">", page, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("http:", page, StringComparison.Ordinal);
        Assert.DoesNotContain("https:", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
        Assert.Contains("src=\"data:image/png;base64,", page, StringComparison.Ordinal); // reconstructions
        Assert.Contains("class=\"outline\"", page, StringComparison.Ordinal); // true findings
        Assert.DoesNotContain("NaN", Pictures().Replace(page, ""), StringComparison.Ordinal);
        int charts = page.Split("<svg class=\"chart\"").Length - 1;
        Assert.Equal(1 + 1 + 3 + 3, charts); // AUROC, loss, validation and ROC at three fractions
    }

    [GeneratedRegex("base64,[A-Za-z0-9+/=]*")]
    private static partial Regex Pictures();
}
