using System.IO.Compression;
using System.Runtime.InteropServices;
using CsCheck;
using Radapt.Checkpoints;

namespace Radapt.Tests.Checkpoints;

public sealed class PyTorchFileTests
{
    [Theory, InlineData(CompressionLevel.NoCompression), InlineData(CompressionLevel.Fastest)]
    public void CopyTo_AnyStrides_EqualsElementwiseIndexing(CompressionLevel level) =>
        // Up to four axes of up to five, any strides (0, overlapping, permuted, with gaps), any offset.
        Gen.Select(Gen.Int[0, 5].Array[0, 4], Gen.Int[0, 40].Array[4], Gen.Int[0, 9]).Sample(
            (sizes, steps, offset) =>
            {
                using var folder = new TemporaryFolder();
                long[] shape = [.. sizes.Select(s => (long)s)];
                long[] strides = [.. steps.Take(shape.Length).Select(s => (long)s)];
                short[] storage = [.. Enumerable.Range(0, 1000).Select(i => (short)(i * 7))];
                string path = new PyTorchFileBuilder()
                    .Tensor("t", "ShortStorage", Bytes(storage), storage.Length, offset, shape, strides).Save(folder["t.pth"], level);

                using CheckpointFile file = CheckpointFile.Open(path);
                short[] read = new short[file.Info("t").Elements];
                file.CopyTo("t", MemoryMarshal.AsBytes(read.AsSpan()));

                Assert.Equal(Indices(shape, strides, offset).Select(i => storage[i]), read);
            },
            iter: 200, threads: 1);

    // K20: the third version names its own element type, which may be wider than that of the storage.
    [Theory]
    [InlineData("ByteStorage", 8, "float64", 1, null)]
    [InlineData("ByteStorage", 8, "float64", 2, "reaches outside its storage of 1 elements")]
    [InlineData("ByteStorage", 8, "float64", 8, "reaches outside its storage of 1 elements")]
    [InlineData("FloatStorage", 2, "uint8", 8, null)]
    [InlineData("FloatStorage", 2, "uint8", 9, "reaches outside its storage of 8 elements")]
    public void Open_TensorOfAnotherTypeThanItsStorage_StaysWithinItsBytes(
        string storageType, byte stored, string type, byte elements, string? refusal)
    {
        using var folder = new TemporaryFolder();
        string storage = $"X\x07\0\0\0storagectorch\n{storageType}\nX\x01\0\0\0sX\x03\0\0\0cpuK{(char)stored}tQ";
        string view = $"K\0(K{(char)elements}t(K\x01t\x89}}ctorch\n{type}\n";
        string path = new PyTorchFileBuilder()
            .Tensor("other", "ByteStorage", "SECRETSECRETSECR"u8.ToArray(), 16, 0, [16], [1])
            .Tensor("whole", storageType, [1, 2, 3, 4, 5, 6, 7, 8], stored, 0, [stored], [1], key: "s")
            .Raw("wide", $"ctorch._utils\n_rebuild_tensor_v3\n(({storage}{view}tR")
            .Save(folder["t.pth"]);
        if (refusal is not null)
        {
            Assert.Contains(refusal, Assert.Throws<RadaptException>(() => CheckpointFile.Open(path)).Message, StringComparison.Ordinal);
            return;
        }

        using CheckpointFile file = CheckpointFile.Open(path);
        var bytes = new byte[8];
        file.CopyTo("wide", bytes);
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8], bytes);
    }

    [Fact]
    public void CopyTo_TransposedBeyondTheWindow_EqualsElementwiseIndexing()
    {
        using var folder = new TemporaryFolder();
        const int rows = 1500, columns = 1100; // 6.6 MB: several windows in either order
        float[] storage = [.. Enumerable.Range(0, rows * columns).Select(i => (float)i)];
        string path = new PyTorchFileBuilder()
            .Tensor("transposed", "FloatStorage", Bytes(storage), storage.Length, 0, [columns, rows], [1, columns])
            .Tensor("column", "FloatStorage", [], storage.Length, 3, [rows], [columns], key: "0")
            .Tensor("far", "FloatStorage", [], storage.Length, 0, [2, 2], [825_000, 412_499], key: "0")
            .Save(folder["t.pth"]);

        using CheckpointFile file = CheckpointFile.Open(path);
        float[] transposed = new float[storage.Length];
        float[] column = new float[rows];
        float[] far = new float[4];
        file.CopyTo("transposed", MemoryMarshal.AsBytes(transposed.AsSpan()));
        file.CopyTo("column", MemoryMarshal.AsBytes(column.AsSpan()));
        file.CopyTo("far", MemoryMarshal.AsBytes(far.AsSpan()));

        Assert.True(Indices([columns, rows], [1, columns], 0).Select(i => storage[i]).SequenceEqual(transposed));
        Assert.True(Indices([rows], [columns], 3).Select(i => storage[i]).SequenceEqual(column));
        Assert.Equal([0, 412_499, 825_000, 1_237_499], far);
    }

    [Fact]
    public void CopyTo_OneTensorOfABigFile_AllocatesNothingForTheRest()
    {
        using var folder = new TemporaryFolder();
        string path = new PyTorchFileBuilder()
            .Tensor("big", "FloatStorage", new byte[128 << 20], 32 << 20, 0, [32 << 20], [1])
            .Tensor("bigTransposed", "FloatStorage", [], 32 << 20, 0, [8192, 4096], [1, 8192], key: "0")
            .Tensor("small", "FloatStorage", Bytes<float>([1, 2, 3]), 3, 0, [3], [1])
            .Save(folder["t.pth"]);
        GC.Collect();
        long before = GC.GetAllocatedBytesForCurrentThread();
        float[] small = new float[3];

        using (CheckpointFile file = CheckpointFile.Open(path))
        {
            file.CopyTo("small", MemoryMarshal.AsBytes(small.AsSpan()));
            using var memory = new NativeBlock(128 << 20);
            file.CopyTo("big", memory.Address, memory.Length);
            file.CopyTo("bigTransposed", memory.Address, memory.Length);
        }

        Assert.Equal([1, 2, 3], small);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 << 20);
    }

    [Fact]
    public void CopyTo_FlippedBit_IsNoticedByTheChecksum()
    {
        using var folder = new TemporaryFolder();
        string path = new PyTorchFileBuilder().Tensor("t", "FloatStorage", Bytes<float>([123456.7f, 2, 3]), 3, 0, [3], [1])
            .Save(folder["t.pth"]);
        byte[] bytes = File.ReadAllBytes(path);
        bytes[bytes.AsSpan().IndexOf(BitConverter.GetBytes(123456.7f))] ^= 1;
        File.WriteAllBytes(path, bytes);

        using CheckpointFile file = CheckpointFile.Open(path);
        var failure = Assert.Throws<RadaptException>(() => file.CopyTo("t", new byte[12]));

        Assert.Contains("checksum", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_StrangerAmongTensors_IsRefusedByName()
    {
        using var folder = new TemporaryFolder();
        string path = new PyTorchFileBuilder().Tensor("t", "FloatStorage", new byte[4], 1, 0, [1], [1])
            .Raw("weight", "cmypackage.tensors\nQuantTensor\n)\x81").Save(folder["t.pth"]);

        var failure = Assert.Throws<RadaptException>(() => CheckpointFile.Open(path));

        Assert.Contains("'weight'", failure.Message, StringComparison.Ordinal);
        Assert.Contains("mypackage.tensors.QuantTensor", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_ComplexTensor_StaysOpaqueBesideTheOthers()
    {
        using var folder = new TemporaryFolder();
        string path = new PyTorchFileBuilder().Tensor("t", "FloatStorage", new byte[4], 1, 0, [1], [1])
            .Tensor("frequencies", "ComplexFloatStorage", new byte[8], 1, 0, [1], [1]).Save(folder["t.pth"]);

        using CheckpointFile file = CheckpointFile.Open(path);

        Assert.Equal(["t"], file.Tensors.Select(t => t.Name));
        Assert.Equal([("frequencies", "torch.ComplexFloatStorage")], file.Opaque);
    }

    [Theory, InlineData("hostile/garbage"), InlineData("")]
    public void Open_MissingFileOrFolder_SaysWhatIsMissing(string name)
    {
        using var folder = new TemporaryFolder();

        var failure = Assert.Throws<RadaptException>(() => CheckpointFile.Open(folder[name]));

        Assert.StartsWith(folder[name], failure.Message, StringComparison.Ordinal);
    }

    private static byte[] Bytes<T>(T[] values)
        where T : struct => MemoryMarshal.AsBytes<T>(values).ToArray();

    private static IEnumerable<long> Indices(long[] shape, long[] strides, long offset) =>
        shape.Length == 0 ? [offset]
            : Enumerable.Range(0, (int)shape[0]).SelectMany(i => Indices(shape[1..], strides[1..], offset + (i * strides[0])));
}
