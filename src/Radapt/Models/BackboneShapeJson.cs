using System.Text.Json;
using System.Text.Json.Nodes;
using Radapt.Options;

namespace Radapt.Models;

/// <summary>
/// A backbone's dimensions in the metadata of the files that Radapt writes: an object; in files of older versions five numbers.
/// </summary>
internal static class BackboneShapeJson
{
    /// <summary>The text of the metadata key <c>backbone</c>.</summary>
    public static string Write(BackboneShape shape) => new JsonObject
    {
        ["image_size"] = shape.ImageSize,
        ["patch_size"] = shape.PatchSize,
        ["depth"] = shape.Depth,
        ["width"] = shape.Width,
        ["heads"] = shape.Heads,
        ["registers"] = shape.Registers,
        ["layer_scale"] = shape.LayerScale,
        ["swiglu"] = shape.SwiGlu,
        ["hidden_width"] = shape.HiddenWidth,
        ["norm_eps"] = shape.Epsilon,
        ["hidden_norm"] = shape.HiddenNorm,
        ["positions"] = shape.Positions.Spelled(),
    }.ToJsonString();

    /// <summary>Null where the text describes no backbone that can be built.</summary>
    public static BackboneShape? Read(string text)
    {
        try
        {
            BackboneShape? shape = JsonNode.Parse(text) switch
            {
                JsonArray { Count: 5 } a =>
                    new BackboneShape(Value<int>(a[0]), Value<int>(a[1]), Value<int>(a[2]), Value<int>(a[3]), Value<int>(a[4])),
                JsonObject o => new BackboneShape(Value<int>(o["image_size"]), Value<int>(o["patch_size"]), Value<int>(o["depth"]),
                    Value<int>(o["width"]), Value<int>(o["heads"]))
                {
                    Registers = Value<int>(o["registers"]),
                    LayerScale = Value<bool>(o["layer_scale"]),
                    SwiGlu = Value<bool>(o["swiglu"]),
                    HiddenWidth = Value<int>(o["hidden_width"]),
                    Epsilon = Value<double>(o["norm_eps"]),
                    // files of older versions have neither
                    HiddenNorm = o.ContainsKey("hidden_norm") && Value<bool>(o["hidden_norm"]),
                    Positions = !o.ContainsKey("positions") ? PatchPositions.Learned
                        : (PatchPositions?)EnumNames.Find(typeof(PatchPositions), Value<string>(o["positions"]))
                            ?? throw new FormatException("no such positions"),
                },
                _ => null,
            };
            return shape is { IsSound: true } ? shape : null;
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            return null;
        }
    }

    private static T Value<T>(JsonNode? node) => node is JsonValue value && value.TryGetValue(out T? read) ? read
        : throw new FormatException("no backbone");
}
