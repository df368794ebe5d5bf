using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Radapt.Tests.Golden;

/// <summary>The subset of the golden vectors that stands in the repository, for machines that have no other.</summary>
public class GoldenSubsetTests
{
    private const long LargestBytes = 6_000_000;

    private static readonly string s_root = Path.Combine(Repository.Root, "tests", "golden");

    [Fact]
    public void Subset_EveryFile_IsListedAndUnchanged()
    {
        JsonArray cases = JsonNode.Parse(File.ReadAllText(Path.Combine(s_root, "index.json")))!["cases"]!.AsArray();
        var hashes = new Dictionary<string, string>();
        foreach ((string path, JsonNode? hash) in cases.SelectMany(c => c!["sha256"]!.AsObject()))
        {
            hashes[path] = (string)hash!;
        }

        string[] files = [.. Directory.EnumerateFiles(s_root, "*", SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(s_root, f).Replace('\\', '/'))
            .Where(f => f is not ("index.json" or "README.md" or ".gitattributes"))];
        Assert.Equal(hashes.Keys.Order(StringComparer.Ordinal), files.Order(StringComparer.Ordinal));
        Assert.All(files,
            file => Assert.Equal(hashes[file], Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(s_root, file))))));
    }

    [Fact]
    public void Subset_Pictures_AreSyntheticAndSmall()
    {
        string[] pictures = [.. Directory.EnumerateFiles(Path.Combine(s_root, "preprocess", "inputs")).Select(f => Path.GetFileName(f)!)];
        Assert.All(pictures, name => Assert.StartsWith("synth_", name, StringComparison.Ordinal));
        long bytes = Directory.EnumerateFiles(s_root, "*", SearchOption.AllDirectories).Sum(f => new FileInfo(f).Length);
        Assert.InRange(bytes, 1, LargestBytes);
    }

    [Fact]
    public void Ids_SectionThatIsNotThere_IsOneSkippedRow()
    {
        TheoryDataRow<string> row = Assert.Single(GoldenIndex.Ids("no such section"));
        Assert.Contains("no such section", row.Skip, StringComparison.Ordinal);
    }
}
