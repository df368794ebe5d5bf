using System.Text.Json.Nodes;
using Radapt.Checkpoints;
using Radapt.Tests.Golden;

namespace Radapt.Tests.Checkpoints;

[Trait("Category", "Golden")]
public sealed class CheckpointGoldenTests
{
    // What stands before the model's names in the golden files; what is under test here is the bytes.
    private static readonly string[] s_prefixes = ["", "model.", "state_dict."];

    public static TheoryData<string> WithExpectedModel => GoldenIndex.Ids("checkpoints", c => c.Has("expected_model"));

    public static TheoryData<string> Readable => GoldenIndex.Ids("checkpoints", c => !c.Entry.ContainsKey("expect"));

    public static TheoryData<string> Hostile => GoldenIndex.Ids("checkpoints", c => c.Entry.ContainsKey("expect"));

    [Theory, MemberData(nameof(WithExpectedModel))]
    public void Open_GoldenFile_GivesEveryTensorBitForBit(string id)
    {
        GoldenCase golden = GoldenIndex.Find(id);
        using CheckpointFile file = CheckpointFile.Open(golden.File("input"));
        using CheckpointFile expected = CheckpointFile.Open(golden.File("expected_model"));
        string prefix = s_prefixes.First(p => file.Contains(p + expected.Tensors[0].Name));

        AssertSame(expected, file, expected.Tensors.Select(t => (t.Name, prefix + t.Name)));
        Assert.Equal(expected.Tensors.Count, file.Tensors.Count(t => t.Name.StartsWith(prefix, StringComparison.Ordinal)
            && !t.Name.StartsWith("optimizer.", StringComparison.Ordinal)));
        JsonArray? order = golden.Entry["key_order"]?.AsArray()
            ?? (golden.Has("expected_meta") ? golden.Json("expected_meta")["model_key_order"]?.AsArray() : null);
        if (order is not null)
        {
            Assert.Equal(
                order.Select(n => prefix + (string)n!),
                file.Tensors.Select(t => t.Name)
                    .Where(n => n.StartsWith(prefix, StringComparison.Ordinal) && !n.StartsWith("optimizer.", StringComparison.Ordinal)));
        }
    }

    [Fact]
    public void Open_OptimizerState_NamesItByItsNumbers()
    {
        GoldenCase golden = GoldenIndex.Find("checkpoints/mae_pretrain");
        using CheckpointFile file = CheckpointFile.Open(golden.File("input"));
        using CheckpointFile expected = CheckpointFile.Open(golden.File("expected_optimizer"));

        AssertSame(expected, file, expected.Tensors.Select(t => (t.Name, t.Name)));
        Assert.Equal(golden.Json("expected_meta")["epoch"]!.ToString(), file.Metadata["epoch"]);
        Assert.Contains(("args", "argparse.Namespace"), file.Opaque);
    }

    [Theory, MemberData(nameof(Readable))]
    public void Open_ReadableFile_DeliversEachOfItsTensors(string id)
    {
        GoldenCase golden = GoldenIndex.Find(id);
        foreach (string role in (string[])["input", "input_bin"])
        {
            if (golden.Has(role))
            {
                using CheckpointFile file = CheckpointFile.Open(golden.File(role));
                Assert.NotEmpty(file.Tensors);
                Assert.All(file.Tensors, t => file.CopyTo(t.Name, new byte[t.Bytes]));
            }
        }
    }

    [Fact]
    public void Open_HuggingFaceFolder_OpensTheFileInIt()
    {
        GoldenCase golden = GoldenIndex.Find("checkpoints/hf_vitmae_model");
        using CheckpointFile folder = CheckpointFile.Open(Path.GetDirectoryName(golden.File("input"))!);
        using CheckpointFile pickled = CheckpointFile.Open(golden.File("input_bin"));

        Assert.Equal("safetensors", folder.Format);
        Assert.Equal("PyTorch zip", pickled.Format);
        AssertSame(folder, pickled, folder.Tensors.Select(t => (t.Name, t.Name)));
    }

    [Theory, MemberData(nameof(Hostile))]
    public void Open_HostileFile_EndsAsExpectedWithinBounds(string id)
    {
        GoldenCase golden = GoldenIndex.Find(id);
        long allocatedBefore = GC.GetAllocatedBytesForCurrentThread();
        RadaptException? refused = null;
        try
        {
            using CheckpointFile file = CheckpointFile.Open(golden.File("input"));
            foreach (TensorInfo tensor in file.Tensors)
            {
                Assert.InRange(tensor.Bytes, 0, 64 << 20);
                using var memory = new NativeBlock(tensor.Bytes);
                file.CopyTo(tensor.Name, memory.Address, tensor.Bytes);
            }
        }
        catch (RadaptException failure)
        {
            refused = failure;
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - allocatedBefore, 0, 100 << 20);
        Assert.Empty(Directory.GetFileSystemEntries(Path.GetTempPath(), "pwned*"));
        if ((string)golden.Entry["expect"]! is "reject" or "should_reject")
        {
            Assert.True(refused is not null, $"{id} was accepted");
            Assert.StartsWith(golden.File("input"), refused.Message, StringComparison.Ordinal);
        }
    }

    private static void AssertSame(CheckpointFile expected, CheckpointFile actual, IEnumerable<(string Expected, string Actual)> names)
    {
        foreach ((string expectedName, string actualName) in names)
        {
            TensorInfo info = expected.Info(expectedName);
            Assert.Equal(info.Shape, actual.Info(actualName).Shape);
            Assert.Equal(info.Type, actual.Info(actualName).Type);
            byte[] expectedBytes = new byte[info.Bytes];
            byte[] actualBytes = new byte[info.Bytes];
            expected.CopyTo(expectedName, expectedBytes);
            actual.CopyTo(actualName, actualBytes);
            Assert.True(expectedBytes.AsSpan().SequenceEqual(actualBytes), $"{actualName} differs");
        }
    }
}
