using System.Text.Json.Nodes;

namespace Radapt.Tests.Cli;

[Collection(WholeCommands.Name)]
public sealed class AdapterCommandTests(TinyRun tiny)
{
    [Theory]
    [InlineData("native")]
    [InlineData("timm")]
    public async Task Merge_ThenEvaluate_GivesTheRunsFigures(string dialect)
    {
        string merged = Path.Combine(tiny.Folder, $"merged-{dialect}.safetensors");
        RadaptResult result =
            (await RadaptProcess.Run(tiny.Folder, "adapter", "merge", tiny.Run, "-o", merged, "--dialect", dialect, "--json")).Expect(0);
        Assert.Contains("generated images", result.Error, StringComparison.Ordinal);
        Assert.InRange((double)result.Json["difference"]!["probability"]!, 0, 1e-6);
        await ExpectTheRunsFigures(merged);
        RadaptResult inspected = (await RadaptProcess.Run(tiny.Folder, "inspect", merged)).Expect(0);
        Assert.Contains("Effusion", inspected.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ExportToPeft_ThenImport_GivesTheRunsFigures()
    {
        string peft = Path.Combine(tiny.Folder, "peft");
        string back = Path.Combine(tiny.Folder, "back");
        (await RadaptProcess.Run(tiny.Folder, "adapter", "export", tiny.Run, "--format", "peft", "-o", peft)).Expect(0);
        Assert.Equal("LORA", (string)JsonNode.Parse(File.ReadAllText(Path.Combine(peft, "adapter_config.json")))!["peft_type"]!);
        Assert.Equal(["Effusion", "Cardiomegaly"],
            JsonNode.Parse(File.ReadAllText(Path.Combine(peft, "radapt.json")))!["findings"]!.AsArray().Select(f => (string)f!));
        RadaptResult imported = (await RadaptProcess.Run(tiny.Folder, "adapter", "import", peft, "-o", back, "--json")).Expect(0);
        Assert.Equal("lora", (string)imported.Json["method"]!);
        await ExpectTheRunsFigures(back);
        RadaptResult refused =
            (await RadaptProcess.Run(tiny.Folder, "evaluate", Path.Combine(peft, "adapter_model.safetensors"), "--data",
                tiny.Data)).Expect(2);
        Assert.Contains("radapt adapter import", refused.ErrorLine, StringComparison.Ordinal);
    }

    private async Task ExpectTheRunsFigures(string adapter)
    {
        RadaptResult result = (await RadaptProcess.Run(tiny.Folder, "evaluate", adapter, "--data", tiny.Data, "--json")).Expect(0);
        Assert.Equal((double)tiny.Result.Json["test"]!["auroc"]!["mean"]!, (double)result.Json["auroc"]!["mean"]!, 1e-9);
    }
}
