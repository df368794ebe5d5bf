using System.Text;
using Radapt.Checkpoints;

namespace Radapt.Tests.Checkpoints;

/// <summary>Small files that describe endless work are refused, each by the budget that it exhausts, not by a clock.</summary>
public sealed class ReadingBudgetTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    // K1: one list of 300,000 items, referred to 100 times.
    [Fact]
    public void Open_ListSharedByManyLists_IsRefused()
    {
        var shared = new StringBuilder("]q\x01(").Append('N', 300_000);
        RadaptException e = Refused(Pickle(shared + TensorOperations + "e", references: 100));
        Assert.Contains("refer to each other so often", e.Message, StringComparison.Ordinal);
    }

    // K1: the same with a dictionary, and with calls that copy a list of pairs.
    [Theory]
    [InlineData("}q\x01(", "K\x05N", "K\x06", "u", "h\x01")]
    [InlineData("]q\x01(", "K\x05N\x86", "K\x06", "\x86" + "e", "ccollections\nOrderedDict\nh\x01\x85R")]
    public void Open_ItemsCopiedByManyReferences_IsRefused(string start, string item, string lastKey, string end, string reference)
    {
        string items = string.Concat(Enumerable.Repeat(item, 100_000));
        RadaptException e = Refused(Pickle(start + items + lastKey + TensorOperations + end, 100, reference));
        Assert.Contains("refer to each other so often", e.Message, StringComparison.Ordinal);
    }

    // K3: a name costs six bytes.
    [Fact]
    public void Open_MoreTensorsThanAnyModelHas_IsRefused()
    {
        var pickle = new StringBuilder("\x80\x02}(X\x01\0\0\0a" + TensorOperations + "q\x01");
        for (int i = 0; i < CheckpointFile.MaxTensors; i++)
        {
            pickle.Append("X\x06\0\0\0").Append(i.ToString("000000", System.Globalization.CultureInfo.InvariantCulture)).Append("h\x01");
        }

        Assert.Contains($"more than {CheckpointFile.MaxTensors} tensors", Refused(pickle.Append("u.").ToString()).Message,
            StringComparison.Ordinal);
    }

    // K4: sparse files, whose declared text or bytes are gigabytes; text by 8-byte length, by 4-byte length, and bytes.
    [Theory]
    [InlineData("\x8d", 8, 3L << 30)]
    [InlineData("\x8d", 8, (19L << 30) / 10)]
    [InlineData("X", 4, 3L << 30)]
    [InlineData("\x8e", 8, 3L << 30)]
    public void Open_TextOfGigabytesInASparseFile_IsRefused(string operation, int lengthBytes, long size)
    {
        using (FileStream file = File.Create(_folder["sparse.pth"]))
        {
            file.Write(Encoding.Latin1.GetBytes("\x80\x02" + operation));
            file.Write(BitConverter.GetBytes(size).AsSpan(0, lengthBytes));
            file.SetLength(size + 100);
        }

        RadaptException e = Assert.Throws<RadaptException>(() => CheckpointFile.Open(_folder["sparse.pth"]));
        Assert.Contains($"a value has {size} bytes", e.Message, StringComparison.Ordinal);
    }

    // K2: a header beyond what files have is not parsed; below it, names and metadata entries are counted.
    [Theory]
    [InlineData(26_000_000, 0, "more than the 25000000")]
    [InlineData(0, 200_001, "metadata has more than 200000 entries")]
    public void Open_SafetensorsHeaderOfAbsurdSize_IsRefused(int spaces, int entries, string expected)
    {
        string metadata = string.Join(',', Enumerable.Range(0, entries).Select(i => $"\"{i:x}\":\"\""));
        byte[] header = Encoding.UTF8.GetBytes($$"""{"__metadata__":{{{metadata}}}{{new string(' ', spaces)}}}""");
        File.WriteAllBytes(_folder["t.safetensors"], [.. BitConverter.GetBytes((long)header.Length), .. header]);
        RadaptException e = Assert.Throws<RadaptException>(() => CheckpointFile.Open(_folder["t.safetensors"]));
        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
    }

    // K16: reading a pipe would wait for ever, reading a device would never end.
    [Fact]
    public void Open_PipeOrDevice_IsRefused()
    {
        string pipe = NamedPipe.Make(_folder["pipe"]);
        RadaptException e = Assert.Throws<RadaptException>(() => CheckpointFile.Open(pipe));
        Assert.Contains("is a named pipe", e.Message, StringComparison.Ordinal);
        Assert.Contains("is a device", Assert.Throws<RadaptException>(() => CheckpointFile.Open("/dev/zero")).Message,
            StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private const string TensorOperations =
        "ctorch._utils\n_rebuild_tensor_v2\n((X\x07\0\0\0storagectorch\nFloatStorage\nX\x01\0\0\0"
            + "0X\x03\0\0\0cpuK\x04tQK\0(K\x04t(K\x01t\x89}tR";

    private static string Pickle(string shared, int references, string reference = "h\x01") =>
        "\x80\x02" + shared + "0](" + string.Concat(Enumerable.Repeat(reference, references)) + "e.";

    private RadaptException Refused(string pickle)
    {
        using (var zip = new System.IO.Compression.ZipArchive(File.Create(_folder["t.pth"]), System.IO.Compression.ZipArchiveMode.Create))
        {
            Write("a/data.pkl", Encoding.Latin1.GetBytes(pickle));
            Write("a/data/0", new byte[16]);

            void Write(string name, byte[] bytes)
            {
                using Stream entry = zip.CreateEntry(name).Open();
                entry.Write(bytes);
            }
        }

        return Assert.Throws<RadaptException>(() => CheckpointFile.Open(_folder["t.pth"]));
    }
}
