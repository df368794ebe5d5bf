using System.IO.Compression;
using System.Text;

namespace Radapt.Tests.Checkpoints;

/// <summary>Writes PyTorch's zip format byte by byte, so that tests need no torch and can break it.</summary>
internal sealed class PyTorchFileBuilder
{
    private readonly List<byte> _pickle = [];
    private readonly List<(string Key, byte[] Bytes)> _storages = [];

    public PyTorchFileBuilder() => Op("\x80\x02}(");

    /// <summary>A tensor over a storage of its own, or over the storage of this key if it is there already.</summary>
    public PyTorchFileBuilder Tensor(string name, string storageType, byte[] storage, long elements, long offset, long[] shape,
        long[] strides, string? key = null)
    {
        key ??= $"{_storages.Count}";
        if (_storages.All(s => s.Key != key))
        {
            _storages.Add((key, storage));
        }

        Text(name).Op("ctorch._utils\n_rebuild_tensor_v2\n((").Text("storage").Op($"ctorch\n{storageType}\n").Text(key).Text("cpu")
            .Number(elements).Op("tQ");
        Number(offset).Numbers(shape).Numbers(strides).Op("\x89" + "ccollections\nOrderedDict\n)RtR");
        return this;
    }

    /// <summary>Any pickled value under a name.</summary>
    public PyTorchFileBuilder Raw(string name, string operations) => Text(name).Op(operations);

    public string Save(string path, CompressionLevel level = CompressionLevel.NoCompression)
    {
        Op("u.");
        using var zip = new ZipArchive(File.Create(path), ZipArchiveMode.Create);
        foreach ((string name, byte[] bytes) in (IEnumerable<(string, byte[])>)[("data.pkl", _pickle.ToArray()),
            .. _storages.Select(s => ($"data/{s.Key}", s.Bytes))])
        {
            using Stream entry = zip.CreateEntry("archive/" + name, level).Open();
            entry.Write(bytes);
        }

        return path;
    }

    private PyTorchFileBuilder Numbers(long[] numbers)
    {
        Op("(");
        foreach (long number in numbers)
        {
            Number(number);
        }

        return Op("t");
    }

    private PyTorchFileBuilder Number(long number)
    {
        Op("\x8a\x08");
        _pickle.AddRange(BitConverter.GetBytes(number));
        return this;
    }

    private PyTorchFileBuilder Text(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        Op("X");
        _pickle.AddRange(BitConverter.GetBytes(bytes.Length));
        _pickle.AddRange(bytes);
        return this;
    }

    private PyTorchFileBuilder Op(string operations)
    {
        _pickle.AddRange(Encoding.Latin1.GetBytes(operations));
        return this;
    }
}
