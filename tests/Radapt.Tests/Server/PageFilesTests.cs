using System.Text.RegularExpressions;

namespace Radapt.Tests.Server;

/// <summary>The files of the page refer to each other by names that the service answers.</summary>
public partial class PageFilesTests
{
    private static readonly string s_folder = Path.Combine(Repository.Root, "src", "Radapt.Server", "wwwroot");

    [Fact]
    public void Files_WhatTheyReferTo_IsThere()
    {
        string[] files = [.. Directory.EnumerateFiles(s_folder).Where(f => Path.GetExtension(f) is ".html" or ".js")];
        string[] names = [.. files.SelectMany(f => Reference().Matches(File.ReadAllText(f))).Select(m => m.Groups[1].Value)];
        Assert.Contains("viewer.js", names);
        Assert.Contains("./api.js", names);
        Assert.All(names, n => Assert.True(File.Exists(Path.Combine(s_folder, n)), n));
    }

    [Fact]
    public void Scripts_ElementsTheyAskFor_AreInThePage()
    {
        string page = File.ReadAllText(Path.Combine(s_folder, "index.html"));
        string script = File.ReadAllText(Path.Combine(s_folder, "viewer.js"));
        string[] asked = [.. Element().Matches(script).Select(m => m.Groups[1].Value).Distinct()];
        Assert.True(asked.Length > 10);
        Assert.All(asked, id => Assert.Contains($"id=\"{id}\"", page, StringComparison.Ordinal));
    }

    // The page's own rules let it load nothing from elsewhere, and no style or script that stands in the page.
    [Fact]
    public void Files_NothingFromElsewhereOrInline()
    {
        foreach (string file in Directory.EnumerateFiles(s_folder, "*.html").Concat(Directory.EnumerateFiles(s_folder, "*.js")))
        {
            string text = File.ReadAllText(file);
            Assert.DoesNotContain("http://", text, StringComparison.Ordinal);
            Assert.DoesNotContain("https://", text, StringComparison.Ordinal);
            Assert.DoesNotContain("style=\"", text, StringComparison.Ordinal);
            Assert.DoesNotMatch("""<script(?![^>]*src=)""", text);
        }
    }

    [GeneratedRegex("""(?:src="|href="|from ')([^"'#]+)["']""")]
    private static partial Regex Reference();

    [GeneratedRegex(@"at\('([a-z-]+)'\)")]
    private static partial Regex Element();
}
