using Radapt.Models.Dialects;
using Radapt.Tests.Golden;

namespace Radapt.Tests.Models.Dialects;

public sealed class CheckpointInspectionTests
{
    public static TheoryData<string> Readable => GoldenIndex.Ids("checkpoints", c => !c.Entry.ContainsKey("expect"));

    [Theory, MemberData(nameof(Readable)), Trait("Category", "Golden")]
    public void Inspect_ReadableFile_AccountsForEveryTensor(string id)
    {
        CheckpointReport report = CheckpointInspection.Inspect(GoldenIndex.Find(id)!.File("input"));

        Assert.NotEmpty(report.Description);
        Assert.InRange(report.TensorBytes, 1, report.FileBytes * 2);
        Assert.Equal(report.Tensors.Sum(t => t.Shape.Aggregate(1L, (a, b) => a * b)), report.Elements);
        if (GoldenIndex.Find(id).Entry["config"]?["img_size"] is not null)
        {
            Assert.True(report.IsLoadable, report.Description);
        }

        if (report.IsLoadable)
        {
            Assert.Equal(report.Tensors.Count,
                report.Parts.Encoder + report.Parts.Head + report.Parts.Lora + report.LeftOut.Sum(g => g.Count));
            Assert.NotNull(report.Shape);
        }
    }

    public static TheoryData<string> Adapters => GoldenIndex.Ids("peft-format", _ => true);

    [Theory, MemberData(nameof(Adapters)), Trait("Category", "Golden")]
    public void Inspect_PeftAdapter_SaysWhatItIsAndThatNothingStartsFromIt(string id)
    {
        GoldenCase golden = GoldenIndex.Find(id);
        string tensors = golden.File("adapter");
        foreach (string path in (string[])[tensors, Path.GetDirectoryName(tensors)!])
        {
            CheckpointReport report = CheckpointInspection.Inspect(path);
            Assert.StartsWith("PEFT LoRA adapter, rank ", report.Description, StringComparison.Ordinal);
            Assert.Contains($"{golden.Config["embed_dim"]} channels wide", report.Description, StringComparison.Ordinal);
            Assert.False(report.IsLoadable);
            Assert.Equal(report.Tensors.Count(t => t.Name.Contains(".lora_", StringComparison.Ordinal)), report.Parts.Lora);
            Assert.InRange(report.Parts.Head, 0, 4);
        }
    }

    /// <summary>`radapt inspect` starts in a blink because nothing it runs names the tensor library, which takes seconds to load.</summary>
    [Fact]
    public void Inspect_ItsSources_NameNoTensorLibrary()
    {
        string library = Path.Combine(Repository.Root, "src", "Radapt");
        string[] withTensors = ["SafetensorsWriter.cs", "TensorReading.cs", "TorchTypes.cs"];

        IEnumerable<string> sources = Directory.GetFiles(Path.Combine(library, "Checkpoints"), "*.cs")
            .Concat(Directory.GetFiles(Path.Combine(library, "Models", "Dialects"), "*.cs"));

        Assert.All(
            sources.Where(s => !withTensors.Contains(Path.GetFileName(s))),
            s => Assert.DoesNotContain("TorchSharp", File.ReadAllText(s), StringComparison.Ordinal));
    }
}
