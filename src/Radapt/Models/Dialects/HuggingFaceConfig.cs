using System.Text.Json;

namespace Radapt.Models.Dialects;

/// <summary>What of a Hugging Face <c>config.json</c> the tensors do not tell.</summary>
/// <param name="Heads">Attention heads.</param>
/// <param name="Epsilon">The norms' epsilon.</param>
internal sealed record HuggingFaceConfig(int? Heads, double? Epsilon)
{
    private const long LargestBytes = 1 << 20;

    /// <summary>The one in a weights file's folder; null where there is none that can be read.</summary>
    public static HuggingFaceConfig? Beside(string weights)
    {
        var file = new FileInfo(Path.Combine(Path.GetDirectoryName(Path.GetFullPath(weights)) ?? "", "config.json"));
        try
        {
            if (!file.Exists || file.Length > LargestBytes)
            {
                return null;
            }

            using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(file.FullName));
            return json.RootElement.ValueKind != JsonValueKind.Object ? null : new HuggingFaceConfig(
                Find(json, "num_attention_heads") is { } h && h.TryGetInt32(out int heads) ? heads : null,
                Find(json, "layer_norm_eps") is { } e && e.TryGetDouble(out double epsilon) ? epsilon : null);
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static JsonElement? Find(JsonDocument json, string name) =>
        json.RootElement.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number ? value : null;
}
