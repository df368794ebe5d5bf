using System.Text.Json;
using System.Text.RegularExpressions;

namespace Radapt.Checkpoints;

/// <summary>
/// The index of a checkpoint in several files, as Hugging Face writes large ones: <c>model.safetensors.index.json</c> or
/// <c>pytorch_model.bin.index.json</c> names the file of every tensor.
/// </summary>
internal static partial class ShardIndex
{
    public const string Ending = ".index.json";

    private const long MaxBytes = 25_000_000;
    private const int MaxShards = 1000;

    /// <summary>The names of its tensors, by the path of the file that holds them.</summary>
    /// <exception cref="RadaptException">It is damaged, or names files outside of its own folder.</exception>
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> Read(string index)
    {
        RegularFile.Require(index);
        try
        {
            if (new FileInfo(index).Length > MaxBytes)
            {
                throw new JsonException($"it has more than {MaxBytes} bytes");
            }

            using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(index), new JsonDocumentOptions { MaxDepth = 8 });
            var shards = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
            foreach (IGrouping<string, string> shard in json.RootElement.GetProperty("weight_map").EnumerateObject()
                .GroupBy(p => p.Value.GetString() ?? "", p => p.Name))
            {
                string path = shard.Key.Length > 0 && shard.Key == Path.GetFileName(shard.Key) && shard.Key is not (".." or ".")
                    ? Path.Combine(Path.GetDirectoryName(index) ?? "", shard.Key)
                    : throw new JsonException($"'{shard.Key}' is not the name of a file in its folder");
                shards[path] = shards.Count < MaxShards ? [.. shard] : throw new JsonException($"it names more than {MaxShards} files");
            }

            return shards.Count > 0 ? shards : throw new JsonException("its weight_map is empty");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw RadaptException.In(index, "there is no such file; check the path.", e);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or IOException
            or UnauthorizedAccessException)
        {
            throw RadaptException.In(index,
                $"this file is not the index of a checkpoint in several files ({e.Message.TrimEnd('.')}). Download it "
                    + "again, or give a checkpoint in one file.", e);
        }
    }

    /// <summary>
    /// The number of parts where a file's name, such as <c>model-00001-of-00002.safetensors</c>, says that it is one of several.
    /// </summary>
    public static int? PartsOf(string file) =>
        PartName().Match(Path.GetFileName(file)) is { Success: true } match && int.TryParse(match.Groups["parts"].Value, out int parts)
            && parts > 1 ? parts : null;

    [GeneratedRegex("-[0-9]{5}-of-(?<parts>[0-9]{5})[.](safetensors|bin)$", RegexOptions.IgnoreCase)]
    private static partial Regex PartName();
}
