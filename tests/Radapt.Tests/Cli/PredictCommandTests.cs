using System.Globalization;

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
        Assert.Contains(result.Error.Split('\n'),
            l => l.StartsWith("radapt: images/a [red]broken[b].png", StringComparison.Ordinal)
                || l.Contains("/images/a [red]broken[b].png", StringComparison.Ordinal));
        string[] lines = File.ReadAllLines(folder["out.csv"]);
        Assert.Equal("image,Effusion,Cardiomegaly,status,reason", lines[0]);
        Assert.StartsWith("images/a [red]broken[b].png,,,unreadable,", lines[1], StringComparison.Ordinal);
        Assert.Equal(5, lines.Skip(2)
            .Count(l => l.Split(',') is [_, var effusion, _, "ok", ""] && float.Parse(effusion, CultureInfo.InvariantCulture) is > 0 and < 1));
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
}
