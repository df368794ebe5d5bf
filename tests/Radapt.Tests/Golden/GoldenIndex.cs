using System.Text.Json;
using System.Text.Json.Nodes;

namespace Radapt.Tests.Golden;

/// <summary>
/// Finds golden vectors: the folder in RADAPT_GOLDEN, else ../shared/golden from the repository root, else the subset that stands in
/// tests/golden. All are driven by their index.json, so that another folder of the same structure can take their place.
/// </summary>
internal static class GoldenIndex
{
    private static readonly Lazy<(string Root, JsonArray Cases)> s_index = new(Load);

    /// <summary>The folder in use.</summary>
    public static string Root => s_index.Value.Root;

    /// <summary>Every case of a section; ids look like <c>lora/lora_vit</c>.</summary>
    public static IEnumerable<GoldenCase> Section(string section) =>
        s_index.Value.Cases.Select(c => new GoldenCase(c!.AsObject())).Where(c => c.Section == section);

    /// <summary>The case of this id. Skips the calling test with a message where the folder in use does not hold it.</summary>
    public static GoldenCase Find(string id)
    {
        GoldenCase? found = s_index.Value.Cases.Select(c => new GoldenCase(c!.AsObject())).FirstOrDefault(c => c.Id == id);
        Assert.SkipWhen(found is null, $"the golden folder in use does not hold {id} (set RADAPT_GOLDEN)");
        return found!;
    }

    /// <summary>
    /// Theory data: the ids of a section that pass a filter. Where the folder in use holds none, one row that is skipped says so.
    /// </summary>
    public static TheoryData<string> Ids(string section, Func<GoldenCase, bool>? filter = null)
    {
        var data = new TheoryData<string>();
        foreach (GoldenCase golden in Section(section).Where(filter ?? (_ => true)))
        {
            data.Add(golden.Id);
        }

        if (data.Count == 0)
        {
            // not SkipTestWithoutData: xunit 4.0.2 reports such a theory as skipped and counts it as failed
            data.Add(new TheoryDataRow<string>(section)
            {
                Skip = $"the golden folder in use holds no such case of {section} (set RADAPT_GOLDEN)",
            });
        }

        return data;
    }

    private static (string Root, JsonArray Cases) Load()
    {
        string? fromEnvironment = Environment.GetEnvironmentVariable("RADAPT_GOLDEN");
        string shared = Path.Combine(Repository.Root, "..", "shared", "golden");
        string root = !string.IsNullOrEmpty(fromEnvironment) ? Path.GetFullPath(fromEnvironment, Repository.Root)
            : File.Exists(Path.Combine(shared, "index.json")) ? Path.GetFullPath(shared)
            : Path.Combine(Repository.Root, "tests", "golden");
        JsonNode index = JsonNode.Parse(File.ReadAllText(Path.Combine(root, "index.json")))!;
        return (root, index["cases"]!.AsArray());
    }
}

/// <summary>A JSON number of the golden files, where NaN and infinities are strings.</summary>
internal static class GoldenNumbers
{
    public static double Number(this JsonNode node) => node.GetValueKind() == JsonValueKind.String
        ? (string)node! switch
        {
            "NaN" => double.NaN,
            "Infinity" => double.PositiveInfinity,
            "-Infinity" => double.NegativeInfinity,
            var s => throw new FormatException(s),
        }
        : (double)node;
}
