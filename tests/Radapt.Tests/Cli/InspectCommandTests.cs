namespace Radapt.Tests.Cli;

[Collection(WholeCommands.Name)]
public sealed class InspectCommandTests(TinyRun tiny)
{
    [Fact]
    public async Task Inspect_RunFolder_ShowsTensorsAndMetadata()
    {
        RadaptResult shown = (await RadaptProcess.Run(tiny.Folder, "inspect", tiny.Run)).Expect(0);
        Assert.All(["head.weight", "(2, 32)", "Effusion", "radapt-adapter/1", "Recognised as: Radapt adapter"], text => Assert.Contains(text, shown.Output, StringComparison.Ordinal));
        RadaptResult json = (await RadaptProcess.Run(tiny.Folder, "inspect", Path.Combine(tiny.Run, "adapter.safetensors"), "--json")).Expect(0);
        Assert.Equal((int)json.Json["totals"]!["tensors"]!, json.Json["tensors"]!.AsArray().Count);
        Assert.Equal("lora", (string)json.Json["metadata"]!["method"]!);
    }
}
