using System.Text.RegularExpressions;

namespace Radapt.Tests.Cli;

/// <summary>Every <c>radapt …</c> line of the README and the documents names a command and options that exist.</summary>
public sealed partial class DocumentedCommandTests
{
    public static TheoryData<string> Commands => [.. Lines().Select(l => CommandOf(l.Words)).Distinct()];

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Command_InTheDocuments_TakesTheOptionsItIsShownWith(string command)
    {
        using var folder = new TemporaryFolder();
        string help = (await RadaptProcess.Run(folder.Path, [.. command.Split(' '), "--help"])).Expect(0).Output;
        HashSet<string> options = [.. Options().Matches(help).Select(m => m.Value)];
        var unknown = Lines().Where(l => CommandOf(l.Words) == command)
            .SelectMany(l => l.Words.Where(w => w.StartsWith('-')).Select(w => (l.Source, Option: w.Split('=')[0])))
            .Where(o => !options.Contains(o.Option));
        Assert.Empty(unknown);
    }

    [Fact]
    public void Readme_ShowsTheFirstCommands() =>
        Assert.Superset(new HashSet<string> { "demo", "finetune", "evaluate", "predict", "inspect" }, Lines()
            .Select(l => l.Words[0]).ToHashSet());

    // `adapter merge` and its like are commands of a command.
    private static string CommandOf(string[] words) =>
        words[0] is "adapter" or "data" or "pretrain" or "recipe" or "study" && words.Length > 1 ? $"{words[0]} {words[1]}" : words[0];

    private static IEnumerable<(string Source, string[] Words)> Lines() =>
        from file in Directory.EnumerateFiles(Path.Combine(Repository.Root, "docs"), "*.md")
            .Append(Path.Combine(Repository.Root, "README.md"))
        from line in File.ReadLines(file)
        from match in Shown().Matches(line)
        select ($"{Path.GetFileName(file)}: {line.Trim()}", match.Groups[1].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    // Indented code lines and `inline code`.
    [GeneratedRegex(@"(?:(?:^ {4,}(?:\$ )?|`)(?:radapt|dotnet run -c Release --project src/Radapt\.Cli --)) ([a-z][^`]*)")]
    private static partial Regex Shown();

    [GeneratedRegex(@"--?[a-z][a-z0-9-]*")]
    private static partial Regex Options();
}
