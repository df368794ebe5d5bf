using System.Text.Json.Nodes;
using Radapt.Models.Published;

namespace Radapt.Tests.Cli;

// WORKFLOW C3
[Collection(WholeCommands.Name)]
public sealed class WeightsCommandTests(TinyRun tiny)
{
    [Fact]
    public async Task Weights_WithoutAName_ListsAllWithTheirLicences()
    {
        string output = (await RadaptProcess.Run(tiny.Folder, "weights")).Expect(0).Output;
        string[] lines = output.Split('\n');
        Assert.All(PublishedWeights.All, w => Assert.Contains(lines,
            l => l.TrimStart().StartsWith($"{w.Name} ", StringComparison.Ordinal) && l.Contains(w.Licence, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Weights_OfAName_ShowsPageAndLine()
    {
        PublishedWeights weights = PublishedWeights.Find("rad-dino");
        string output = (await RadaptProcess.Run(tiny.Folder, "weights", "rad-dino")).Expect(0).Output;
        Assert.Contains($"page: {weights.Page}\n", output, StringComparison.Ordinal);
        Assert.EndsWith($"\n{weights.Command}\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Weights_AsJson_HasEveryEntryAndFact()
    {
        JsonObject json = (await RadaptProcess.Run(tiny.Folder, "weights", "--json")).Expect(0).Json;
        Assert.Equal(PublishedWeights.All.Select(w => w.Name), json["weights"]!.AsArray().Select(w => (string)w!["name"]!));
        JsonObject one = (await RadaptProcess.Run(tiny.Folder, "weights", "mae-base", "--json")).Expect(0).Json;
        Assert.Equal("CC BY-NC 4.0", (string)one["licence"]!);
        Assert.Equal("no commercial use", (string)one["limits"]!);
        Assert.Equal("vit", (string)one["dialect"]!);
    }

    [Fact]
    public async Task Weights_UnknownName_IsOneLine()
    {
        RadaptResult result = (await RadaptProcess.Run(tiny.Folder, "weights", "resnet")).Expect(2);
        Assert.Contains("resnet: no weights of this name; one of mrm", result.ErrorLine, StringComparison.Ordinal);
    }
}
