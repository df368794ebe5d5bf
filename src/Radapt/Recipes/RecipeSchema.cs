using System.Text.Json;
using System.Text.Json.Nodes;
using Radapt.Options;

namespace Radapt.Recipes;

/// <summary>
/// The JSON schema (draft 2020-12) of recipe files, made from the declarations of their options: for editors, and for programs that write
/// recipes. An option has a value, or a mapping of value, source and reason. What depends on several options is checked by Radapt only.
/// </summary>
internal static class RecipeSchema
{
    /// <summary>How schemas are written.</summary>
    public static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The schema as JSON text.</summary>
    public static string Write()
    {
        JsonObject schema = Options(out JsonObject options);
        schema["title"] = "Radapt recipe";
        schema["description"] = "What a fine-tuning run does: one option a line, spelled as on the command line of radapt finetune.";
        schema["properties"] = options;
        schema["allOf"] = new JsonArray([.. Exclusions()]);
        return schema.ToJsonString(Json) + "\n";
    }

    /// <summary>A schema with the definitions of all options, and nothing that uses them.</summary>
    /// <param name="options">A property for each option.</param>
    public static JsonObject Options(out JsonObject options)
    {
        var values = new JsonObject();
        options = [];
        foreach (OptionDeclaration option in RecipeOptions.All)
        {
            values[option.Name] = Value(option);
            options[option.Name] = Forms(option);
        }

        return new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["type"] = "object",
            ["additionalProperties"] = false,
            ["$defs"] = values,
        };
    }

    private static JsonObject Forms(OptionDeclaration option)
    {
        var forms = new JsonArray(
            Reference(option),
            new JsonObject
            {
                ["type"] = "object",
                ["properties"] = new JsonObject
                {
                    ["value"] = Reference(option),
                    ["source"] = Typed("string"),
                    ["reason"] = Typed("string"),
                },
                ["required"] = new JsonArray("value"),
                ["additionalProperties"] = false,
            });
        return new JsonObject { ["description"] = option.Help, ["anyOf"] = forms };
    }

    // A list may also be written as one text with commas.
    private static JsonObject Value(OptionDeclaration option) => !option.IsList ? Single(option) : new JsonObject
    {
        ["anyOf"] = new JsonArray(
            new JsonObject
            {
                ["type"] = "array",
                ["items"] = option.MayBeRanges ? Either(Single(option), Typed("string")) : Single(option),
                ["uniqueItems"] = !option.MayRepeat,
            },
            Typed("string", "number")),
    };

    private static JsonObject Single(OptionDeclaration option)
    {
        string[] words = [.. new[] { option.CanBeAuto ? Automatic.Word : null, option.NullWord }.OfType<string>()];
        return option.Choices.Count > 0 ? Words(option.Choices)
            : option.Type == typeof(int) || option.Type == typeof(long)
            ? words.Length == 0 ? Number(option, "integer") : Either(Number(option, "integer"), Words(words))
            : option.Type == typeof(double) ? Number(option, "number")
            : option.IsFlag ? Typed("boolean")
            : Typed("string", "number"); // YAML has no quotes around the text 2024
    }

    private static JsonObject Number(OptionDeclaration option, string type)
    {
        JsonObject schema = Typed(type);
        if (double.IsFinite(option.Min))
        {
            schema[option.MinIsExcluded ? "exclusiveMinimum" : "minimum"] = option.Min;
        }

        if (double.IsFinite(option.Max))
        {
            schema[option.MaxIsExcluded ? "exclusiveMaximum" : "maximum"] = option.Max;
        }

        return schema;
    }

    // A flag that is false excludes nothing, so that flags are left out.
    private static IEnumerable<JsonNode> Exclusions() =>
        from option in RecipeOptions.All
        where !option.IsFlag
        from other in option.Excludes
        where !RecipeOptions.Find(other)!.IsFlag && string.CompareOrdinal(option.Name, other) < 0
        select new JsonObject { ["not"] = new JsonObject { ["required"] = new JsonArray(option.Name, other) } };

    private static JsonObject Reference(OptionDeclaration option) => new() { ["$ref"] = $"#/$defs/{option.Name}" };

    private static JsonObject Either(JsonObject one, JsonObject other) => new() { ["anyOf"] = new JsonArray(one, other) };

    private static JsonObject Words(IReadOnlyList<string> words) =>
        new() { ["enum"] = new JsonArray([.. words.Select(w => JsonValue.Create(w))]) };

    private static JsonObject Typed(params string[] types) => new()
    {
        ["type"] = types is [var one] ? one : new JsonArray([.. types.Select(t => JsonValue.Create(t))]),
    };
}
