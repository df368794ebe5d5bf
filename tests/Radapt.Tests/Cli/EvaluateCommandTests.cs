using System.Text.Json.Nodes;

namespace Radapt.Tests.Cli;

[Collection(WholeCommands.Name)]
public sealed class EvaluateCommandTests(TinyRun tiny)
{
    [Fact]
    public async Task Evaluate_TheRunItself_GivesItsTestFigures()
    {
        string roc = Path.Combine(tiny.Folder, "roc.csv");
        RadaptResult result = (await RadaptProcess.Run(tiny.Folder, "evaluate", tiny.Run, "--json", "--roc", roc)).Expect(0);
        foreach (KeyValuePair<string, JsonNode?> figure in tiny.Result.Json["test"]!.AsObject())
        {
            Assert.True(JsonNode.DeepEquals(figure.Value, result.Json[figure.Key]),
                $"{figure.Key}: {figure.Value} and {result.Json[figure.Key]}");
        }

        string[] lines = File.ReadAllLines(roc);
        Assert.Equal("finding,false_positive_rate,true_positive_rate,threshold", lines[0]);
        Assert.Equal(2, lines.Count(l => l.EndsWith(",0,0,inf", StringComparison.Ordinal)));
        Assert.Equal(2, lines.Count(l => l.Contains(",1,1,", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Evaluate_ATable_TakesItsTestRowsOrAll()
    {
        RadaptResult test = (await RadaptProcess.Run(tiny.Folder, "evaluate", tiny.Run, "--data", tiny.Data, "--json")).Expect(0);
        Assert.True(JsonNode.DeepEquals(tiny.Result.Json["test"]!["auroc"], test.Json["auroc"]));
        RadaptResult all =
            (await RadaptProcess.Run(tiny.Folder, "evaluate", tiny.Run, "--data", tiny.Data, "--split", "all", "--json")).Expect(0);
        Assert.Equal(60, (int)all.Json["images"]!);
    }

    [Fact]
    public async Task Evaluate_Subgroups_AreThoseOfTheColumn()
    {
        string[] evaluate = ["evaluate", tiny.Run, "--data", tiny.Data, "--split", "all", "--json"];
        RadaptResult result = (await RadaptProcess.Run(tiny.Folder, [.. evaluate, "--subgroup", "split"])).Expect(0);
        JsonObject groups = result.Json["subgroups"]!["groups"]!.AsObject();
        Assert.Equal(["test", "train", "val"], groups.Select(g => g.Key).Order());
        Assert.Equal((double)tiny.Result.Json["test"]!["auroc"]!["mean"]!, (double)groups["test"]!["auroc"]!["mean"]!, 1e-9);
        Assert.Contains("By split:", result.Error, StringComparison.Ordinal);
        Assert.Contains("--subgroup age",
            (await RadaptProcess.Run(tiny.Folder, [.. evaluate, "--subgroup", "age"])).Expect(2).ErrorLine, StringComparison.Ordinal);
        RadaptResult notStated = (await RadaptProcess.Run(tiny.Folder, [.. evaluate, "--subgroup", "PatientSex"])).Expect(2);
        Assert.Contains("no image has a value", notStated.ErrorLine, StringComparison.Ordinal);
        Assert.Contains("--prevalence",
            (await RadaptProcess.Run(tiny.Folder, [.. evaluate, "--prevalence", "1"])).Expect(2).ErrorLine, StringComparison.Ordinal);
    }

    [Fact] // WORKFLOW A5
    public async Task Evaluate_ImagesThatTheRunHasSeen_AreLeftOutOrSaid()
    {
        // The run's images under other names, in a table without splits.
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["copies"]);
        string[][] rows = [.. File.ReadAllLines(Path.Combine(tiny.Data, "labels.csv")).Skip(1).Select(l => l.Split(','))];
        string table = "image,Effusion,Cardiomegaly\n" + string.Concat(rows.Select((r, i) =>
        {
            File.Copy(Path.Combine(tiny.Data, r[0]), folder[$"copies/{i}.png"]);
            return $"copies/{i}.png,{r[^2]},{r[^1]}\n";
        }));
        File.WriteAllText(folder["copies.csv"], table);
        int Rows(string split) => rows.Count(r => r[2] == split);

        RadaptResult left = (await RadaptProcess.Run(folder.Path, "evaluate", tiny.Run, "--data", "copies.csv", "--json")).Expect(0);
        Assert.Equal((Rows("test"), 0), ((int)left.Json["images"]!, (int)left.Json["seen"]!["training"]!));
        Assert.Contains($"{Rows("train")} images that the run was trained on, and {Rows("val")} that chose its epoch, are left out.",
            left.Error, StringComparison.Ordinal);
        Assert.Equal((double)tiny.Result.Json["test"]!["auroc"]!["mean"]!, (double)left.Json["auroc"]!["mean"]!, 1e-9);

        RadaptResult all =
            (await RadaptProcess.Run(folder.Path, "evaluate", tiny.Run, "--data", "copies.csv", "--split", "all", "--json")).Expect(0);
        Assert.Equal((Rows("train"), Rows("val"), Rows("test")), ((int)all.Json["seen"]!["training"]!,
            (int)all.Json["seen"]!["validation"]!, (int)all.Json["seen"]!["new"]!));
        Assert.Contains($"60 images; seen: training {Rows("train")}, validation {Rows("val")}, new {Rows("test")}: these are not figures",
            all.Error, StringComparison.Ordinal);

        string[] lines = table.Split('\n');
        File.WriteAllLines(folder["train.csv"],
            [lines[0], .. rows.Index().Where(r => r.Item[2] == "train").Select(r => lines[r.Index + 1])]);
        RadaptResult refused = (await RadaptProcess.Run(folder.Path, "evaluate", tiny.Run, "--data", "train.csv")).Expect(2);
        Assert.Contains("the run has seen all of these images", refused.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("--split all", refused.Error, StringComparison.Ordinal);

        // Of a run without seen.csv, as older versions left it, its own data tells the same.
        Directory.CreateDirectory(folder["old"]);
        foreach (string file in Directory.GetFiles(tiny.Run).Where(f => Path.GetFileName(f) != "seen.csv"))
        {
            File.Copy(file, folder[$"old/{Path.GetFileName(file)}"]);
        }

        RadaptResult old =
            (await RadaptProcess.Run(folder.Path, "evaluate", "old", "--data", "copies.csv", "--split", "all", "--json")).Expect(0);
        Assert.True(JsonNode.DeepEquals(all.Json["seen"], old.Json["seen"]));
        File.Delete(folder["old/recipe.yaml"]);
        RadaptResult unknown =
            (await RadaptProcess.Run(folder.Path, "evaluate", "old", "--data", "copies.csv", "--split", "all", "--json")).Expect(0);
        Assert.Null(unknown.Json["seen"]);
        Assert.Contains("it is not known which of these images the run was trained on", unknown.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Evaluate_OtherFindings_IsRefused()
    {
        RadaptResult result =
            (await RadaptProcess.Run(tiny.Folder, "evaluate", tiny.Run, "--data", tiny.Data, "--findings", "Effusion")).Expect(2);
        Assert.Contains("--findings", result.ErrorLine, StringComparison.Ordinal);
    }
}
