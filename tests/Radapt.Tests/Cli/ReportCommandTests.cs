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
        RadaptResult result = (await RadaptProcess.Run(_folder.Path, "report", tiny.Run, "-o", "page.html", "--plots", "plots", "--json"))
            .Expect(0);
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
    public async Task Report_Subgroup_ShowsFiguresOfEveryGroup()
    {
        string data = _folder["data"];
        Directory.CreateDirectory(data);
        string[] lines = File.ReadAllLines(Path.Combine(tiny.Data, "labels.csv"));
        File.WriteAllLines(Path.Combine(data, "labels.csv"), lines.Select((line, i) =>
            $"{line},{(i == 0 ? "ward" : i % 3 == 0 ? "Ward <A>" : "Ward B")}"));
        Directory.CreateSymbolicLink(Path.Combine(data, "images"), Path.Combine(tiny.Data, "images"));
        string[] line = tiny.FineTune("run", "--findings", "Effusion,Cardiomegaly");
        line[2] = data;
        line[Array.IndexOf(line, "--epochs") + 1] = "2";
        (await RadaptProcess.Run(_folder.Path, line)).Expect(0);
        Assert.DoesNotContain("Ward", File.ReadAllText(_folder["run/report.html"]), StringComparison.Ordinal);

        (await RadaptProcess.Run(_folder.Path, "report", "run", "-o", "page.html", "--subgroup", "ward")).Expect(0);
        string page = File.ReadAllText(_folder["page.html"]);
        int test = PredictionTable.Read(_folder["run/predictions.csv"]).Images.Count;
        int first = lines.Select((l, i) => (l, i)).Count(l => l.i % 3 == 0 && l.i > 0 && l.l.Contains(",test,", StringComparison.Ordinal));
        Assert.Contains($"Ward &lt;A&gt;</th><td class=\"number\">{first}</td>", page, StringComparison.Ordinal);
        Assert.Contains($"Ward B</th><td class=\"number\">{test - first}</td>", page, StringComparison.Ordinal);
        Assert.Contains("no image has a value", await Error("report", "run", "-o", "none.html", "--subgroup", "PatientSex"),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Report_Study_ShowsItsTableAndCurves()
    {
        File.WriteAllText(_folder["tiny.yaml"], $$"""
            title: Tiny <study>
            options: {data: '{{tiny.Data}}', from-scratch: true, backbone: vit_tiny_patch16_224, image-size: 16, patch-size: 4, depth: 1,
              width: 32, heads: 2, drop-path: 0, batch-size: 8, precision: float32, products: linear, loader-threads: 1,
              plain-names: true, patience: 0, check-pixels: 'off', allow-rare-findings: true, method: lora}
            method:
              r1: {title: rank 1, rank: 1}
              r2: {title: rank 2, rank: 2}
            fraction:
              50%: {epochs: 2}
              100%: {epochs: 2}
            seed: 0-1
            """);
        (await RadaptProcess.Run(_folder.Path, "study", "run", "tiny.yaml", "-o", "study", "--jobs", "1")).Expect(0);
        RadaptResult result = (await RadaptProcess.Run(_folder.Path, "report", "study", "-o", "page.html", "--json")).Expect(0);
        string page = File.ReadAllText(_folder["page.html"]);
        Assert.Empty(SelfContained.Requests(page));
        Assert.DoesNotContain(tiny.Data, page, StringComparison.Ordinal);
        Assert.Contains("8 of 8 runs complete", page, StringComparison.Ordinal);
        Assert.Contains("Tiny &lt;study&gt;", page, StringComparison.Ordinal);
        Assert.Equal(["labels-test-auroc", "ranks-test-auroc"], result.Json["plots"]!.AsArray().Select(p => (string)p!));
        RunRecord run = RunRecord.Read(_folder["study/runs/r1-50-seed0"])!;
        Assert.Contains($"<td class=\"number\">{run.Test!.Auroc["mean"]:0.000}</td>", page, StringComparison.Ordinal);
        Assert.Contains("--images and --subgroup are for one run", await Error("report", "study", "-o", "no.html", "--images", "1"),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Report_ImpossibleOutput_IsRefusedBeforeAnythingIsWritten()
    {
        File.WriteAllText(_folder["there.html"], "mine");
        string record = File.ReadAllText(Path.Combine(tiny.Run, "run.json"));
        Assert.Contains("already exists", await Error("report", tiny.Run, "-o", "there.html"), StringComparison.Ordinal);
        Assert.Contains("is an input", await Error("report", tiny.Run, "-o", Path.Combine(tiny.Run, "run.json"), "--overwrite"),
            StringComparison.Ordinal);
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
