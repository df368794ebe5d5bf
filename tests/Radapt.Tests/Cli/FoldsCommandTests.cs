using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Radapt.Metrics;
using Radapt.Tests.Datasets;

namespace Radapt.Tests.Cli;

/// <summary><c>finetune --folds</c>: a run for every fold, resumed whenever it ends, and the figures of all images.</summary>
[Collection(WholeCommands.Name)]
public sealed class FoldsCommandTests(TinyRun tiny) : IDisposable
{
    private const int Folds = 3;
    private readonly HospitalFolder _hospital = new();

    public void Dispose() => _hospital.Dispose();

    [Fact]
    public async Task FineTune_Folds_TestEveryImageOnceByARunThatHasNotSeenItsPatient()
    {
        RadaptResult result = (await Run(FineTune("run"))).Expect(0);
        JsonNode json = result.Json;
        Assert.Equal("complete", (string)json["status"]!);
        Assert.Equal(60, (int)json["data"]!["images"]!);
        AssertPooled(json);

        // no patient of a fold's test images trains or chooses its epoch, and each image is tested in one fold
        string[][] all = Rows("run/split.csv");
        Assert.Equal(60, all.Select(r => r[0]).Distinct().Count());
        for (int fold = 1; fold <= Folds; fold++)
        {
            string[][] rows = Rows($"run/fold{fold}/split.csv");
            Assert.Equal(60, rows.Length);
            Assert.Equal(["test", "train", "val"], rows.Select(r => r[2]).Distinct().Order());
            Assert.All(rows.GroupBy(r => r[1]), g => Assert.Single(g.Select(r => r[2]).Distinct()));
            Assert.Equal(
                rows.Where(r => r[2] == "test").Select(r => r[0]).Order(),
                all.Where(r => r[2] == fold.ToString(CultureInfo.InvariantCulture)).Select(r => r[0]).Order());
        }

        double[] values = [.. json["folds"]!["auroc"]!["mean"]!["values"]!.AsArray().Select(v => (double)v!)];
        Assert.Equal(values.Average(), (double)json["folds"]!["auroc"]!["mean"]!["mean"]!, 1e-12);
        Assert.Equal(Math.Sqrt(values.Sum(v => Math.Pow(v - values.Average(), 2)) / (Folds - 1)),
            (double)json["folds"]!["auroc"]!["mean"]!["sd"]!, 1e-12);
        Assert.Equal(values[1], (double)JsonNode.Parse(File.ReadAllText(_hospital["run/fold2/run.json"]))!["test"]!["auroc"]!["mean"]!);
        Assert.Contains("AUROC pooled", result.Error, StringComparison.Ordinal);
        Assert.Equal(2, result.Error.Split("Chosen for you").Length); // the values are those of all folds (WORKFLOW E)
        Assert.DoesNotContain("Given by recipe", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("By study", result.Error, StringComparison.Ordinal); // every study has one image
        Assert.Equal(2, result.Error.Split("images were decoded").Length);
        string[] notes = [.. result.Error.Split('\n').Where(l => l.StartsWith("Note: ", StringComparison.Ordinal))];
        Assert.Equal(notes.Distinct(), notes); // what holds for all folds is said once
        Assert.DoesNotContain("--folds 5", result.Error, StringComparison.Ordinal); // the folds test every image

        // one fold alone, by its own recipe, is the same run
        (await Run("finetune", "--recipe", _hospital["run/fold2/recipe.yaml"], "--out", "alone")).Expect(0);
        Assert.Equal(File.ReadAllBytes(_hospital["run/fold2/adapter.safetensors"]),
            File.ReadAllBytes(_hospital["alone/adapter.safetensors"]));
        RadaptResult byView = (await Run("evaluate", "run/fold2", "--json", "--subgroup", "View")).Expect(0); // of the DICOM headers
        Assert.Equal(["AP", "PA"], byView.Json["subgroups"]!["groups"]!.AsObject().Select(g => g.Key));
        AssertNothingOfPatients(result);
    }

    [Fact]
    public async Task Kill_AtSixMoments_AlwaysLeavesAFolderThatResumesToTheSameFigures()
    {
        (await Run(FineTune("undisturbed"))).Expect(0);
        var random = new Random(3);
        for (int kill = 0; kill < 6; kill++)
        {
            using RadaptProcess process = RadaptProcess.Start(_hospital.Path, null, Continue());
            await Task.Delay(random.Next(500, 4000), TestContext.Current.CancellationToken);
            process.Kill();
            RadaptResult result = await process.End();
            Assert.True(result.ExitCode is 0 or 137 or -1, $"{result.ExitCode}: {result.Error}"); // 0: it was done before
        }

        (await Run(Continue())).Expect(0);
        foreach (string file in new[] { "predictions.csv", "split.csv", "recipe.yaml", "fold1/adapter.safetensors",
            "fold2/adapter.safetensors", "fold3/adapter.safetensors" })
        {
            Assert.Equal(File.ReadAllBytes(_hospital["undisturbed/" + file]), File.ReadAllBytes(_hospital["killed/" + file]));
        }

        Assert.Empty(Directory.GetFiles(_hospital["killed"], "*.tmp", SearchOption.AllDirectories));
        Assert.Contains("nothing is left to resume", (await Run("finetune", "--resume", "--out", "killed")).Expect(0).Output,
            StringComparison.Ordinal);

        string[] Continue() => File.Exists(_hospital["killed/recipe.yaml"]) ? ["finetune", "--resume", "--out", "killed"]
            : FineTune("killed");
    }

    [Fact] // K12, M1
    public async Task Resume_FoldDamagedOrDataChanged_IsRefusedBeforeAnyTraining()
    {
        (await Run(FineTune("run"))).Expect(0);
        Directory.CreateDirectory(_hospital["run/state"]); // as if it had ended before the third fold
        Directory.Delete(_hospital["run/fold3"], recursive: true);
        File.WriteAllText(_hospital["run/run.json"], "{\"status\":\"running\"}");

        foreach (string file in new[] { "split.csv", "predictions.csv", "run.json", "adapter.safetensors" })
        {
            string path = _hospital[$"run/fold1/{file}"];
            byte[] content = File.ReadAllBytes(path);
            foreach (byte[]? damaged in new byte[]?[] { null, [.. content[..^9], .. content[^8..]] })
            {
                File.Delete(path);
                if (damaged is not null)
                {
                    File.WriteAllBytes(path, damaged);
                }

                if (damaged is null && file == "run.json")
                {
                    continue; // then the fold is unfinished, and goes on
                }

                RadaptResult refused = (await Run("finetune", "--resume", "--out", "run")).Expect(2);
                Assert.Contains($"remove {_hospital["run/fold1"]} and resume", refused.ErrorLine, StringComparison.Ordinal);
            }

            File.WriteAllBytes(path, content);
        }

        byte[] table = File.ReadAllBytes(_hospital["befunde.xlsx"]);
        string[][] changed = _hospital.Table(i => i.Accession);
        changed[1][^1] = changed[1][^1] == "1" ? "0" : "1";
        _hospital.WriteWorkbook("befunde.xlsx", changed);
        RadaptResult other = (await Run("finetune", "--resume", "--out", "run")).Expect(2);
        Assert.Contains("images, labels or patients changed since this cross-validation began", other.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_hospital["run/fold3"]));

        File.WriteAllBytes(_hospital["befunde.xlsx"], table);
        (await Run("finetune", "--resume", "--out", "run")).Expect(0);
    }

    [Fact] // P2
    public async Task FineTune_ImageThatCannotBeRead_IsLeftOutOfAllFoldsAlsoWhenResumed()
    {
        string cut = Path.Combine(_hospital.Root, _hospital.Images[6].File);
        File.WriteAllBytes(cut, File.ReadAllBytes(cut)[..^100]);
        RadaptResult all = (await Run(FineTune("run"))).Expect(3);
        Assert.Equal((59, 1), ((int)all.Json["data"]!["images"]!, (int)all.Json["data"]!["pixels"]!["unreadable"]!));
        byte[] predictions = File.ReadAllBytes(_hospital["run/predictions.csv"]);

        Directory.CreateDirectory(_hospital["run/state"]); // as if it had ended before the third fold
        Directory.Delete(_hospital["run/fold3"], recursive: true);
        File.WriteAllText(_hospital["run/run.json"], "{\"status\":\"running\"}");
        (await Run("finetune", "--resume", "--out", "run")).Expect(3);
        Assert.Equal(predictions, File.ReadAllBytes(_hospital["run/predictions.csv"]));
        AssertNothingOfPatients(all);
    }

    [Fact] // K18
    public async Task FineTune_FindingsThatASpreadsheetWouldRun_AreTrainedWrittenSafelyAndReadBack()
    {
        string[] names = ["@x", "=1+1"];
        string[][] rows = _hospital.Table(i => i.Accession);
        rows[0] = [.. rows[0][..3], .. names];
        _hospital.WriteWorkbook("befunde.xlsx", rows);
        JsonNode json = (await Run(FineTune("run"))).Expect(0).Json;
        Assert.All(names, n => Assert.InRange((double)json["test"]!["auroc"]![n]!, 0, 1));

        string header = File.ReadLines(_hospital["run/predictions.csv"]).First();
        Assert.All(header.Split(','), cell => Assert.False(cell[0] is '@' or '=', header));
        IReadOnlyList<string> read = Radapt.Datasets.Tables.CsvCells.Read(_hospital["run/predictions.csv"]).Header;
        Assert.Equal(["image", "@x", "label:@x", "=1+1", "label:=1+1", "logit:@x", "logit:=1+1", "patient"], read);
        RadaptResult evaluated = (await Run("evaluate", "run/fold1", "--json")).Expect(0);
        Assert.Equal((double)json["folds"]!["auroc"]!["mean"]!["values"]![0]!, (double)evaluated.Json["auroc"]!["mean"]!, 1e-9);
    }

    [Fact]
    public async Task FineTune_FoldsThatCannotBe_AreRefusedInOneLineWithNothingWritten()
    {
        Assert.Contains("--folds", (await Run([.. tiny.FineTune("none")[..3], "--folds", "1"])).Expect(2).ErrorLine,
            StringComparison.Ordinal);
        Assert.Contains("--fold 4: there are folds 1 to 3", (await Run(FineTune("none", "--fold", "4"))).Expect(2).ErrorLine,
            StringComparison.Ordinal);
        Assert.Contains("with --folds give two numbers", (await Run(FineTune("none", "--split-shares", "70,10,20"))).Expect(2).ErrorLine,
            StringComparison.Ordinal);
        Assert.False(Directory.Exists(_hospital["none"]));

        Directory.CreateDirectory(_hospital["used"]);
        File.WriteAllText(_hospital["used/notes.txt"], "mine");
        RadaptResult used = (await Run(FineTune("used"))).Expect(2);
        Assert.Contains("the run folder is not empty", used.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("Pixels:", used.Error, StringComparison.Ordinal); // nothing was decoded before
        Assert.Equal(["notes.txt"], Directory.GetFileSystemEntries(_hospital["used"]).Select(Path.GetFileName));
    }

    private Task<RadaptResult> Run(params string[] line) => RadaptProcess.Run(_hospital.Path, line);

    private string[] FineTune(string run, params string[] more)
    {
        string table = _hospital["befunde.xlsx"];
        if (!File.Exists(table))
        {
            _hospital.WriteWorkbook("befunde.xlsx", _hospital.Table(i => i.Accession));
        }

        string[] line = [.. tiny.FineTune(run).Where(a => a != "--plain-names")];
        line[2] = table;
        line[Array.IndexOf(line, "--epochs") + 1] = "6";
        return [.. line, "--json", "--allow-rare-findings", "--image-root", _hospital.Root, "--folds", $"{Folds}", .. more];
    }

    private string[][] Rows(string file) => [.. File.ReadAllLines(_hospital[file]).Skip(1).Select(l => l.Split(','))];

    // The figures computed again from the table that a user sees.
    private void AssertPooled(JsonNode json)
    {
        string[][] rows = Rows("run/predictions.csv");
        Assert.Equal(60, rows.Select(r => r[0]).Distinct().Count());
        for (int f = 0; f < _hospital.Findings.Length; f++)
        {
            sbyte[] labels = [.. rows.Select(r => sbyte.Parse(r[2 + (2 * f)], CultureInfo.InvariantCulture))];
            double[] scores = [.. rows.Select(r => double.Parse(r[1 + (2 * f)], CultureInfo.InvariantCulture))];
            Assert.Equal(BinaryMetrics.Auroc(labels, scores)!.Value, (double)json["test"]!["auroc"]![_hospital.Findings[f]]!, 1e-9);
        }
    }

    private void AssertNothingOfPatients(RadaptResult result)
    {
        foreach (string secret in _hospital.Secrets)
        {
            Assert.DoesNotContain(secret, result.Output + result.Error, StringComparison.Ordinal);
            Assert.All(
                Directory.GetFiles(_hospital["run"], "*", SearchOption.AllDirectories),
                f => Assert.True(File.ReadAllBytes(f).AsSpan().IndexOf(Encoding.UTF8.GetBytes(secret)) < 0, $"{secret} in {f}"));
        }
    }
}
