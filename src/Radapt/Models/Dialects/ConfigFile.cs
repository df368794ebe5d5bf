using System.Text.Json;
using System.Text.Json.Nodes;

namespace Radapt.Models.Dialects;

/// <summary>A small JSON file beside weights, such as <c>config.json</c>: it says what tensors do not.</summary>
internal static class ConfigFile
{
    private const long LargestBytes = 1 << 20;

    /// <summary>
    /// The object in it; null where there is none. A file that cannot be read gives the reason, since guessing instead would be silent.
    /// </summary>
    /// <param name="weights">The weights file that it is beside.</param>
    /// <param name="name">Its own name.</param>
    public static (JsonObject? Json, string? Problem) Beside(string weights, string name)
    {
        var file = new FileInfo(Path.Combine(Path.GetDirectoryName(Path.GetFullPath(weights)) ?? "", name));
        try
        {
            if (!RegularFile.Exists(file.FullName))
            {
                return (null, null);
            }

            return file.Length > LargestBytes ? (null, $"is beside a {name} of more than {LargestBytes} bytes")
                : JsonNode.Parse(File.ReadAllBytes(file.FullName), documentOptions: new JsonDocumentOptions
                {
                    MaxDepth = 64,
                }) is JsonObject json ? (json, null)
                : (null, $"is beside a {name} that is not a JSON object");
        }
        catch (Exception e) when (e is JsonException or ArgumentException or IOException or UnauthorizedAccessException)
        {
            return (null, $"is beside a {name} that cannot be read ({e.Message.TrimEnd('.')})");
        }
    }

    /// <summary>A number; null where the key is missing or something else.</summary>
    public static double? Number(JsonNode? json, string key) =>
        json is JsonObject o && Find(o, key) is JsonValue value && value.TryGetValue(out double number) && double.IsFinite(number)
            ? number : null;

    /// <summary>A text; null where the key is missing or something else.</summary>
    public static string? Text(JsonNode? json, string key) =>
        json is JsonObject o && Find(o, key) is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    /// <summary>A switch; null where the key is missing or something else.</summary>
    public static bool? Switch(JsonNode? json, string key) =>
        json is JsonObject o && Find(o, key) is JsonValue value && value.TryGetValue(out bool flag) ? flag : null;

    /// <summary>Some numbers; null where the key is missing or something else.</summary>
    public static double[]? Numbers(JsonNode? json, string key) =>
        json is JsonObject o && Find(o, key) is JsonArray { Count: > 0 and <= 16 } array
            && array.All(n => n is JsonValue v && v.TryGetValue(out double d) && double.IsFinite(d))
            ? [.. array.Select(n => n!.GetValue<double>())] : null;

    /// <summary>A member; null where it is missing, or the object has a key twice.</summary>
    public static JsonNode? Find(JsonObject json, string key)
    {
        try
        {
            return json[key];
        }
        catch (ArgumentException) // a key twice shows only when it is looked up
        {
            return null;
        }
    }
}
