using System.IO.Hashing;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Radapt.Runs;

/// <summary>Reads and writes <c>run.json</c>, the only place that does.</summary>
internal static class RunRecordFile
{
    private const string Checksum = "checksum";
    private static readonly JsonSerializerOptions s_indented = new(RunFolder.Json) { WriteIndented = true };

    /// <summary>Reads the file.</summary>
    /// <returns>Null where there is none.</returns>
    /// <exception cref="RadaptException">It is damaged or cannot be read.</exception>
    public static RunRecord? Read(string file)
    {
        try
        {
            JsonObject? run = !File.Exists(file) ? null
                : JsonNode.Parse(File.ReadAllText(file), documentOptions: new() { AllowDuplicateProperties = false })?.AsObject();
            return run?[Checksum] is not { } stored || stored.ToString() == ChecksumOf(run) ? run.Deserialize<RunRecord>(RunFolder.Json)
                : throw new RadaptException(
                    $"{file}: this file is damaged: its content does not match its checksum. Take the run folder from its backup.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException)
        {
            throw new RadaptException($"{file}: cannot be read ({e.Message}). Take the run folder from its backup.", e);
        }
    }

    /// <summary>Writes the file, with the number of the schema and a checksum of all members.</summary>
    /// <exception cref="RadaptException">It cannot be written.</exception>
    public static void Write(string file, RunRecord record)
    {
        JsonObject run = (record with { Schema = RunRecord.CurrentSchema, Checksum = null }).ToJson();
        run[Checksum] = ChecksumOf(run);
        AtomicFile.WriteText(file, run.ToJsonString(s_indented) + "\n");
    }

    // Of the text without white space, so that it holds for the file however it is laid out.
    private static string ChecksumOf(JsonObject run)
    {
        var content = (JsonObject)run.DeepClone();
        content.Remove(Checksum);
        return "xxh128:" + Convert.ToHexStringLower(XxHash128.Hash(Encoding.UTF8.GetBytes(content.ToJsonString(RunFolder.Json))));
    }
}
