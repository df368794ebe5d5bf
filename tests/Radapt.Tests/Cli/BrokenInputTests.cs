namespace Radapt.Tests.Cli;

/// <summary>What is wrong in the data is one line, exit code 2, and no run folder.</summary>
[Collection(WholeCommands.Name)]
public sealed class BrokenInputTests(TinyRun tiny)
{
    public static TheoryData<string, string> Breakages => new()
    {
        { "label", "labels.csv line 3" },
        { "no train rows", "train" },
        { "missing images", "image" },
        { "broken training images", "phantom" },
        { "broken validation image", "phantom" },
        { "no images at all", "image" },
        { "weights", "weights.pth" },
        { "recipe", "broken.yaml:2" },
        { "list", "list.txt line 2" },
    };

    [Theory]
    [MemberData(nameof(Breakages))]
    public async Task Finetune_BrokenInput_OneLineAndNoFolder(string breakage, string expected)
    {
        using var folder = new TemporaryFolder();
        string data = folder["data"];
        Directory.CreateDirectory(Path.Combine(data, "images"));
        string[] table = File.ReadAllLines(Path.Combine(tiny.Data, "labels.csv"));
        foreach (string image in Directory.GetFiles(Path.Combine(tiny.Data, "images")))
        {
            File.Copy(image, Path.Combine(data, "images", Path.GetFileName(image)));
        }

        string[] more = Break(breakage, folder, data, table);
        File.WriteAllLines(Path.Combine(data, "labels.csv"), table);
        string[] line = [.. tiny.FineTune("run").Select(a => a == tiny.Data ? data : a)];
        RadaptResult result = await RadaptProcess.Run(folder.Path, Merge(line, more));
        Assert.Contains(expected, result.Expect(2).ErrorLine, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder["run"]), "a run folder was left behind");
    }

    private static string[] Break(string breakage, TemporaryFolder folder, string data, string[] table)
    {
        IEnumerable<string> ImagesOf(string split) =>
            table.Where(l => l.Contains($",{split},", StringComparison.Ordinal)).Select(l => Path.Combine(data, l.Split(',')[0]));
        switch (breakage)
        {
            case "label":
                table[2] = table[2][..^1] + "2";
                break;
            case "no train rows":
                Replace(table, ",train,", ",val,");
                break;
            case "missing images":
                foreach (string image in Directory.GetFiles(Path.Combine(data, "images")).Order().Take(10))
                {
                    File.Delete(image);
                }

                break;
            case "broken training images":
            case "broken validation image":
                // All of training: one alone might be met in the second epoch, when there is a state to keep.
                foreach (string broken in breakage.Contains("training", StringComparison.Ordinal) ? ImagesOf("train")
                    : ImagesOf("val").Take(1))
                {
                    File.WriteAllBytes(broken, File.ReadAllBytes(broken)[..100]);
                }

                return ["--skip-unreadable", "0%"];
            case "no images at all":
                Directory.Delete(Path.Combine(data, "images"), recursive: true);
                break;
            case "weights":
                File.WriteAllText(folder["weights.pth"], "not a checkpoint");
                return ["--weights", folder["weights.pth"]];
            case "recipe":
                File.WriteAllText(folder["broken.yaml"], "epochs: 3\nrank: many\n");
                return ["--recipe", folder["broken.yaml"]];
            case "list":
                File.WriteAllText(folder["list.txt"], "a.png 0 1\nb.png 0 7\n");
                return ["--train", folder["list.txt"], "--val", folder["list.txt"]];
        }

        return [];
    }

    private static void Replace(string[] lines, string old, string with)
    {
        for (int i = 0; i < lines.Length; i++)
        {
            lines[i] = lines[i].Replace(old, with, StringComparison.Ordinal);
        }
    }

    // What excludes an option of the line takes its place.
    private static string[] Merge(string[] line, string[] more) => more switch
    {
        ["--weights", ..] => [.. line.Where(a => a != "--from-scratch"), .. more],
        ["--train", ..] => [.. line.Where((a, i) => a != "--data" && (i == 0 || line[i - 1] != "--data")), .. more],
        _ => [.. line, .. more],
    };
}
