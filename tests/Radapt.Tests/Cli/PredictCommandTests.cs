using System.Globalization;
using Radapt.Metrics;
using Radapt.Runs;

namespace Radapt.Tests.Cli;

[Collection(WholeCommands.Name)]
public sealed class PredictCommandTests(TinyRun tiny)
{
    [Fact]
    public async Task Predict_FolderWithABrokenFile_DoesTheRest()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["images/deep"]);
        string[] images = [.. Directory.GetFiles(Path.Combine(tiny.Data, "images")).Order().Take(5)];
        foreach (string image in images)
        {
            File.Copy(image, folder[$"images/deep/{Path.GetFileName(image)}"]);
        }

        File.WriteAllText(folder["images/a [red]broken[b].png"], "not an image");
        RadaptResult result = (await RadaptProcess.Run(folder.Path, "predict", tiny.Run, "images", "-o", "out.csv", "--json")).Expect(3);
        Assert.Equal((6, 1), ((int)result.Json["images"]!, (int)result.Json["unreadable"]!));
        Assert.Contains(result.Error.Split('\n'), l => l.StartsWith("radapt: out.csv, line 2: ", StringComparison.Ordinal));
        Assert.DoesNotContain("broken[b]", result.Error, StringComparison.Ordinal); // files are named after patients, whatever the format
        RadaptResult named = (await RadaptProcess.Run(
            folder.Path, "predict", tiny.Run, "images", "-o", "named.csv", "--plain-names")).Expect(3);
        Assert.Contains("radapt: images/a [red]broken[b].png: ", named.Error, StringComparison.Ordinal);
        string[] lines = File.ReadAllLines(folder["out.csv"]);
        Assert.Equal("image,Effusion,Cardiomegaly,status,reason", lines[0]);
        Assert.StartsWith("images/a [red]broken[b].png,,,unreadable,", lines[1], StringComparison.Ordinal);
        Assert.Equal(5, lines.Skip(2)
            .Count(l => l.Split(',') is [_, var effusion, _, "ok", ""]
                && float.Parse(effusion, CultureInfo.InvariantCulture) is > 0 and < 1));
    }

    [Fact]
    public async Task Predict_TestImages_GivesTheProbabilitiesOfTheRun()
    {
        using var folder = new TemporaryFolder();
        string[] expected = [.. File.ReadLines(Path.Combine(tiny.Run, "predictions.csv")).Skip(1)];
        string[] images = [.. expected.Select(l => Path.Combine(tiny.Data, l.Split(',')[0]))];
        (await RadaptProcess.Run(folder.Path, ["predict", tiny.Run, .. images, "-o", "out.csv", "--batch-size", "8"])).Expect(0);
        Assert.Equal(
            expected.Select(l => l.Split(',')).Select(c => (c[1], c[3])),
            File.ReadLines(folder["out.csv"]).Skip(1).Select(l => l.Split(',')).Select(c => (c[1], c[2])));
    }

    [Fact] // WORKFLOW B6
    public async Task Predict_KilledAndRepeated_GoesOnToTheSameTable()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["images"]);
        string[] images = [.. Directory.GetFiles(Path.Combine(tiny.Data, "images")).Order()];
        for (int i = 0; i < 3000; i++)
        {
            File.Copy(images[i % images.Length], folder[$"images/{i:0000}.png"]);
        }

        (await RadaptProcess.Run(folder.Path, "predict", tiny.Run, "images", "-o", "undisturbed.csv")).Expect(0);
        string part = folder["killed.csv.part"];
        using (RadaptProcess process = RadaptProcess.Start(folder.Path, null, "predict", tiny.Run, "images", "-o", "killed.csv"))
        {
            Task<RadaptResult> end = process.End();
            while (!end.IsCompleted && (!File.Exists(part) || new FileInfo(part).Length < 20_000))
            {
                await Task.Delay(1, TestContext.Current.CancellationToken);
            }

            process.Kill();
            await end;
        }

        Assert.False(File.Exists(folder["killed.csv"]));
        RadaptResult again = (await RadaptProcess.Run(folder.Path, "predict", tiny.Run, "images", "-o", "killed.csv")).Expect(0);
        Assert.Matches("Note: continues after [0-9,]+ of 3,000 images", again.Error);
        Assert.Equal(File.ReadAllBytes(folder["undisturbed.csv"]), File.ReadAllBytes(folder["killed.csv"]));
        Assert.False(File.Exists(part));
    }

    [Fact] // WORKFLOW C9
    public async Task FoldsFolder_GivenToOtherCommands_WorksOrSaysWhatToGive()
    {
        using var folder = new TemporaryFolder();
        string[] line = [.. tiny.FineTune("folds").Where(a => a != "--plain-names")];
        string data = folder["labels.csv"];
        File.WriteAllLines(data, File.ReadLines(Path.Combine(tiny.Data, "labels.csv")).Select(l => l.Split(','))
            .Select(c => string.Join(',', c.Where((_, i) => i != 2)))); // without the split
        line[2] = data;
        line[Array.IndexOf(line, "--epochs") + 1] = "1";
        RadaptResult tuned =
            (await RadaptProcess.Run(folder.Path, [.. line, "--folds", "2", "--image-root", tiny.Data, "--allow-rare-findings"])).Expect(0);
        Assert.Contains("Next: radapt predict folds IMAGES -o predictions.csv", tuned.Output, StringComparison.Ordinal);

        string[] images = [.. Directory.GetFiles(Path.Combine(tiny.Data, "images")).Order().Take(5)];
        foreach ((string[] runs, string table) in new[]
        {
            (new[] { "folds" }, "mean.csv"), (["folds/fold1"], "1.csv"), (["folds/fold2"], "2.csv"),
            (["folds/fold1", "--with", "folds/fold2"], "with.csv"),
        })
        {
            (await RadaptProcess.Run(folder.Path, ["predict", runs[0], .. images, .. runs[1..], "-o", table])).Expect(0);
        }

        // The probabilities and their deviations; what the rules of the cross-validation add is looked at below.
        string[] names = ["Effusion", "Effusion.sd", "Cardiomegaly", "Cardiomegaly.sd"];
        double[][] Table(string file)
        {
            string[][] rows = [.. File.ReadLines(folder[file]).Select(l => l.Split(','))];
            int[] columns = [.. names.Select(n => Array.IndexOf(rows[0], n)).Where(c => c >= 0)];
            return [.. rows.Skip(1).Select(r => columns.Select(c => double.Parse(r[c], CultureInfo.InvariantCulture)).ToArray())];
        }

        Assert.Equal($"image,{string.Join(',', names)},status,reason", File.ReadLines(folder["with.csv"]).First());
        foreach ((double[] mean, (double[] one, double[] two)) in Table("mean.csv").Zip(Table("1.csv").Zip(Table("2.csv"))))
        {
            Assert.Equal((one[0] + two[0]) / 2, mean[0], 1e-6);
            Assert.Equal(Math.Abs(one[1] - two[1]) / Math.Sqrt(2), mean[3], 1e-6);
        }

        Assert.Equal(Table("with.csv"), Table("mean.csv"));
        AssertDecisions(folder);

        RadaptResult own = (await RadaptProcess.Run(folder.Path, "evaluate", "folds")).Expect(2);
        Assert.Contains("the figures of this cross-validation", own.ErrorLine, StringComparison.Ordinal);
        RadaptResult seen = (await RadaptProcess.Run(folder.Path, "evaluate", "folds", "--data", tiny.Data, "--split", "all", "--json"))
            .Expect(0);
        Assert.Equal("60 images of 48 patients, the out-of-fold images", (string)seen.Json["decisions"]!["fitted_on"]!);
        Assert.Contains("sensitivity 0.90: ", seen.Error, StringComparison.Ordinal);
        Assert.Equal(60, (int)seen.Json["seen"]!["training"]! + (int)seen.Json["seen"]!["validation"]!);
        foreach (string[] command in new[] { new[] { "inspect", "folds" }, ["adapter", "merge", "folds", "-o", "m.safetensors"] })
        {
            RadaptResult refused = (await RadaptProcess.Run(folder.Path, command)).Expect(2);
            Assert.Contains("this is the folder of a cross-validation", refused.ErrorLine, StringComparison.Ordinal);
            Assert.Contains("such as folds", refused.ErrorLine, StringComparison.Ordinal);
        }

        Directory.Delete(folder["folds/fold2"], recursive: true);
        RadaptResult half = (await RadaptProcess.Run(folder.Path, ["predict", "folds", .. images, "-o", "half.csv"])).Expect(2);
        Assert.Contains("1 of 2 folds of this cross-validation are complete", half.ErrorLine, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Predict_Pattern_OverwritesOnlyWhenAsked()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["out.csv"], "mine");
        string[] line = ["predict", tiny.Run, Path.Combine(tiny.Data, "images", "*1.png"), "-o", "out.csv"];
        RadaptResult refused = (await RadaptProcess.Run(folder.Path, line)).Expect(2);
        Assert.Contains("--overwrite", refused.ErrorLine, StringComparison.Ordinal);
        Assert.Equal("mine", File.ReadAllText(folder["out.csv"]));
        (await RadaptProcess.Run(folder.Path, [.. line, "--overwrite"])).Expect(0);
        Assert.Equal(7, File.ReadAllLines(folder["out.csv"]).Length); // phantom 1, 11, ... 51
    }

    // The out-of-fold scores of sixty images are enough for rules; runs that were put together by hand have none.
    private static void AssertDecisions(TemporaryFolder folder)
    {
        DecisionRules rules = DecisionRules.Find(
            folder["folds"], [folder["folds/fold1/adapter.safetensors"], folder["folds/fold2/adapter.safetensors"]])!;
        Assert.NotEmpty(rules.Findings);
        string[][] rows = [.. File.ReadLines(folder["mean.csv"]).Select(l => l.Split(','))];
        foreach (FindingRules finding in rules.Findings)
        {
            int probability = Array.IndexOf(rows[0], finding.Finding);
            int decision = Array.IndexOf(rows[0], finding.Finding + ".decision");
            double threshold = 1 / (1 + Math.Exp(-finding.Thresholds[ThresholdRule.Youden]));
            Assert.All(rows.Skip(1), r => Assert.Equal(
                double.Parse(r[probability], CultureInfo.InvariantCulture) >= threshold ? "positive" : "negative", r[decision]));
        }

        string error = Assert.Throws<RadaptException>(
            () => DecisionRules.Find(folder["folds"], [folder["folds/fold1/adapter.safetensors"]])).Message;
        Assert.Contains("fitted for another adapter", error, StringComparison.Ordinal);
        string written = File.ReadAllText(folder["folds/decisions.json"]);
        File.AppendAllText(folder["folds/decisions.json"], " ");
        Assert.Contains("differs from what the run wrote",
            Assert.Throws<RadaptException>(() => DecisionRules.Find(folder["folds"], [])).Message, StringComparison.Ordinal);
        File.WriteAllText(folder["folds/decisions.json"], written);
    }
}
