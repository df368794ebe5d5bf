using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Radapt.Tests.Build;

/// <summary>
/// The limit that <c>.editorconfig</c> states holds. Only a line that cannot be broken outside of a string may be longer.
/// </summary>
public sealed class LineLengthTests
{
    private const int ShortString = 40; // a line that is too long without holding a longer string can be broken elsewhere

    [Theory, InlineData("src"), InlineData("tests"), InlineData("bench")]
    public void Sources_EveryLine_KeepsToTheLimit(string folder)
    {
        int limit = int.Parse(
            File.ReadLines(Path.Combine(Repository.Root, ".editorconfig"))
                .First(l => l.StartsWith("max_line_length", StringComparison.Ordinal))
                .Split('=')[1],
            System.Globalization.CultureInfo.InvariantCulture);
        string root = Path.Combine(Repository.Root, folder);
        string[] files = [.. Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories)
            .Where(f => !f.Split(Path.DirectorySeparatorChar).Any(part => part is "obj" or "bin"))];
        Assert.NotEmpty(files);
        Assert.Empty(
            files.SelectMany(f => TooLong(File.ReadAllText(f), limit).Select(l => $"{Path.GetRelativePath(Repository.Root, f)}:{l}")));
    }

    [Fact]
    public void TooLong_CodeAndString_TellsThemApart()
    {
        string text = new('x', 60);
        Assert.Equal([1], TooLong($"int {text} = {text.Replace('x', '1')};\nstring s = \"{text}{text}\";\n", 100));
    }

    private static IEnumerable<int> TooLong(string source, int limit)
    {
        string[] lines = source.Split('\n');
        if (lines.All(l => l.Length <= limit))
        {
            return [];
        }

        // Strings with their holes: breaking one only for its length would not make it easier to read.
        var strings = CSharpSyntaxTree.ParseText(source).GetRoot().DescendantNodes()
            .Where(n => n is InterpolatedStringExpressionSyntax or LiteralExpressionSyntax { Token.Value: string }
                && n.Span.Length > ShortString)
            .Select(n => n.GetLocation().GetLineSpan())
            .SelectMany(s => Enumerable.Range(s.StartLinePosition.Line, s.EndLinePosition.Line - s.StartLinePosition.Line + 1))
            .ToHashSet();
        return Enumerable.Range(0, lines.Length).Where(i => lines[i].Length > limit && !strings.Contains(i)).Select(i => i + 1);
    }
}
