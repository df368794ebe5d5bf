using System.Text.Json.Nodes;
using Radapt.Options;
using Radapt.Recipes;
using Radapt.Studies.Tables;

namespace Radapt.Studies.Design;

/// <summary>
/// The JSON schema (draft 2020-12) of study files: for editors, and for programs that write studies. Options are those of recipes; what
/// depends on several of them, or on the names of levels, is checked by Radapt only.
/// </summary>
internal static class StudySchema
{
    private static readonly string[] s_types = ["string", "number", "boolean"];

    /// <summary>The schema as JSON text.</summary>
    public static string Write()
    {
        JsonObject schema = RecipeSchema.Options(out JsonObject options);
        schema["title"] = "Radapt study";
        schema["description"] = "A grid of fine-tuning runs: radapt study run.";
        var properties = new JsonObject
        {
            ["title"] = Typed("string"),
            ["options"] = Settings(options),
            ["overrides"] = List(With(Settings(options), "where", Filter())),
            ["include"] = List(Filter()),
            ["exclude"] = List(Filter()),
            ["table"] = Object(new JsonObject
            {
                ["layout"] = new JsonObject { ["enum"] = new JsonArray([.. TableLayout.Names.Select(Layout)]) },
                ["difference"] = Levels(Typed(s_types)),
            }),
            ["published"] = Object(new JsonObject
            {
                ["source"] = Typed("string"),
                ["figures"] = List(With(Filter(), "auroc", OneOrMore(Typed("number")))),
            }),
        };
        foreach (string factor in EnumNames.All(typeof(StudyFactor)))
        {
            properties[factor] = factor == StudyFactor.Seed.Spelled() ? OneOrMore(Typed("integer", "string")) : Factor(options);
        }

        schema["properties"] = properties;
        return schema.ToJsonString(RecipeSchema.Json) + "\n";
    }

    private static JsonNode? Layout(string name) => int.TryParse(name, out int number) ? number : name;

    // A list of keys, or a mapping from keys to settings, to the main option, or to nothing.
    private static JsonObject Factor(JsonObject options) => new()
    {
        ["anyOf"] = new JsonArray(List(Typed(s_types)), new JsonObject
        {
            ["type"] = "object",
            ["minProperties"] = 1,
            ["additionalProperties"] = new JsonObject
            {
                ["anyOf"] = new JsonArray(Typed([.. s_types, "null"]), With(Settings(options), "title", Typed("string"))),
            },
        }),
    };

    private static JsonObject Settings(JsonObject options) => With(Object((JsonObject)options.DeepClone()), "recipe", Typed("string"));

    private static JsonObject Filter() => Levels(OneOrMore(Typed(s_types)));

    private static JsonObject Levels(JsonObject level) => Object(new JsonObject(
        EnumNames.All(typeof(StudyFactor)).Select(f => KeyValuePair.Create(f, (JsonNode?)level.DeepClone()))));

    private static JsonObject OneOrMore(JsonObject one) => new() { ["anyOf"] = new JsonArray(one, List((JsonObject)one.DeepClone())) };

    private static JsonObject List(JsonObject items) => new() { ["type"] = "array", ["items"] = items };

    private static JsonObject Object(JsonObject properties) =>
        new() { ["type"] = "object", ["properties"] = properties, ["additionalProperties"] = false };

    private static JsonObject With(JsonObject schema, string property, JsonObject value)
    {
        schema["properties"]![property] = value;
        return schema;
    }

    private static JsonObject Typed(params string[] types) =>
        new() { ["type"] = types is [var one] ? one : new JsonArray([.. types.Select(t => JsonValue.Create(t))]) };
}
