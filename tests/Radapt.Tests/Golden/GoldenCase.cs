using System.Text.Json.Nodes;

namespace Radapt.Tests.Golden;

/// <summary>One entry of a golden index.</summary>
internal sealed class GoldenCase(JsonObject entry)
{
    public JsonObject Entry { get; } = entry;

    public string Id => (string)Entry["id"]!;

    public string Section => (string)Entry["section"]!;

    public JsonObject Config => Entry["config"]!.AsObject();

    public JsonObject Tolerance => Entry["tolerance"]!.AsObject();

    /// <summary>Absolute path of the file that plays a role in this case, such as <c>input</c> or <c>data</c>.</summary>
    public string File(string role) => Path.Combine(GoldenIndex.Root, (string)Entry["files"]![role]!);

    public bool Has(string role) => Entry["files"]!.AsObject().ContainsKey(role);

    /// <summary>The parsed JSON file that plays a role in this case.</summary>
    public JsonNode Json(string role) => JsonNode.Parse(System.IO.File.ReadAllText(File(role)))!;
}
