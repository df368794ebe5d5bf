using System.Text.Json.Nodes;
using Radapt.Runs;
using Radapt.Tests.Reporting;

namespace Radapt.Tests.Cli;

[Collection(WholeCommands.Name)]
public sealed class ReportCommandTests(TinyRun tiny) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void FineTune_EndOfARun_WritesItsPage()
    {
        string page = File.ReadAllText(Path.Combine(tiny.Run, "report.html"));
        Assert.Empty(SelfContained.Requests(page));
        Assert.Contains("Effusion", page, StringComparison.Ordinal);
        Assert.Contains("report.html", tiny.Result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Report_Run_IsTheSamePageAndPlotsAsFiles()
    {
        RadaptResult result = (await RadaptProcess.Run(_folder.Path, "report", tiny.Run, "-o", "page.html", "--plots", "plots", "--json")).Expect(0);
        Assert.Equal(File.ReadAllText(Path.Combine(tiny.Run, "report.html")), File.ReadAllText(_folder["page.html"]));
        string[] plots = [.. result.Json["plots"]!.AsArray().Select(p => (string)p!)];
        Assert.Equal(plots.SelectMany(p => new[] { $"{p}.png", $"{p}.svg" }).Order(StringComparer.Ordinal),
            Directory.EnumerateFiles(_folder["plots"]).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal));
        Assert.Contains("roc-effusion", plots);
    }

    [Fact]
    public async Task Report_Images_ShowsErrorsWithHeatMaps()
    {
        await RadaptProcess.Run(_folder.Path, "report", tiny.Run, "-o", "page.html", "--images", "2");
        string page = File.ReadAllText(_folder["page.html"]);
        Assert.Empty(SelfContained.Requests(page));
        LabelledScores scores = PredictionTable.Read(Path.Combine(tiny.Run, "predictions.csv"));
        int errors = Enumerable.Range(0, scores.Findings.Count).Sum(f => new[] { (0, 1), (1, -1) }.Sum(kind => Math.Min(2,
            Enumerable.Range(0, scores.Images.Count).Select(i => (i * scores.Findings.Count) + f)
                .Count(k => scores.Labels[k] == kind.Item1 && scores.Logits[k] * kind.Item2 > 0))));
        Assert.True(errors > 0);
        Assert.Equal(3 * errors, page.Split("<image ").Length - 1); // the image, and two maps on it
        Assert.Contains("phantom", page, StringComparison.Ordinal); // the run was told to write names as they are

        Assert.DoesNotContain("<image ", File.ReadAllText(Path.Combine(tiny.Run, "report.html")), StringComparison.Ordinal);
        Assert.Contains("from 1 to 100", await Error("report", tiny.Run, "-o", "other.html", "--images", "101"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Report_ImpossibleOutput_IsRefusedBeforeAnythingIsWritten()
    {
        File.WriteAllText(_folder["there.html"], "mine");
        string record = File.ReadAllText(Path.Combine(tiny.Run, "run.json"));
        Assert.Contains("already exists", await Error("report", tiny.Run, "-o", "there.html"), StringComparison.Ordinal);
        Assert.Contains("is an input", await Error("report", tiny.Run, "-o", Path.Combine(tiny.Run, "run.json"), "--overwrite"), StringComparison.Ordinal);
        Assert.Equal(("mine", record), (File.ReadAllText(_folder["there.html"]), File.ReadAllText(Path.Combine(tiny.Run, "run.json"))));
    }

    [Fact]
    public async Task Report_NothingToReport_SaysWhatToGive()
    {
        Directory.CreateDirectory(_folder["empty"]);
        Assert.Contains("there is no run here", await Error("report", "empty"), StringComparison.Ordinal);
        Assert.Contains("there is no run here", await Error("report", "nowhere"), StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder["nowhere"]));

        Copy("interrupted");
        JsonObject record = JsonNode.Parse(File.ReadAllText(_folder["interrupted/run.json"]))!.AsObject();
        record["status"] = "interrupted";
        record.Remove("checksum");
        File.WriteAllText(_folder["interrupted/run.json"], record.ToJsonString());
        Assert.Contains("is not complete", await Error("report", "interrupted"), StringComparison.Ordinal);

        Copy("damaged");
        File.AppendAllText(_folder["damaged/predictions.csv"], "x\n");
        Assert.Contains("differs from what the run wrote", await Error("report", "damaged"), StringComparison.Ordinal);
    }

    private void Copy(string name)
    {
        Directory.CreateDirectory(_folder[name]);
        foreach (string file in Directory.EnumerateFiles(tiny.Run))
        {
            File.Copy(file, Path.Combine(_folder[name], Path.GetFileName(file)));
        }
    }

    private async Task<string> Error(params string[] line) => (await RadaptProcess.Run(_folder.Path, line)).Expect(2).ErrorLine;
}
