using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Radapt.Checkpoints;

/// <summary>Opens the two formats that <c>torch.save</c> writes.</summary>
internal static class PyTorchFiles
{
    private const long LegacyProtocol = 1001;
    private static readonly BigInteger s_legacyMagic =
        BigInteger.Parse("119547037146038801333356", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>
    /// A zip with <c>TOP/data.pkl</c>, the pickled containers, and one entry <c>TOP/data/KEY</c> for every storage.
    /// </summary>
    public static CheckpointContent ReadZip(FileBytes file)
    {
        var zip = new ZipDirectory(file);
        string pickle =
            zip.Names.Where(n => n == "data.pkl" || (n.EndsWith("/data.pkl", StringComparison.Ordinal) && n.Count(c => c == '/') == 1))
            .MinBy(n => n, StringComparer.Ordinal)
            ?? throw RadaptException.In(file.Path,
                "this file is a zip archive, but not one of PyTorch's: it has no data.pkl. Give the checkpoint itself.");
        string top = pickle[..^"data.pkl".Length];
        if (zip.Contains(top + "byteorder") && Encoding.ASCII.GetString(Bytes(file, zip.Open(top + "byteorder"), 16)).Trim() != "little")
        {
            throw RadaptException.In(file.Path, "this file was saved on a big-endian machine; save it anew on another.");
        }

        byte[] program = Bytes(file, zip.Open(pickle), PickleInput.MaxBytes);
        using var stream = new MemoryStream(program, writable: false);
        var input = new PickleInput(file, stream);
        var torch = new TorchObjects(input);
        StateDictNames names = Collect(file, input, new Unpickler(input, torch).Load());
        var storages = new Dictionary<string, StorageBytes>(StringComparer.Ordinal);
        foreach ((string key, PickledStorage storage) in torch.Storages)
        {
            StorageBytes bytes = zip.Open($"{top}data/{key}");
            storages[key] = bytes.Length == storage.Bytes ? bytes
                : throw file.Damaged($"storage {key} declares {storage.Bytes} bytes, but its entry in the zip has {bytes.Length}");
        }

        return Content(file, "PyTorch zip", names, storages);
    }

    /// <summary>
    /// The format before torch 1.6: pickles of a magic number, a version, the machine, the containers and the list of storage keys, then
    /// for each key the number of elements (64 bits) and the elements.
    /// </summary>
    public static CheckpointContent ReadLegacy(FileBytes file)
    {
        using var stream = new FileRegionStream(file, 0, file.Length);
        var input = new PickleInput(file, stream);
        var torch = new TorchObjects(input);
        object? Next() => new Unpickler(input, torch).Load();
        if (Next() is not BigInteger magic || magic != s_legacyMagic)
        {
            throw RadaptException.In(file.Path,
                "this file is a Python pickle, but not one of PyTorch's; save the weights with torch.save or as .safetensors.");
        }

        if (Next() is not LegacyProtocol)
        {
            throw file.Damaged("it is in an unknown version of PyTorch's legacy format");
        }

        if (Next() is PickledDictionary machine && machine.Items.Contains(("little_endian", false)))
        {
            throw RadaptException.In(file.Path, "this file was saved on a big-endian machine; save it anew on another.");
        }

        StateDictNames names = Collect(file, input, Next());
        if (Next() is not PickledList keys)
        {
            throw file.Damaged("its list of storages is missing");
        }

        return Content(file, "PyTorch legacy", names, LegacyStorages(file, input.Position, keys, torch.Storages));
    }

    private static Dictionary<string, StorageBytes> LegacyStorages(
        FileBytes file, long at, PickledList keys, IReadOnlyDictionary<string, PickledStorage> declared)
    {
        var storages = new Dictionary<string, StorageBytes>(StringComparer.Ordinal);
        Span<byte> count = stackalloc byte[8];
        foreach (object? item in keys.Items)
        {
            if (item is not string key || !declared.TryGetValue(key, out PickledStorage? storage))
            {
                throw file.Damaged("its list of storages names one that no tensor uses");
            }

            file.Read(at, count);
            at += count.Length;
            if (BinaryPrimitives.ReadInt64LittleEndian(count) != storage.Bytes / storage.ElementSize || at > file.Length - storage.Bytes)
            {
                throw file.Damaged($"storage {key} declares {storage.Bytes} bytes, but the file ends before that");
            }

            if (!storages.TryAdd(key, new StorageBytes(file, key, at, storage.Bytes, storage.Bytes)))
            {
                throw file.Damaged($"its list of storages names {key} twice");
            }

            at += storage.Bytes;
        }

        return storages;
    }

    private static StateDictNames Collect(FileBytes file, PickleInput input, object? root)
    {
        var names = new StateDictNames(file, input.Budget);
        names.Collect(root);
        return names;
    }

    private static CheckpointContent Content(FileBytes file, string format, StateDictNames names, Dictionary<string, StorageBytes> storages)
    {
        var tensors = new List<StoredTensor>(names.Tensors.Count);
        foreach ((string name, PickledTensor tensor) in names.Tensors)
        {
            StorageBytes bytes = storages.TryGetValue(tensor.Storage.Key, out StorageBytes? found)
                ? found : throw file.Damaged($"storage {tensor.Storage.Key} of {name} is missing");
            tensors.Add(new StoredTensor(file, new TensorInfo(name, tensor.Type, tensor.Shape), bytes, tensor.Offset, tensor.Strides));
        }

        return new CheckpointContent(format, tensors, names.Scalars, names.Opaque);
    }

    private static unsafe byte[] Bytes(FileBytes file, StorageBytes entry, long limit)
    {
        if (entry.Length > limit)
        {
            throw file.Damaged($"a pickled part or record is larger than {limit} bytes");
        }

        byte[] bytes = new byte[entry.Length];
        fixed (byte* address = bytes)
        {
            entry.CopyTo(0, (nint)address, bytes.Length);
        }

        return bytes;
    }
}
