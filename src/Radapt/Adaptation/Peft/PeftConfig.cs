using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Radapt.Adaptation.Peft;

/// <summary>What Radapt needs of PEFT's <c>adapter_config.json</c>, and what it writes there.</summary>
internal sealed record PeftConfig
{
    public const string FileName = "adapter_config.json";

    private const long LargestBytes = 16 << 20;

    // Ways to begin that touch A and B only. Others (pissa, olora, corda, loftq, lora_ga, …) change the base weights too.
    private static readonly string[] s_leaveTheBase = ["gaussian", "eva", "orthogonal"];

    private static readonly TimeSpan s_longestMatch = TimeSpan.FromMilliseconds(200);

    /// <summary>Rank r of the modules that <see cref="RankPattern"/> does not name.</summary>
    public required int Rank { get; init; }

    /// <summary>lora_alpha of the modules that <see cref="AlphaPattern"/> does not name.</summary>
    public required double Alpha { get; init; }

    /// <summary>Scale by alpha / sqrt r instead of alpha / r (Kalajdzievski 2023).</summary>
    public bool RsLora { get; init; }

    public double Dropout { get; init; }

    /// <summary>Ends of module paths; empty where the file has a pattern instead.</summary>
    public IReadOnlyList<string> Targets { get; init; } = [];

    /// <summary>Modules that are saved whole: the head.</summary>
    public IReadOnlyList<string> ModulesToSave { get; init; } = [];

    /// <summary>Ends of module paths with a rank of their own.</summary>
    public IReadOnlyDictionary<string, double> RankPattern { get; init; } = new Dictionary<string, double>();

    /// <summary>The same for alpha.</summary>
    public IReadOnlyDictionary<string, double> AlphaPattern { get; init; } = new Dictionary<string, double>();

    /// <summary>The base model's name or file name, for people.</summary>
    public string? BaseModel { get; init; }

    /// <exception cref="RadaptException">Missing, damaged, or of a kind that Radapt does not read.</exception>
    public static PeftConfig Read(string file)
    {
        if (!File.Exists(file))
        {
            throw new RadaptException(
                $"{file}: this file is missing; give the folder that PEFT's save_pretrained wrote, with "
                    + $"{FileName} and adapter_model.safetensors.");
        }

        RegularFile.Require(file);
        try
        {
            string text = new FileInfo(file).Length <= LargestBytes ? File.ReadAllText(file)
                : throw new JsonException($"it has more than {LargestBytes} bytes");
            JsonObject json = JsonNode.Parse(text) as JsonObject ?? throw new JsonException("not an object");
            Refuse(json, file);
            var config = new PeftConfig
            {
                Rank = (int)(json["r"] ?? throw new JsonException("r is missing")),
                Alpha = (double)(json["lora_alpha"] ?? throw new JsonException("lora_alpha is missing")),
                RsLora = (bool?)json["use_rslora"] ?? false,
                Dropout = (double?)json["lora_dropout"] ?? 0,
                Targets = json["target_modules"] is JsonArray targets ? [.. targets.Select(t => (string)t!)] : [],
                ModulesToSave = json["modules_to_save"] is JsonArray saved ? [.. saved.Select(t => (string)t!)] : [],
                RankPattern = Pattern(json["rank_pattern"]),
                AlphaPattern = Pattern(json["alpha_pattern"]),
                BaseModel = (string?)json["base_model_name_or_path"],
            };
            bool sound = config.Rank > 0 && double.IsFinite(config.Alpha) && config.Dropout is >= 0 and < 1
                && config.RankPattern.Values.All(r => r is > 0 and < 1e6 && r == Math.Floor(r))
                && config.AlphaPattern.Values.All(double.IsFinite);
            foreach (string pattern in config.RankPattern.Keys.Concat(config.AlphaPattern.Keys))
            {
                _ = IsEnd("", pattern); // patterns that are none show here
            }

            return sound ? config : throw new JsonException("r, lora_alpha, lora_dropout, rank_pattern or alpha_pattern is out of range");
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or InvalidOperationException or FormatException
            or OverflowException or ArgumentException or IOException or UnauthorizedAccessException)
        {
            throw new RadaptException(
                $"{file}: cannot be read as a PEFT configuration ({e.Message}). Save the adapter again with PEFT's save_pretrained.", e);
        }
    }

    /// <summary>Rank of a module.</summary>
    public int RankOf(string module) => (int)Find(RankPattern, module, Rank);

    /// <summary>What B A of a module is multiplied by.</summary>
    public double ScaleOf(string module) => Find(AlphaPattern, module, Alpha) / (RsLora ? Math.Sqrt(RankOf(module)) : RankOf(module));

    /// <summary>The file's text, with every field that PEFT 0.10 writes; later versions know them all.</summary>
    public string ToJson() => new JsonObject
    {
        ["alpha_pattern"] = new JsonObject(AlphaPattern.Select(p => KeyValuePair.Create<string, JsonNode?>(p.Key, Number(p.Value)))),
        ["auto_mapping"] = null,
        ["base_model_name_or_path"] = BaseModel,
        ["bias"] = "none",
        ["fan_in_fan_out"] = false,
        ["inference_mode"] = true,
        ["init_lora_weights"] = true,
        ["layer_replication"] = null,
        ["layers_pattern"] = null,
        ["layers_to_transform"] = null,
        ["loftq_config"] = new JsonObject(),
        ["lora_alpha"] = Number(Alpha),
        ["lora_dropout"] = Dropout,
        ["megatron_config"] = null,
        ["megatron_core"] = "megatron.core",
        ["modules_to_save"] = new JsonArray([.. ModulesToSave.Select(m => JsonValue.Create(m))]),
        ["peft_type"] = "LORA",
        ["r"] = Rank,
        ["rank_pattern"] = new JsonObject(RankPattern.Select(p => KeyValuePair.Create<string, JsonNode?>(p.Key, Number(p.Value)))),
        ["revision"] = null,
        ["target_modules"] = new JsonArray([.. Targets.Select(m => JsonValue.Create(m))]),
        ["task_type"] = null,
        ["use_dora"] = false,
        ["use_rslora"] = RsLora,
    }.ToJsonString(new JsonSerializerOptions { WriteIndented = true }) + "\n";

    /// <summary>Whether a module's path is one of these or ends with one: how PEFT reads target_modules.</summary>
    public static bool Matches(string module, string target) => module == target || module.EndsWith("." + target, StringComparison.Ordinal);

    private static void Refuse(JsonObject json, string file)
    {
        string type = (string?)json["peft_type"] ?? "missing";
        if (type != "LORA")
        {
            throw new RadaptException(
                $"{file}: peft_type is {type}; Radapt reads LORA. Merge this adapter into its model with PEFT "
                    + "and give the merged weights to --weights.");
        }

        string? unsupported = (bool?)json["use_dora"] == true ? "use_dora"
            : json["enable_lora"] is not null ? "enable_lora (of PEFT before 0.3)"
            : (bool?)json["use_qalora"] == true ? "use_qalora"
            : json["alora_invocation_tokens"] is not null ? "alora_invocation_tokens"
            : json["arrow_config"] is not null ? "arrow_config"
            : (bool?)json["lora_bias"] == true ? "lora_bias"
            : json["layer_replication"] is not null ? "layer_replication"
            : json["trainable_token_indices"] is not null ? "trainable_token_indices"
            : json["target_parameters"] is JsonArray { Count: > 0 } ? "target_parameters" : null;
        // What changes the base weights when the adapter is made belongs to none that a file holds.
        string? initialised = json["init_lora_weights"] is JsonValue kind && kind.TryGetValue(out string? name)
            && !s_leaveTheBase.Contains(name, StringComparer.OrdinalIgnoreCase) ? name : null;
        if (initialised is not null)
        {
            throw new RadaptException(
                $"{file}: init_lora_weights is {initialised}, which may change the base weights; Radapt reads only those that do not "
                    + $"({string.Join(", ", s_leaveTheBase)}). Merge this adapter into its model with PEFT "
                    + "and give the merged weights to --weights.");
        }

        if (unsupported is not null)
        {
            throw new RadaptException(
                $"{file}: uses {unsupported}, which Radapt does not read. Merge this adapter into its model with PEFT "
                    + "and give the merged weights to --weights.");
        }
    }

    // PEFT takes the keys for regular expressions of a path's end.
    private static double Find(IReadOnlyDictionary<string, double> pattern, string module, double otherwise)
    {
        foreach ((string key, double value) in pattern)
        {
            if (Matches(module, key) || IsEnd(module, key))
            {
                return value;
            }
        }

        return otherwise;
    }

    private static bool IsEnd(string module, string pattern)
    {
        string whole = $@"^(.*\.)?({pattern})$";
        try
        {
            return Regex.IsMatch(module, whole, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
        }
        catch (NotSupportedException)
        {
            return LooksAround(module, whole);
        }
    }

    // Only an engine that backtracks can look ahead or behind, and some patterns keep it busy for ever.
    private static bool LooksAround(string module, string pattern)
    {
        try
        {
            return Regex.IsMatch(module, pattern, RegexOptions.CultureInvariant, s_longestMatch);
        }
        catch (RegexMatchTimeoutException e)
        {
            throw new FormatException($"the pattern {pattern} takes too long to match", e);
        }
    }

    private static Dictionary<string, double> Pattern(JsonNode? node) =>
        node is JsonObject pattern
            ? pattern.ToDictionary(p => p.Key, p => (double)(p.Value ?? throw new JsonException($"'{p.Key}' has no number"))) : [];

    private static JsonValue Number(double value) => value == Math.Floor(value) && Math.Abs(value) < 1e9 ? JsonValue.Create((long)value)
        : JsonValue.Create(value);
}
