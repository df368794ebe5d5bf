namespace Radapt.Tests.Cli;

/// <summary>K17, as a user meets it.</summary>
[Collection(WholeCommands.Name)]
public sealed class OverwritingTests(TinyRun tiny)
{
    public static TheoryData<string, string> Commands => new()
    {
        { "evaluate RUN --roc there.csv", "there.csv" },
        { "evaluate RUN --predictions there.csv", "there.csv" },
        { "data preview --data DATA --out there.png", "there.png" },
        { "adapter merge RUN -o there.safetensors", "there.safetensors" },
        { "adapter export RUN --format onnx -o there.onnx", "there.onnx" },
        { "adapter export RUN --format peft -o there", "there/adapter_config.json" },
    };

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Command_FileThatIsThere_IsReplacedOnlyWhenAsked(string command, string file)
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(Path.GetDirectoryName(folder[file])!);
        File.WriteAllText(folder[file], "mine");
        string[] line =
            [.. command.Split(' ')
                .Select(w => w.Replace("RUN", tiny.Run, StringComparison.Ordinal).Replace("DATA", tiny.Data, StringComparison.Ordinal))];
        RadaptResult refused = (await RadaptProcess.Run(folder.Path, line)).Expect(2);
        Assert.Contains("--overwrite", refused.ErrorLine, StringComparison.Ordinal);
        Assert.Equal("mine", File.ReadAllText(folder[file]));
        (await RadaptProcess.Run(folder.Path, [.. line, "--overwrite"])).Expect(0);
        Assert.NotEqual("mine", File.ReadAllText(folder[file]));
    }

    [Fact]
    public async Task Command_OntoItsInput_IsRefusedEvenWhenAskedTo()
    {
        string table = Path.Combine(tiny.Data, "labels.csv");
        string before = File.ReadAllText(table);
        foreach (string[] line in new string[][]
        {
            ["evaluate", tiny.Run, "--data", table, "--roc", table],
            ["data", "check", "--data", tiny.Data, "-o", table],
            ["data", "split", "--data", table, "-o", table],
            ["predict", tiny.Run, tiny.Data, "-o", Path.Combine(tiny.Run, "predictions.csv")],
        })
        {
            RadaptResult refused = (await RadaptProcess.Run(tiny.Folder, [.. line, "--overwrite"])).Expect(2);
            Assert.Contains("is an input of this command", refused.ErrorLine, StringComparison.Ordinal);
        }

        Assert.Equal(before, File.ReadAllText(table));
    }
}
