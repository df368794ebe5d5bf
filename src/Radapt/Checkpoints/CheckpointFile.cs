using System.Buffers.Binary;
using System.Text;

namespace Radapt.Checkpoints;

/// <summary>
/// An open file of tensors. Opening reads names and shapes only; a tensor's bytes are read when it is asked for. Not for use from
/// several threads while it is disposed of; reading from several threads is fine.
/// </summary>
internal sealed class CheckpointFile : IDisposable
{
    private readonly FileBytes _file;
    private readonly Dictionary<string, StoredTensor> _tensors;

    private CheckpointFile(FileBytes file, CheckpointContent content)
    {
        _file = file;
        Format = content.Format;
        Metadata = content.Metadata;
        Opaque = content.Opaque;
        Tensors = [.. content.Tensors.Select(t => t.Info)];
        _tensors = content.Tensors.ToDictionary(t => t.Info.Name, StringComparer.Ordinal);
    }

    public string Path => _file.Path;

    /// <summary>Size of the file, bytes.</summary>
    public long Length => _file.Length;

    /// <summary>For people: "PyTorch zip", "PyTorch legacy", "safetensors".</summary>
    public string Format { get; }

    /// <summary>Every tensor, in the file's order.</summary>
    public IReadOnlyList<TensorInfo> Tensors { get; }

    /// <summary>safetensors' <c>__metadata__</c>; of PyTorch files the scalars at the top level, such as <c>epoch</c>.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Name and class of the Python objects that were left alone.</summary>
    public IReadOnlyList<(string Name, string Class)> Opaque { get; }

    /// <summary>
    /// Opens a checkpoint, whose format is recognised by its content. A folder stands for the <c>model.safetensors</c> or
    /// <c>pytorch_model.bin</c> in it, or for the <c>adapter_model.*</c> of a PEFT adapter.
    /// </summary>
    /// <exception cref="RadaptException">It is missing, damaged or none of the formats.</exception>
    public static CheckpointFile Open(string path)
    {
        FileBytes file = FileBytes.Open(Directory.Exists(path) ? InFolder(path) : path);
        try
        {
            return new CheckpointFile(file, Read(file));
        }
        catch
        {
            file.Dispose();
            throw;
        }
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

    public void Dispose() => _file.Dispose();

    private StoredTensor Stored(string name) => _tensors.TryGetValue(name, out StoredTensor? tensor)
        ? tensor : throw new RadaptException($"{Path} has no tensor {name}; `radapt inspect` lists those it has.");

    private static string InFolder(string folder)
    {
        foreach (string name in (string[])["model.safetensors", "pytorch_model.bin", "adapter_model.safetensors", "adapter_model.bin"])
        {
            string path = System.IO.Path.Combine(folder, name);
            if (File.Exists(path))
            {
                return path;
            }

            if (File.Exists(path + ".index.json"))
            {
                throw new RadaptException($"{folder} holds a checkpoint in several parts, which Radapt does not read; save it as one file.");
            }
        }

        throw new RadaptException($"{folder} is a folder without model.safetensors or pytorch_model.bin; give the checkpoint file.");
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

        // The length of a safetensors header may begin with the bytes that a pickle begins with; as such a length, a pickle goes far beyond the file.
        bool hasHeader = start.Length > 8 && start[8] == '{';
        if (start is [0x80, >= 1 and <= 5, ..] && !(hasHeader && BinaryPrimitives.ReadUInt64LittleEndian(start) < (ulong)file.Length))
        {
            return PyTorchFiles.ReadLegacy(file);
        }

        if (hasHeader || (file.Path.EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase) && Stranger(start) is null))
        {
            return SafetensorsFile.Read(file);
        }

        throw new RadaptException($"{file.Path} {Stranger(start) ?? "is neither a PyTorch checkpoint (.pth, .pt, .bin) nor a .safetensors file"}; give the checkpoint itself.");
    }

    /// <summary>What a file is that people mistake for a checkpoint.</summary>
    private static string? Stranger(ReadOnlySpan<byte> start)
    {
        if (start.IsEmpty)
        {
            return "is empty, as when a download or copy failed";
        }

        if (start.StartsWith("version https://git-lfs"u8))
        {
            return "is a Git LFS pointer, not the file it points to: run `git lfs pull` or download it from the web page";
        }

        if (Encoding.Latin1.GetString(start).TrimStart('\xef', '\xbb', '\xbf', ' ', '\r', '\n', '\t').StartsWith('<'))
        {
            return "is a web page, as when a download asked for a login or a confirmation";
        }

        if (start.StartsWith((ReadOnlySpan<byte>)[0x1f, 0x8b]))
        {
            return "is a gzip archive: unpack it";
        }

        if (start.Length > 262 && start[257..].StartsWith("ustar"u8))
        {
            return "is a tar archive: unpack it, or save it anew if torch before 0.1.10 wrote it";
        }

        if (start is [0x89, (byte)'H', (byte)'D', (byte)'F', ..])
        {
            return "is an HDF5 file, as Keras writes: convert it to .safetensors";
        }

        return start is [0x93, (byte)'N', (byte)'U', ..] ? "is a NumPy array: convert it to .safetensors" : null;
    }
}
