namespace Radapt.Tests.Cli;

[Collection(WholeCommands.Name)]
public sealed class UsageErrorTests(TinyRun tiny)
{
    [Fact]
    public async Task Evaluate_FolderAroundOneRun_NamesTheRun()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["demo/run"]);
        File.WriteAllText(folder["demo/run/adapter.safetensors"], "");
        RadaptResult result = (await RadaptProcess.Run(folder.Path, "evaluate", "demo")).Expect(2);
        Assert.EndsWith("(no recipe.yaml and no adapter.safetensors). Did you mean demo/run?", result.ErrorLine, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "A command is missing: one of finetune, pretrain, study, evaluate, compare, report, predict, ")]
    [InlineData("data", "A command is missing: one of check, split, ")]
    [InlineData("finetun", "Did you mean finetune?")]
    [InlineData("finetune --lora-dropot 0.1", "Did you mean --lora-dropout?")]
    [InlineData("finetune --rank", "--rank")]
    [InlineData("finetune --rank 4 --rank 8", "--rank is given more than once.")]
    [InlineData("finetune --rank four", "--rank must be a whole number")]
    [InlineData("finetune --lr -1", "--lr must be greater than 0")]
    [InlineData("finetune --method lorra --data x", "one of lora, adalora, ia3")]
    [InlineData("finetune --lr 1 --base-lr 1", "cannot be used together")]
    [InlineData("finetune --method full --rank 4 --data x --weights y", "belongs to method lora")]
    [InlineData("finetune --from-scratch", "--data")]
    [InlineData("finetune --data phantoms", "--weights")]
    [InlineData("finetune --data x", "x does not exist")]
    [InlineData("finetune --resume", "--out RUN")]
    [InlineData("finetune --recipe nothing", "mrm-nih-1-lora")]
    [InlineData("finetune surplus", "'surplus' is not expected")]
    [InlineData("predict run image.png", "--out")]
    [InlineData("predict run image.png -o out.csv --threads 0", "--threads must be a whole number from 1 to 4096")]
    [InlineData("predict run missing.png -o out.csv", "missing.png")]
    [InlineData("predict run missing/*.png -o out.csv", "no images")]
    [InlineData("evaluate", "RUN")]
    [InlineData("evaluate nothing", "nothing")]
    [InlineData("evaluate run --split train", "--split: 'train' is not one of all, test, val. See radapt evaluate --help.")]
    [InlineData("evaluate .", ".: this is not a run folder (no recipe.yaml and no adapter.safetensors).")]
    [InlineData("evaluate phantoms", "Give the folder that finetune wrote")]
    [InlineData("inspect nothing.pth", "nothing.pth")]
    [InlineData("adapter", "radapt adapter --help")]
    [InlineData("adapter merg run", "Did you mean merge?")]
    [InlineData("adapter merge run", "--out")]
    [InlineData("adapter merge nothing -o merged.safetensors", "nothing")]
    [InlineData("adapter merge run -o merged.pth", ".safetensors")]
    [InlineData("adapter merge run -o merged.safetensors --dialect keras", "keras")]
    [InlineData("adapter export run -o out --format tar", "tar")]
    [InlineData("adapter import nothing -o out", "nothing")]
    [InlineData("adapter import run/run.json -o out", "run.json")]
    [InlineData("adapter import run -o out --heads many", "--heads")]
    [InlineData("adapter import run -o out", "adapter_config.json")]
    public async Task Usage_Wrong_OneLineAndExitCode2(string line, string expected)
    {
        RadaptResult result = (await RadaptProcess.Run(tiny.Folder, line.Split(' ', StringSplitOptions.RemoveEmptyEntries))).Expect(2);
        Assert.StartsWith("radapt: ", result.ErrorLine, StringComparison.Ordinal);
        Assert.Contains(expected, result.ErrorLine, StringComparison.OrdinalIgnoreCase);
        Assert.Empty(result.Output);
        Assert.False(Directory.Exists(Path.Combine(tiny.Folder, "runs")));
    }
}
