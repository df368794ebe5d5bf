using System.Text;
using CsCheck;
using Radapt.Checkpoints;
using static TorchSharp.torch;

namespace Radapt.Tests.Checkpoints;

public sealed class SafetensorsWriterTests
{
    public static TheoryData<string> Types => [.. Enum.GetNames<ElementType>()];

    [Theory, MemberData(nameof(Types))]
    public void Write_ThenRead_GivesTheSameTensors(string typeName)
    {
        ElementType type = Enum.Parse<ElementType>(typeName);
        Gen.Long[0, 6].Array[0, 4].Sample(
            shape =>
            {
                using var scope = NewDisposeScope();
                using var folder = new TemporaryFolder();
                Tensor values = arange(shape.Aggregate(1L, (a, b) => a * b), ScalarType.Int64).reshape(shape).to(type.ToTorch());
                Tensor strided = shape.Length > 1 ? values.transpose(0, 1) : values;

                SafetensorsWriter.Write(folder["t.safetensors"], Named(("values", values), ("strided", strided)),
                    new Dictionary<string, string>
                    {
                        ["ä\n"] = "\"ß\"",
                    });

                using CheckpointFile file = CheckpointFile.Open(folder["t.safetensors"]);
                Assert.Equal("\"ß\"", file.Metadata["ä\n"]);
                Assert.Equal(type, file.Info("values").Type);
                Assert.True(file.ReadTensor("values").Equals(values));
                Assert.True(file.ReadTensor("strided").Equals(strided.contiguous()));
            },
            iter: 30, threads: 1);
    }

    [Fact]
    public void Write_AnyOrder_GivesTheSameAlignedBytes()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        (string, Tensor)[] tensors = [("b", ones(3)), ("a", ones(1, dtype: ScalarType.Bool)), ("c", zeros(5, dtype: ScalarType.Int64)),
            ("h", zeros(3, dtype: ScalarType.Float16))];

        SafetensorsWriter.Write(folder["1"], Named(tensors), new Dictionary<string, string> { ["x"] = "1", ["a"] = "2" });
        SafetensorsWriter.Write(folder["2"], Named([.. tensors.Reverse()]), new Dictionary<string, string> { ["a"] = "2", ["x"] = "1" });

        byte[] bytes = File.ReadAllBytes(folder["1"]);
        Assert.Equal(bytes, File.ReadAllBytes(folder["2"]));
        Assert.Equal(0, BitConverter.ToInt64(bytes) % 8);
        using CheckpointFile file = CheckpointFile.Open(folder["1"]);
        Assert.Equal(["c", "b", "h", "a"], file.Tensors.Select(t => t.Name));
        Assert.Contains("\"__metadata__\":{\"a\":\"2\",\"x\":\"1\"}", Encoding.UTF8.GetString(bytes), StringComparison.Ordinal);
    }

    [Fact] // K24
    public void Write_LongMetadata_IsWrittenWithLittleMemoryBesideIt()
    {
        const int Length = 1_000_000;
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        // Some pairs of surrogates lie across the ends of pieces.
        string text = string.Concat(Enumerable.Repeat("\"ä🫁\" \\ <x>.\n", Length / 13));
        var metadata = new Dictionary<string, string> { ["trainer"] = text };
        SafetensorsWriter.Write(folder["first"], Named(("w", ones(2)))); // what is made once is made here
        long before = GC.GetAllocatedBytesForCurrentThread();

        SafetensorsWriter.Write(folder["t"], Named(("w", ones(2))), metadata);

        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        using CheckpointFile file = CheckpointFile.Open(folder["t"]);
        Assert.Equal(text, file.Metadata["trainer"]);
        Assert.InRange(allocated, 0, 5 * new FileInfo(folder["t"]).Length); // the header as it grows, doubling, and once as an array
    }

    [Fact]
    public void Write_Failing_LeavesTheTargetAndNothingElse()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["t.safetensors"], "old");
        Directory.CreateDirectory(folder["folder"]);
        Tensor gone = ones(3);
        gone.Dispose();

        Assert.ThrowsAny<Exception>(() => SafetensorsWriter.Write(folder["t.safetensors"], Named(("a", ones(3)), ("z", gone))));
        Assert.Throws<RadaptException>(() => SafetensorsWriter.Write(folder["folder"], Named(("a", ones(3)))));

        Assert.Equal("old", File.ReadAllText(folder["t.safetensors"]));
        Assert.Equal(2, Directory.GetFileSystemEntries(folder.Path).Length);
    }

    [Fact]
    public void Write_TensorWithGradient_IsWritten()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();

        SafetensorsWriter.Write(folder["t"], Named(("w", ones(2, 3, requires_grad: true))));

        using CheckpointFile file = CheckpointFile.Open(folder["t"]);
        Assert.Equal([2L, 3L], file.Info("w").Shape);
    }

    [Fact]
    public void ReadFloat32_EveryFloatType_HasTheSameHash()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        Tensor weights = arange(-40, 40, ScalarType.Float32).reshape(8, 10) / 4; // exact in bfloat16
        var hashes = new HashSet<string>();
        foreach (ScalarType type in (ScalarType[])[ScalarType.Float64, ScalarType.Float32, ScalarType.Float16, ScalarType.BFloat16])
        {
            SafetensorsWriter.Write(folder["t"], Named(("stored", weights.to(type))));
            using CheckpointFile file = CheckpointFile.Open(folder["t"]);
            Assert.True(file.ReadFloat32("stored").Equals(weights));
            hashes.Add(CanonicalHash.Compute(file, new Dictionary<string, TensorParts> { ["w"] = TensorParts.Whole("stored") }));
        }

        Assert.Single(hashes);
    }

    [Fact]
    public void Open_HeaderWhoseLengthBeginsAsAPickleDoes_IsReadAsSafetensors()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        int filling = 0;
        byte[] bytes;
        do // until the header is 0x0180, 0x0280, … bytes long
        {
            SafetensorsWriter.Write(folder["t"], Named(("w", ones(2))), new Dictionary<string, string>
            {
                ["filling"] = new('x', filling++),
            });
            bytes = File.ReadAllBytes(folder["t"]);
        }
        while (bytes is not [0x80, >= 1 and <= 5, ..]);
        using CheckpointFile file = CheckpointFile.Open(folder["t"]);
        Assert.True(file.ReadTensor("w").Equals(ones(2)));
    }

    private static Dictionary<string, Tensor> Named(params (string Name, Tensor Tensor)[] tensors) =>
        tensors.ToDictionary(t => t.Name, t => t.Tensor);
}
