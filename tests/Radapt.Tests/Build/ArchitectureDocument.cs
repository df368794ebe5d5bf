using System.Reflection;
using System.Text.RegularExpressions;

namespace Radapt.Tests.Build;

/// <summary>The names in backticks of docs/architecture.md, compared with the code.</summary>
/// <param name="text">The document, in Markdown.</param>
/// <param name="order">The folders of the library, in the order in which they may use each other.</param>
internal sealed partial class ArchitectureDocument(string text, IReadOnlyList<string> order)
{
    // The paragraph that names rooms without code.
    private const string Planned = "What comes next has its place";

    private const BindingFlags Everything =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly string s_library = Path.Combine(Repository.Root, "src", "Radapt");

    private static readonly string[] s_sources = [.. new[] { "src", "tests", "bench" }
        .SelectMany(f => Directory.EnumerateFiles(Path.Combine(Repository.Root, f), "*.cs", SearchOption.AllDirectories))
        .Select(f => Path.GetRelativePath(Repository.Root, f).Replace('\\', '/'))
        .Where(f => !f.Split('/').Any(part => part is "bin" or "obj"))];

    private static readonly Type[] s_types = [.. new[]
    {
        typeof(RadaptException).Assembly, typeof(ArchitectureDocument).Assembly, Assembly.Load("radapt"), Assembly.Load("Radapt.TestData"),
        Assembly.Load("Radapt.Server"),
    }.SelectMany(a => a.GetTypes())];

    private static readonly HashSet<string> s_typeNames = [.. s_types.Select(Name)];

    /// <summary>Folders of the library that hold sources, with <c>/</c>, such as <c>Datasets/Tables</c>.</summary>
    public static IReadOnlyList<string> Folders { get; } = [.. s_sources
        .Where(f => f.StartsWith("src/Radapt/", StringComparison.Ordinal))
        .Select(f => Path.GetDirectoryName(f["src/Radapt/".Length..])!.Replace('\\', '/'))
        .Where(f => f is not ("" or "buildTransitive")).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>Names of types, members, folders and files that do not exist.</summary>
    public IReadOnlyList<string> Unknown() =>
    [
        .. text.Split("\n\n").Where(p => !p.StartsWith(Planned, StringComparison.Ordinal))
            .SelectMany(p => Code().Matches(p)).Select(m => m.Groups[1].Value).Distinct().Where(n => !Exists(n)),
    ];

    /// <summary>Folders without a row in the table, or that the row of their upper folder does not name.</summary>
    public IReadOnlyList<string> MissingFolders() => [.. Folders.Where(f => !IsDescribed(f))];

    /// <summary>The first columns of the table of folders.</summary>
    public IReadOnlyList<string> Rows() => [.. Row().Matches(text).Select(m => m.Groups[1].Value).Where(order.Contains)];

    private bool IsDescribed(string folder)
    {
        string[] parts = folder.Split('/');
        string? row = Row().Matches(text).FirstOrDefault(m => m.Groups[1].Value == parts[0])?.Value;
        return row is not null
            && (parts.Length == 1 || row.Contains($"`{parts[^1]}`", StringComparison.Ordinal)
                || row.Contains($"`{string.Join('/', parts[1..])}`", StringComparison.Ordinal));
    }

    private bool Exists(string name)
    {
        if (name.Contains("NAME", StringComparison.Ordinal))
        {
            string pattern = $"(^|/){Regex.Escape(name).Replace("NAME", "[A-Za-z0-9]+", StringComparison.Ordinal)}$";
            return s_sources.Any(f => Regex.IsMatch(f, pattern));
        }

        if (name.Contains('/', StringComparison.Ordinal))
        {
            return Path.Exists(Path.Combine(Repository.Root, name)) || Path.Exists(Path.Combine(s_library, name)) || IsFolder(name)
                || s_sources.Any(f => f.EndsWith($"/{name}.cs", StringComparison.Ordinal));
        }

        string[] parts = name.Split('.');
        return s_typeNames.Contains(name) || order.Contains(name) || IsFolder(name)
            || s_types.Any(t => (parts.Length == 1 || Name(t) == parts[^2]) && t.GetMembers(Everything).Any(m => m.Name == parts[^1]))
            || s_types.Any(t => t.FullName?.EndsWith($".{name}", StringComparison.Ordinal) == true)
            || s_types.Any(t => t.Assembly.GetName().Name == name)
            || name == "Radapt" || File.Exists(Path.Combine(Repository.Root, name))
            || File.Exists(Path.Combine(s_library, "buildTransitive", name));
    }

    private static string Name(Type type) => type.Name.Split('`')[0];

    private static bool IsFolder(string name) =>
        Folders.Any(f => $"/{f}".EndsWith($"/{name.Replace('.', '/')}", StringComparison.Ordinal));

    // Names as C# writes them, and paths of the repository; other code (tensors, commands, files of runs) begins with a small letter.
    [GeneratedRegex("`((?:src/|tests/|bench/)?[A-Z][A-Za-z0-9./]*)`")]
    private static partial Regex Code();

    [GeneratedRegex(@"^\| `([A-Za-z]+)` \|.*$", RegexOptions.Multiline)]
    private static partial Regex Row();
}
