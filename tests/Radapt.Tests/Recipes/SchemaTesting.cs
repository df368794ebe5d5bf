using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Json.Schema;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Radapt.Tests.Recipes;

/// <summary>YAML against JSON schemas, as editors check it.</summary>
internal static class SchemaTesting
{
    public static void AssertValid(JsonSchema schema, string yaml)
    {
        EvaluationResults results = Evaluate(schema, yaml);
        Assert.True(results.IsValid, string.Join('\n', (results.Details ?? []).Where(d => !d.IsValid)
            .Select(d => $"{d.InstanceLocation}: {string.Join("; ", d.Errors?.Values.AsEnumerable() ?? [])}")));
    }

    public static EvaluationResults Evaluate(JsonSchema schema, string yaml)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        using var json = JsonDocument.Parse(ToJson(stream.Documents[0].RootNode)!.ToJsonString());
        return schema.Evaluate(json.RootElement, new EvaluationOptions { OutputFormat = OutputFormat.List });
    }

    // As editors read it: YAML 1.2's core schema.
    private static JsonNode? ToJson(YamlNode node) => node switch
    {
        YamlMappingNode mapping =>
            new JsonObject(mapping.Select(p => KeyValuePair.Create(((YamlScalarNode)p.Key).Value!, ToJson(p.Value)))),
        YamlSequenceNode sequence => new JsonArray([.. sequence.Select(ToJson)]),
        YamlScalarNode { Style: ScalarStyle.Plain, Value: "true" or "false" } flag => flag.Value == "true",
        YamlScalarNode { Style: ScalarStyle.Plain, Value: var text } when long.TryParse(
            text, CultureInfo.InvariantCulture, out long whole) => whole,
        YamlScalarNode { Style: ScalarStyle.Plain, Value: var text } when double.TryParse(
            text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number) => number,
        YamlScalarNode scalar => scalar.Value,
        _ => null,
    };
}
