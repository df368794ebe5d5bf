using System.Text.Json.Nodes;
using Radapt.Evaluation;
using Radapt.Runs;

namespace Radapt.Tests.Cli;

[Collection(WholeCommands.Name)]
public sealed class CompareCommandTests(TinyRun tiny)
{
    [Fact]
    public async Task Compare_TwoRuns_GivesDifferencesWithIntervals()
    {
        using var folder = new TemporaryFolder();
        (await RadaptProcess.Run(tiny.Folder, [.. tiny.FineTune(folder["short"])[..^4], "--plain-names", "--patience", "0", "--seed", "5",
            "--out", folder["short"]])).Expect(0);
        RadaptResult compared = (await RadaptProcess.Run(tiny.Folder, "compare", tiny.Run, folder["short"], "--json")).Expect(0);
        JsonNode pair = Assert.Single(compared.Json["comparisons"]!.AsArray())!;
        JsonNode mean = pair["auroc"]!["mean"]!;
        double first = (double)tiny.Result.Json["test"]!["auroc"]!["mean"]!;
        Assert.Equal(first, (double)mean["first"]!, 1e-12);
        Assert.Equal((double)mean["second"]! - first, (double)mean["difference"]!, 1e-12);
        Assert.Equal(Path.GetFullPath(tiny.Run), (string)pair["first"]!);
        Assert.Equal(["mean", "Effusion", "Cardiomegaly"], pair["auroc"]!.AsObject().Select(f => f.Key));
        LabelledScores scores = PredictionTable.Read(Path.Combine(tiny.Run, "predictions.csv"));
        Assert.Equal(scores.Images.Count, (int)compared.Json["images"]!);
        RunComparison expected = RunComparison.Compute([new("a", scores), ComparedScores.Read(folder["short"])])[0];
        Assert.Equal(expected.Mean.Interval?.Lower, (double?)mean["interval"]?["lower"]);
        Assert.Contains("difference", compared.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Compare_WhatCannotBeCompared_IsRefusedInOneLine()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains("named twice", (await RadaptProcess.Run(tiny.Folder, "compare", tiny.Run, tiny.Run)).Expect(2).ErrorLine,
            StringComparison.Ordinal);
        Assert.Contains("not the folder of a run", (await RadaptProcess.Run(tiny.Folder, "compare", tiny.Run, folder.Path)).Expect(2)
            .ErrorLine, StringComparison.Ordinal);
        (await RadaptProcess.Run(tiny.Folder, "compare", tiny.Run)).Expect(2);

        // Another run's table in place of its own.
        string copy = folder["copy"];
        Directory.CreateDirectory(copy);
        File.Copy(Path.Combine(tiny.Run, "run.json"), Path.Combine(copy, "run.json"));
        File.WriteAllText(Path.Combine(copy, "predictions.csv"), "image,Effusion,label:Effusion,logit:Effusion\n");
        Assert.Contains("differs from what the run wrote", (await RadaptProcess.Run(tiny.Folder, "compare", tiny.Run, copy)).Expect(2)
            .ErrorLine, StringComparison.Ordinal);
    }
}
