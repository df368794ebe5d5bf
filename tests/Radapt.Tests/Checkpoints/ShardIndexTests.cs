using Radapt.Checkpoints;
using static TorchSharp.torch;

namespace Radapt.Tests.Checkpoints;

/// <summary>M3: a checkpoint in several files is read through its index, all of it or nothing.</summary>
public sealed class ShardIndexTests : IDisposable
{
    private const string First = "model-00001-of-00002.safetensors", Second = "model-00002-of-00002.safetensors";

    private readonly TemporaryFolder _folder = new();

    public ShardIndexTests()
    {
        using var scope = NewDisposeScope();
        SafetensorsWriter.Write(_folder[First], new Dictionary<string, Tensor> { ["a"] = full(2, 1f), ["b"] = full(3, 2f) });
        SafetensorsWriter.Write(_folder[Second], new Dictionary<string, Tensor> { ["c"] = full(4, 3f) });
        WriteIndex($$"""{"a": "{{First}}", "b": "{{First}}", "c": "{{Second}}"}""");
    }

    [Theory]
    [InlineData("")]
    [InlineData("model.safetensors.index.json")]
    public void Open_FolderOrIndex_ReadsAllParts(string name)
    {
        using CheckpointFile file = CheckpointFile.Open(_folder[name]);
        Assert.Equal(["a", "b", "c"], file.Tensors.Select(t => t.Name).Order(StringComparer.Ordinal));
        using Tensor last = file.ReadTensor("c");
        Assert.Equal([3f, 3, 3, 3], last.data<float>().ToArray());
        Assert.Contains("2 parts", file.Format, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(First)]
    [InlineData(Second)]
    public void Open_SinglePart_IsRefused(string part) => Refused(part, "one of the 2 parts");

    [Theory]
    [InlineData("""{"a": "../model.safetensors"}""", "not the name of a file in its folder")]
    [InlineData("""{"a": "/dev/zero"}""", "not the name of a file in its folder")]
    [InlineData("""{"a": 3}""", "not the index")]
    [InlineData("{}", "weight_map is empty")]
    [InlineData($$"""{"a": "{{First}}", "z": "{{Second}}"}""", "z is not in any of its parts")]
    [InlineData($$"""{"a": "{{First}}", "c": "model-00003-of-00003.safetensors"}""", "no such file")]
    public void Open_DamagedIndex_OneLine(string map, string expected)
    {
        WriteIndex(map);
        Refused("", expected);
    }

    [Fact]
    public void Open_PartsThatHoldTheSameTensor_IsRefused()
    {
        using var scope = NewDisposeScope();
        SafetensorsWriter.Write(_folder[Second], new Dictionary<string, Tensor> { ["a"] = ones(2), ["c"] = ones(4) });
        Refused("", "two of its parts contain a");
    }

    public void Dispose() => _folder.Dispose();

    private void WriteIndex(string map) =>
        File.WriteAllText(_folder["model.safetensors.index.json"], $$"""{"metadata": {}, "weight_map": {{map}}}""");

    private void Refused(string name, string expected)
    {
        RadaptException e = Assert.Throws<RadaptException>(() => CheckpointFile.Open(_folder[name]));
        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
    }
}
