using System.Text.Json.Nodes;
using Radapt.Datasets.Tables;

namespace Radapt.Tests.Cli;

[Collection(WholeCommands.Name)]
public sealed class DataCheckCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Check_SoundSet_IsZeroWithItsFigures()
    {
        await Phantoms(60);
        RadaptResult result =
            (await RadaptProcess.Run(_folder.Path, "data", "check", "--data", "made", "-o", "problems.csv", "--json")).Expect(0);
        JsonObject json = result.Json;
        Assert.Equal((60, 60, 0, 0), ((int)json["images"]!, (int)json["readable"]!, (int)json["errors"]!, (int)json["warnings"]!));
        Assert.Equal(["train", "val", "test"], json["parts"]!.AsArray().Select(p => (string)p!["name"]!));
        Assert.Equal("png", (string)json["files"]![0]!["format"]!);
        Assert.Equal(32, (int)json["sizes"]!["shorter_side"]!["median"]!);
        Assert.True((double)json["images_per_second"]! > 0);
        Assert.Empty(json["problems"]!.AsObject());
        Assert.Equal(["image,kind,severity,what,other_image"], File.ReadAllLines(_folder["problems.csv"]));
        RadaptResult again = (await RadaptProcess.Run(_folder.Path, "data", "check", "--data", "made", "-o", "problems.csv")).Expect(2);
        Assert.Contains("--overwrite", again.ErrorLine, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_BrokenSet_IsThreeAndTellsAll()
    {
        await Phantoms(60);
        string[] names = [.. Directory.GetFiles(_folder["made/images"]).Order(StringComparer.Ordinal)];
        File.Delete(names[0]);
        File.WriteAllText(names[1], "=no image, \"but\" text");
        RadaptResult result =
            (await RadaptProcess.Run(_folder.Path, "data", "check", "--data", "made", "-o", "problems.csv", "--json")).Expect(3);
        Assert.Equal(2, (int)result.Json["errors"]!);
        Assert.Equal(1, (int)result.Json["problems"]!["missing"]!["errors"]!);
        Assert.Equal(1, (int)result.Json["problems"]!["unreadable"]!["errors"]!);
        CsvCells table = CsvCells.Read(_folder["problems.csv"]);
        Assert.Equal([("images/phantom000001.png", "missing", "error"), ("images/phantom000002.png", "unreadable", "error")],
            table.Rows.Select(r => (r.Cells[0], r.Cells[1], r.Cells[2])));
        RadaptResult shown = (await RadaptProcess.Run(_folder.Path, "data", "check", "--data", "made")).Expect(3);
        Assert.Contains("2 errors, no warnings, no notes", shown.Output, StringComparison.Ordinal);
        Assert.Contains("59 images in", shown.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_FolderWithoutTable_ChecksItsImages()
    {
        await Phantoms(12);
        File.Copy(_folder["made/images/phantom000003.png"], _folder["made/images/copy.png"]);
        RadaptResult result =
            (await RadaptProcess.Run(_folder.Path, "data", "check", "--data", "made/images", "-o", "p.csv", "--json")).Expect(0);
        Assert.Equal(13, (int)result.Json["images"]!);
        Assert.Contains("contains no labels.csv", result.Error, StringComparison.Ordinal);
        Assert.StartsWith("phantom000003.png,duplicate,warning,", File.ReadAllLines(_folder["p.csv"])[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("No data is given")]
    [InlineData("does not exist", "--data", "nowhere.csv")]
    [InlineData("no images were found there", "--data", "empty")]
    [InlineData("is neither 0, 1 nor empty", "--data", "bad.csv")]
    [InlineData("none of the 1 images", "--data", "lost.csv")]
    [InlineData("--threads must be", "--data", "bad.csv", "--threads", "0")]
    [InlineData("cannot be written", "--data", "made", "-o", "no/such/folder.csv")]
    public async Task Check_BadInput_IsOneLine(string expected, params string[] arguments)
    {
        await Phantoms(12);
        Directory.CreateDirectory(_folder["empty"]);
        File.WriteAllText(_folder["bad.csv"], "image,f\na.png,0\nb.png,1\nc.png,7\n");
        File.WriteAllText(_folder["lost.csv"], "image,f\na.png,0\n");
        RadaptResult result = (await RadaptProcess.Run(_folder.Path, ["data", "check", .. arguments])).Expect(2);
        Assert.Contains(expected, result.ErrorLine, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CtrlC_WhileReading_LeavesNothing()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "signals of other processes");
        Assert.SkipWhen(InterruptionTests.IgnoresInterrupts(), "started with SIGINT ignored, which every child inherits");
        (await RadaptProcess.Run(_folder.Path, "data", "phantoms", "--count", "10", "--size", "1024", "--no-masks", "made")).Expect(0);
        Directory.CreateDirectory(_folder["many"]);
        for (int i = 0; i < 4000; i++)
        {
            File.CreateSymbolicLink(_folder[$"many/{i}.png"], _folder[$"made/images/phantom{(i % 10) + 1:D6}.png"]);
        }

        using RadaptProcess process = RadaptProcess.Start(_folder.Path, " left", "data", "check", "--data", "many", "-o", "p.csv");
        await process.Awaited();
        process.Interrupt();
        RadaptResult stopped = (await process.End()).Expect(130);
        Assert.Contains("nothing was written", stopped.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    private async Task Phantoms(int count) =>
        (await RadaptProcess.Run(_folder.Path, "data", "phantoms", "--count", $"{count}", "--size", "32", "--seed", "3", "--no-masks",
            "made")).Expect(0);
}
