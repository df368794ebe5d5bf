using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Radapt.Tests.Build;

/// <summary>THIRD-PARTY-NOTICES.md, which the packages carry, names what is shipped.</summary>
public partial class ThirdPartyNoticesTests
{
    private static readonly string s_notices = File.ReadAllText(Path.Combine(Repository.Root, "THIRD-PARTY-NOTICES.md"));

    // issue 15: a new dependency without an entry fails
    [Fact]
    public void Notices_EveryShippedPackage_HasARowAndEveryRowIsShipped()
    {
        string[] natives = [.. Natives().Select(n => n.Package)];
        string[] shipped = [.. Managed().Union(natives).Order(StringComparer.Ordinal)];
        string[] named = [.. Row().Matches(s_notices).SelectMany(m => m.Groups[1].Value.Split(", ")).Order(StringComparer.Ordinal)];
        Assert.Equal(shipped, named);
    }

    [Fact]
    public void Natives_OfThePackage_AreTheVersionsOfTheBuild()
    {
        XDocument central = XDocument.Load(Path.Combine(Repository.Root, "Directory.Packages.props"));
        string libtorch = central.Descendants("LibTorchVersion").Single().Value;
        Dictionary<string, string> versions = central.Descendants("PackageVersion").ToDictionary(
            p => p.Attribute("Include")!.Value,
            p => p.Attribute("Version")!.Value.Replace("$(LibTorchVersion)", libtorch, StringComparison.Ordinal));
        (string Package, string Version)[] natives = [.. Natives()];
        Assert.Equal(6, natives.Length); // three systems, two libraries each
        Assert.All(natives, n => Assert.Equal(versions[n.Package], n.Version));
    }

    // What the command line brings to the system of this build: its list of dependencies, without the natives of this one system. What
    // its web framework has already is not in that list, but the library depends on it.
    private static IEnumerable<string> Managed()
    {
        JsonNode dependencies = JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "radapt.deps.json")))!;
        IEnumerable<string> ofTheLibrary = XDocument.Load(Path.Combine(Repository.Root, "src", "Radapt", "Radapt.csproj"))
            .Descendants("PackageReference").Where(p => p.Attribute("PrivateAssets") is null).Select(p => p.Attribute("Include")!.Value);
        return dependencies["libraries"]!.AsObject().Where(l => l.Value!["type"]!.GetValue<string>() == "package")
            .Select(l => l.Key.Split('/')[0]).Union(ofTheLibrary);
    }

    private static IEnumerable<(string Package, string Version)> Natives()
    {
        JsonNode natives = JsonNode.Parse(File.ReadAllText(Path.Combine(Repository.Root, "src", "Radapt", "runtime.json")))!;
        return natives["runtimes"]!.AsObject().SelectMany(system => system.Value!["Radapt"]!.AsObject())
            .Select(p => (p.Key, p.Value!.GetValue<string>()));
    }

    [GeneratedRegex(@"^\| ([A-Za-z0-9.\-, ]+?)(?: \(tool only\))? \| (?!licence)", RegexOptions.Multiline)]
    private static partial Regex Row();
}
