using System.Globalization;
using System.Text.Json.Nodes;

namespace Radapt.Models.Dialects;

/// <summary>
/// What of a Hugging Face <c>config.json</c> the tensors do not tell. It is believed, or the weights are refused: a model with another
/// activation, or with fewer blocks than it says, would compute something else.
/// </summary>
internal sealed record HuggingFaceConfig
{
    private const double RotaryBase = 100; // of every published DINOv3

    private static readonly string[] s_models = ["vit", "vit_mae", "vit_msn", "dinov2", "dinov2_with_registers"];
    private static readonly string[] s_rotaryModels = ["dinov3_vit"];
    private static readonly string[] s_activations = ["gelu", "gelu_python"];

    private readonly JsonObject? _json;
    private readonly string? _problem;

    private HuggingFaceConfig(JsonObject? json, string? problem) => (_json, _problem) = (json, problem);

    /// <summary>Attention heads.</summary>
    public int? Heads => Whole("num_attention_heads");

    /// <summary>The norms' epsilon.</summary>
    public double? Epsilon => ConfigFile.Number(_json, "layer_norm_eps");

    /// <summary>The one in a weights file's folder; empty where there is none.</summary>
    public static HuggingFaceConfig Beside(string weights)
    {
        (JsonObject? json, string? problem) = ConfigFile.Beside(weights, "config.json");

        // Models of two parts describe their image encoder inside.
        JsonObject? inner = json is null || json.ContainsKey("num_attention_heads") ? null
            : (ConfigFile.Find(json, "encoder") ?? ConfigFile.Find(json, "vision_config")) as JsonObject;
        return new HuggingFaceConfig(inner ?? json, problem);
    }

    /// <summary>Why weights of these dimensions cannot be read as the file says; null where they can.</summary>
    public string? Problem(BackboneShape shape)
    {
        if (_json is null)
        {
            return _problem;
        }

        bool isRotary = shape.Positions == PatchPositions.Rotary;
        string[] models = isRotary ? s_rotaryModels : s_models;
        if (ConfigFile.Text(_json, "model_type") is { } model && !models.Contains(model))
        {
            return $"is a model of type {model} according to its config.json; Radapt reads tensors with these names only as {string.Join(", ", models)}";
        }

        if (ConfigFile.Text(_json, "hidden_act") is { } activation
            && (shape.SwiGlu ? isRotary && activation != "silu" : !s_activations.Contains(activation)))
        {
            return $"has the activation {activation} according to its config.json; Radapt's transformer has {(shape.SwiGlu ? "silu" : "gelu")}";
        }

        const string theBase = "rope_theta";
        double? theta = ConfigFile.Number(_json, theBase) ?? ConfigFile.Number(ConfigFile.Find(_json, "rope_parameters"), theBase);
        if (isRotary && theta is { } told && told != RotaryBase)
        {
            return string.Create(CultureInfo.InvariantCulture,
                $"has rotary positions of base {told} according to its config.json; Radapt's transformer has {RotaryBase}");
        }

        (string Key, int? Told, int Seen)[] dimensions =
        [
            ("hidden_size", Whole("hidden_size"), shape.Width), ("num_hidden_layers", Whole("num_hidden_layers"), shape.Depth),
                ("patch_size", Whole("patch_size"), shape.PatchSize),
            ("intermediate_size", !isRotary && (shape.SwiGlu || shape.LayerScale) ? null : Whole("intermediate_size"), shape.HiddenWidth),
        ];
        if (dimensions.FirstOrDefault(d => d.Told is { } size && size != d.Seen) is { Key: { } key } other)
        {
            return string.Create(CultureInfo.InvariantCulture,
                $"does not fit its config.json: {key} is {other.Told} there and {other.Seen} in the tensors; the file is only a part of a "
                    + $"model, or the two files do not belong together");
        }

        return Heads is { } heads && (heads <= 0 || shape.Width % heads != 0)
            ? string.Create(CultureInfo.InvariantCulture,
                $"has {heads} attention heads according to its config.json, but its width of {shape.Width} is not a multiple of that")
            : Epsilon is <= 0 or > 1
            ? string.Create(CultureInfo.InvariantCulture,
                $"has the layer_norm_eps {Epsilon} according to its config.json, which is out of range") : null;
    }

    private int? Whole(string key) => ConfigFile.Number(_json, key) is { } number && number == Math.Floor(number) && Math.Abs(number) < 1e9
        ? (int)number : null;
}
