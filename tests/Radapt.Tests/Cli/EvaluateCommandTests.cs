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
    public async Task Evaluate_OtherFindings_IsRefused()
    {
        RadaptResult result =
            (await RadaptProcess.Run(tiny.Folder, "evaluate", tiny.Run, "--data", tiny.Data, "--findings", "Effusion")).Expect(2);
        Assert.Contains("--findings", result.ErrorLine, StringComparison.Ordinal);
    }
}
