using System.IO.Hashing;
using System.Text;

namespace Radapt.Checkpoints;

/// <summary>
/// The checksum that Radapt's own safetensors files carry in their metadata: of everything else in them, so that a changed bit or a tail of
/// zeros is found before anything is done with the tensors.
/// </summary>
internal static class StoredChecksum
{
    /// <summary>The metadata's key.</summary>
    public const string Key = "checksum";

    private const string Prefix = "xxh128:";

    /// <summary>
    /// Begins with metadata and the tensors' names, types and shapes; the tensors' bytes are to be appended in the same order.
    /// </summary>
    /// <param name="metadata">The file's metadata; its own checksum is left out.</param>
    /// <param name="tensors">The tensors in the file's order.</param>
    public static XxHash128 Begin(IReadOnlyDictionary<string, string> metadata, IEnumerable<TensorInfo> tensors)
    {
        var hash = new XxHash128();
        foreach ((string key, string value) in metadata.Where(m => m.Key != Key).OrderBy(m => m.Key, StringComparer.Ordinal))
        {
            Append(hash, key);
            Append(hash, value);
        }

        foreach (TensorInfo tensor in tensors)
        {
            Append(hash, $"{tensor.Name} {SafetensorsFile.TypeName(tensor.Type)} {TensorInfo.ShapeOf(tensor.Shape)}");
        }

        return hash;
    }

    /// <summary>The value to store.</summary>
    public static string Format(XxHash128 hash) => Prefix + Convert.ToHexStringLower(hash.GetCurrentHash());

    /// <summary>Reads the whole file and compares. A file without a checksum, such as one of an earlier version, passes.</summary>
    /// <exception cref="RadaptException">It is not what was written.</exception>
    public static unsafe void Verify(CheckpointFile file)
    {
        if (!file.Metadata.TryGetValue(Key, out string? stored))
        {
            return;
        }

        XxHash128 hash = Begin(file.Metadata, file.Tensors);
        foreach (TensorInfo tensor in file.Tensors)
        {
            using var memory = new NativeBlock(tensor.Bytes);
            file.CopyTo(tensor.Name, memory.Address, tensor.Bytes);
            for (long done = 0; done < tensor.Bytes; done += int.MaxValue)
            {
                hash.Append(new ReadOnlySpan<byte>((byte*)memory.Address + done, (int)Math.Min(int.MaxValue, tensor.Bytes - done)));
            }
        }

        if (stored != Format(hash))
        {
            throw RadaptException.In(file.Path,
                "this file is damaged: its content does not match its checksum. Copy it again from its source.");
        }
    }

    // With an end that no text holds, so that no two lists of texts look alike.
    private static void Append(XxHash128 hash, string text)
    {
        hash.Append(Encoding.UTF8.GetBytes(text));
        hash.Append([0xFF]);
    }
}
