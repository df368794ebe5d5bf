using Radapt.Checkpoints;
using static TorchSharp.torch;

namespace Radapt.Tests.Checkpoints;

public sealed class WeightsLicenceTests
{
    [Theory]
    [InlineData("---\nlibrary_name: transformers\nlicense: cc-by-nc-4.0 # see below\n---\n# Model\n", null, "cc-by-nc-4.0")]
    [InlineData("---\r\nlicense: \"mit\"\r\n---\r\n", null, "mit")]
    [InlineData("---\nlicense: mit\n---\n", "apache-2.0", "apache-2.0")]
    [InlineData("# Model\nlicense: mit\n", null, null)]
    [InlineData("---\ntags: x\n---\nlicense: mit\n", null, null)]
    [InlineData(null, null, null)]
    public void Find_WhatFileOrFolderSays_AndNothingElse(string? readme, string? metadata, string? expected)
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        SafetensorsWriter.Write(
            folder["model.safetensors"], new Dictionary<string, Tensor>
            {
                ["w"] = ones(1),
            }, metadata is null ? null : new Dictionary<string, string> { ["license"] = metadata });
        if (readme is not null)
        {
            File.WriteAllText(folder["README.md"], readme);
        }

        using CheckpointFile file = CheckpointFile.Open(folder.Path);
        Assert.Equal(expected, WeightsLicence.Find(file));
    }
}
