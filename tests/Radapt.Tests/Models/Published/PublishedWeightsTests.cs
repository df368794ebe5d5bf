using Radapt.Compute;
using Radapt.Models;
using Radapt.Models.Dialects;
using Radapt.Models.Published;

namespace Radapt.Tests.Models.Published;

// WORKFLOW C3
public sealed class PublishedWeightsTests
{
    public static TheoryData<string> Names => [.. PublishedWeights.All.Select(w => w.Name)];

    [Fact]
    public void All_Names_AreWordsAndDiffer()
    {
        Assert.All(PublishedWeights.All, w => Assert.Matches("^[a-z0-9]+(-[a-z0-9]+)*$", w.Name));
        Assert.Equal(PublishedWeights.All.Count, PublishedWeights.All.Select(w => w.Name).Distinct().Count());
    }

    [Fact]
    public void Find_UnknownName_ListsThoseThatAre()
    {
        RadaptException e = Assert.Throws<RadaptException>(() => PublishedWeights.Find("resnet"));
        Assert.Contains("mrm, ", e.Message, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Names))]
    public void Entry_Dialect_IsOneThatCanBeForced(string name)
    {
        PublishedWeights weights = PublishedWeights.Find(name);
        Assert.Contains(weights.Dialect, WeightsDialect.Options);
        Assert.StartsWith("https://", weights.Page, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Names))]
    public void Entry_Parameters_AreThoseOfItsBackbone(string name)
    {
        PublishedWeights weights = PublishedWeights.Find(name);
        using var model = new VisionTransformer(weights.Shape, 0, withNorm: true, new Kernels(new ComputePlan("float32", "meta", 1)));
        Assert.InRange(model.parameters().Sum(p => p.numel()) / 1e6, weights.Millions - 1, weights.Millions + 1);
    }

    [Theory, MemberData(nameof(Names))]
    public void Page_Entry_SaysWhatTheCommandSays(string name)
    {
        PublishedWeights w = PublishedWeights.Find(name);
        string[] page = File.ReadAllLines(Path.Combine(Repository.Root, "docs", "weights.md"));
        Assert.Contains($"| [{w.Name}](#{w.Name}) | {w.Backbone} | {w.Parameters} | {w.Licence} | {w.Limits} |", page);
        string[] section =
        [
            $"### {w.Name}", "", w.Title, "", .. w.Facts.Select(f => $"- {f.What}: {f.Value}"), "", $"      {w.Command}",
        ];
        int at = Array.IndexOf(page, section[0]);
        Assert.True(at >= 0, $"docs/weights.md has no section {section[0]}");
        Assert.Equal(section, page.Skip(at).Take(section.Length));
    }

    [Fact]
    public void Page_Sections_AreTheListAndNoMore() => Assert.Equal(
        PublishedWeights.All.Select(w => $"### {w.Name}"),
        File.ReadLines(Path.Combine(Repository.Root, "docs", "weights.md")).Where(l => l.StartsWith("### ", StringComparison.Ordinal)));
}
