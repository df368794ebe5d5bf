using System.Buffers.Binary;
using System.Text;

namespace Radapt.Checkpoints;

/// <summary>
/// An open file of tensors. Opening reads names and shapes only; a tensor's bytes are read when it is asked for. Not for use from
/// several threads while it is disposed of; reading from several threads is fine.
/// </summary>
internal sealed class CheckpointFile : IDisposable
{
    /// <summary>Tensors that a file may name. The largest published models have half as many, in a hundred files.</summary>
    public const int MaxTensors = 200_000;

    private readonly IReadOnlyList<FileBytes> _files;
    private readonly Dictionary<string, StoredTensor> _tensors;

    private CheckpointFile(string path, IReadOnlyList<FileBytes> files, CheckpointContent content)
    {
        (Path, _files, Unread) = (path, files, content.Unread);
        Format = content.Format;
        Metadata = content.Metadata;
        Opaque = content.Opaque;
        Tensors = [.. content.Tensors.Select(t => t.Info)];
        _tensors = content.Tensors.ToDictionary(t => t.Info.Name, StringComparer.Ordinal);
    }

    /// <summary>The file; of a checkpoint in several files its index.</summary>
    public string Path { get; }

    /// <summary>Size of the file, or of all its parts, bytes.</summary>
    public long Length => _files.Sum(f => f.Length);

    /// <summary>For people: "PyTorch zip", "PyTorch legacy", "safetensors".</summary>
    public string Format { get; }

    /// <summary>Every tensor, in the file's order.</summary>
    public IReadOnlyList<TensorInfo> Tensors { get; }

    /// <summary>safetensors' <c>__metadata__</c>; of PyTorch files the scalars at the top level, such as <c>epoch</c>.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Name and class of the Python objects that were left alone.</summary>
    public IReadOnlyList<(string Name, string Class)> Opaque { get; }

    /// <summary>Name and element type of tensors that are left alone, since Radapt does not read such elements.</summary>
    public IReadOnlyList<(string Name, string Type)> Unread { get; }

    /// <summary>
    /// Opens a checkpoint, whose format is recognised by its content. A folder means the <c>model.safetensors</c> or
    /// <c>pytorch_model.bin</c> in it, in one file or in several with an index, or the <c>adapter_model.*</c> of a PEFT adapter.
    /// </summary>
    /// <exception cref="RadaptException">It is missing, damaged, one part of several, or none of the formats.</exception>
    public static CheckpointFile Open(string path)
    {
        string file = Directory.Exists(path) ? InFolder(path) : path;
        if (file.EndsWith(ShardIndex.Ending, StringComparison.OrdinalIgnoreCase))
        {
            return OpenParts(file);
        }

        return ShardIndex.PartsOf(file) is not { } parts ? OpenAll(file, [file], contents => contents[0])
            : throw RadaptException.In(file,
                $"this file is one of the {parts} parts of a checkpoint; give the folder, or the {ShardIndex.Ending} "
                    + "file that lists all parts.");
    }

    public bool Contains(string name) => _tensors.ContainsKey(name);

    /// <exception cref="RadaptException">There is no tensor of that name.</exception>
    public TensorInfo Info(string name) => Stored(name).Info;

    /// <summary>Writes a tensor contiguous and row-major, in its stored element type, to memory of exactly its size.</summary>
    public void CopyTo(string name, nint destination, long length)
    {
        StoredTensor tensor = Stored(name);
        ArgumentOutOfRangeException.ThrowIfNotEqual(length, tensor.Info.Bytes);
        tensor.CopyTo(destination);
    }

    /// <inheritdoc cref="CopyTo(string, nint, long)"/>
    public unsafe void CopyTo(string name, Span<byte> destination)
    {
        fixed (byte* address = destination)
        {
            CopyTo(name, (nint)address, destination.Length);
        }
    }

    public void Dispose()
    {
        foreach (FileBytes file in _files)
        {
            file.Dispose();
        }
    }

    private StoredTensor Stored(string name) => _tensors.TryGetValue(name, out StoredTensor? tensor)
        ? tensor : throw RadaptException.In(Path, Unread.FirstOrDefault(u => u.Name == name) is { Type: { } type }
            ? $"{name} has the element type '{type}', which Radapt does not read; convert it to F32, F16 or BF16."
            : $"there is no tensor {name}; `radapt inspect` lists the tensors of this file.");

    private static CheckpointFile OpenParts(string index)
    {
        IReadOnlyDictionary<string, IReadOnlyList<string>> parts = ShardIndex.Read(index);
        return OpenAll(index, [.. parts.Keys.Order(StringComparer.Ordinal)], contents => Joined(index, parts, contents));
    }

    private static CheckpointFile OpenAll(
        string path, IReadOnlyList<string> parts, Func<IReadOnlyList<CheckpointContent>, CheckpointContent> join)
    {
        var files = new List<FileBytes>(parts.Count);
        try
        {
            var contents = new List<CheckpointContent>(parts.Count);
            foreach (string part in parts)
            {
                files.Add(FileBytes.Open(part));
                contents.Add(Read(files[^1]));
            }

            return new CheckpointFile(path, files, join(contents));
        }
        catch
        {
            files.ForEach(f => f.Dispose());
            throw;
        }
    }

    private static CheckpointContent Joined(
        string index, IReadOnlyDictionary<string, IReadOnlyList<string>> parts, IReadOnlyList<CheckpointContent> contents)
    {
        StoredTensor[] tensors = [.. contents.SelectMany(c => c.Tensors)];
        (string Name, string Type)[] unread = [.. contents.SelectMany(c => c.Unread)];
        var names = new HashSet<string>(StringComparer.Ordinal);
        if (tensors.FirstOrDefault(t => !names.Add(t.Info.Name)) is { } twice)
        {
            throw RadaptException.In(index, $"two of its parts contain {twice.Info.Name}; download the checkpoint again.");
        }

        names.UnionWith(unread.Select(u => u.Name));
        if (parts.Values.SelectMany(n => n).FirstOrDefault(n => !names.Contains(n)) is { } missing)
        {
            throw RadaptException.In(index, $"{missing} is not in any of its parts; download the checkpoint again.");
        }

        return new CheckpointContent($"{contents[0].Format} in {contents.Count} parts", tensors, contents[0].Metadata,
            [.. contents.SelectMany(c => c.Opaque)])
        {
            Unread = unread,
        };
    }

    private static string InFolder(string folder)
    {
        foreach (string name in (string[])["model.safetensors", "pytorch_model.bin", "adapter_model.safetensors", "adapter_model.bin"])
        {
            string path = System.IO.Path.Combine(folder, name);
            if (File.Exists(path))
            {
                return path;
            }

            if (File.Exists(path + ShardIndex.Ending))
            {
                return path + ShardIndex.Ending;
            }
        }

        if (Directory.Exists(System.IO.Path.Combine(folder, "fold1")))
        {
            throw RadaptException.In(folder, "this is the folder of a cross-validation, and each fold is a run; name one of them, such as "
                + $"{System.IO.Path.Combine(folder, "fold1")}.");
        }

        throw RadaptException.In(folder, "this is a folder without model.safetensors or pytorch_model.bin; give the checkpoint file.");
    }

    private static CheckpointContent Read(FileBytes file)
    {
        byte[] head = new byte[(int)Math.Min(file.Length, 512)];
        file.Read(0, head);
        ReadOnlySpan<byte> start = head;
        if (start.StartsWith("PK"u8))
        {
            return PyTorchFiles.ReadZip(file);
        }

        // The length of a safetensors header may begin with the bytes that a pickle begins with; as such a length, a pickle goes far beyond
        // the file.
        bool hasHeader = start.Length > 8 && start[8] == '{';
        if (start is [0x80, >= 1 and <= 5, ..] && !(hasHeader && BinaryPrimitives.ReadUInt64LittleEndian(start) < (ulong)file.Length))
        {
            return PyTorchFiles.ReadLegacy(file);
        }

        if (hasHeader || (file.Path.EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase) && Stranger(start) is null))
        {
            return SafetensorsFile.Read(file);
        }

        throw RadaptException.In(file.Path,
            $"this file {Stranger(start) ?? "is neither a PyTorch checkpoint (.pth, .pt, .bin) nor a .safetensors file"}; "
                + "give the checkpoint itself.");
    }

    /// <summary>What a file is that people mistake for a checkpoint.</summary>
    private static string? Stranger(ReadOnlySpan<byte> start)
    {
        if (start.IsEmpty)
        {
            return "is empty, perhaps because a download or copy failed";
        }

        if (start.StartsWith("version https://git-lfs"u8))
        {
            return "is a Git LFS pointer, not the file it points to: run `git lfs pull` or download it from the web page";
        }

        if (Encoding.Latin1.GetString(start).TrimStart('\xef', '\xbb', '\xbf', ' ', '\r', '\n', '\t').StartsWith('<'))
        {
            return "is a web page, perhaps because the download asked for a login or a confirmation";
        }

        if (start.StartsWith((ReadOnlySpan<byte>)[0x1f, 0x8b]))
        {
            return "is a gzip archive: unpack it";
        }

        if (start.Length > 262 && start[257..].StartsWith("ustar"u8))
        {
            return "is a tar archive: unpack it, or save it again if a torch before 0.1.10 wrote it";
        }

        if (start is [0x89, (byte)'H', (byte)'D', (byte)'F', ..])
        {
            return "is an HDF5 file, as Keras writes: convert it to .safetensors";
        }

        return start is [0x93, (byte)'N', (byte)'U', ..] ? "is a NumPy array: convert it to .safetensors" : null;
    }
}
