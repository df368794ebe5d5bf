using System.Text.RegularExpressions;

namespace Radapt.Tests.Cli;

/// <summary>docs/tutorial.md shows what a newcomer sees: every command is run, and its output compared with the page.</summary>
[Collection(WholeCommands.Name)]
public sealed partial class TutorialTests
{
    // Where the page's reader works.
    private const string Study = "/home/anna/study";

    [Fact]
    public async Task Tutorial_EveryCommand_PrintsWhatThePageShows()
    {
        using var folder = new TutorialFolder();
        string[] page = File.ReadAllLines(Path.Combine(Repository.Root, "docs", "tutorial.md"));
        File.WriteAllLines(folder.Hospital["tiny.yaml"], Block(page, "    # tiny.yaml"));
        Shown[] commands = [.. Commands(page)];
        Assert.Equal(["data", "finetune", "evaluate", "predict", "predict", "evaluate"], commands.Select(c => c.Words[0]));
        var printed = new List<string[]>();
        foreach ((Shown command, int exitCode) in commands.Zip([0, 0, 0, 3, 3, 3])) // tomorrow's images: one is damaged
        {
            RadaptResult result = await RadaptProcess.RunInTerminal(folder.Hospital.Path, command.Words);
            result.Expect(exitCode);
            // A busy machine also prints how far it is.
            string[] lines = [.. Lines(result.Output.Replace(folder.Hospital.Path, Study, StringComparison.Ordinal))
                .Where(l => !Progress().IsMatch(l))];
            string? difference = Difference(command.Output, lines);
            Assert.True(difference is null, $"{command.Line}\n{difference}\nprinted:\n{string.Join('\n', lines)}");
            Assert.All(folder.Hospital.Secrets, s => Assert.DoesNotContain(s, result.Output, StringComparison.Ordinal));
            printed.Add(lines);
        }

        // What training reports of its test images, `evaluate` finds again, to the digit.
        static IEnumerable<string> Figures(string[] lines) =>
            lines.SkipWhile(l => !l.Contains("AUROC 95 % interval", StringComparison.Ordinal)).Take(4);
        Assert.Equal(Figures(printed[1]), Figures(printed[2]));

        // The page shows the first rows of the table of predictions.
        string[] table = File.ReadAllLines(folder.Hospital["tomorrow.csv"]);
        string[] shown = [.. Block(page, "    image;")];
        Assert.Null(Difference(shown, [.. table.Take(shown.Length)]));
    }

    [Theory]
    [InlineData("a 1 s, 0.812", "a 27 s, 0.700", true)]
    [InlineData("a …", "a b", true)]
    [InlineData("a … c", "a b d", false)]
    [InlineData("120 images", "121 images", false)]
    [InlineData("0,5312345", "0,41", true)]
    [InlineData("key 0123456789abcdef", "key fedcba9876543210", true)]
    public void Difference_OneLine_ComparesAllButTimesRatesFiguresAndHashes(string shown, string printed, bool isSame) =>
        Assert.Equal(isSame, Difference([shown], [printed]) is null);

    [Fact]
    public void Difference_LinesLeftOut_AreFoundUnlessThePageSaysSo()
    {
        Assert.Null(Difference(["a", "…", "d"], ["a", "b", "c", "d"]));
        Assert.Null(Difference(["a", "…"], ["a", "b"]));
        Assert.NotNull(Difference(["a", "d"], ["a", "b", "d"]));
        Assert.NotNull(Difference(["a"], ["a", "b"]));
        Assert.NotNull(Difference(["a", "…", "d"], ["a", "b"]));
    }

    // The indented lines from the one that starts so.
    private static IEnumerable<string> Block(string[] page, string start) => page
        .SkipWhile(l => !l.StartsWith(start, StringComparison.Ordinal)).TakeWhile(l => l.Length > 0).Select(l => l[4..]);

    // A command, and the indented lines up to the next one or the end of the block.
    private static IEnumerable<Shown> Commands(string[] page)
    {
        const string start = "    $ radapt ";
        foreach ((int i, string line) in page.Index().Where(l => l.Item.StartsWith(start, StringComparison.Ordinal)))
        {
            IEnumerable<string> output = page.Skip(i + 1).TakeWhile(l => l.Length == 0
                || (l.StartsWith("    ", StringComparison.Ordinal) && !l.StartsWith("    $", StringComparison.Ordinal)));
            yield return new Shown(line[start.Length..], Lines(string.Join('\n', output.Select(l => l.Length > 4 ? l[4..] : ""))));
        }
    }

    private static string[] Lines(string text) => [.. text.Split('\n').Select(l => l.TrimEnd()).Where(l => l.Length > 0)];

    // Null, or the first line of the page that was not printed there; the line … stands for any lines.
    private static string? Difference(string[] shown, string[] printed)
    {
        int next = 0;
        bool mayPass = false;
        foreach (string line in shown)
        {
            if (line.Trim() == "…")
            {
                mayPass = true;
                continue;
            }

            int found = mayPass ? Array.FindIndex(printed, next, p => IsSame(line, p))
                : next < printed.Length && IsSame(line, printed[next]) ? next : -1;
            if (found < 0)
            {
                return $"the page shows: {line}\nprinted there: {(next < printed.Length ? printed[next] : "the end")}";
            }

            next = found + 1;
            mayPass = false;
        }

        return mayPass || next == printed.Length ? null : $"the page ends before: {printed[next]}";
    }

    // Within a line … stands for any text. Tables are laid out by their widest cell.
    private static bool IsSame(string shown, string printed)
    {
        string pattern = string.Join(".*", Compared(shown).Split('…').Select(Regex.Escape));
        return Regex.IsMatch(Compared(printed), $"^{pattern}$");
    }

    private static string Compared(string line) => Spaces().Replace(Passing().Replace(line, "#"), " ");

    [GeneratedRegex(@"\d+ (?:s|min) left$|^epoch \d+/\d+ .*\d+ (?:s|min) left")]
    private static partial Regex Progress();

    // Times, rates, hashes, and what training gives: other processors round otherwise, and choose another epoch by it.
    [GeneratedRegex(@"\d+(?:\.\d+)? (?:s|min|images/s|a second)\b|\b[0-9a-f]{12,64}\b"
        + @"|\b\d[.,]\d{2,}\b|\d\.\de-\d|Best epoch: \d+| +best so far")]
    private static partial Regex Passing();

    [GeneratedRegex(" {2,}")]
    private static partial Regex Spaces();

    private sealed record Shown(string Line, string[] Output)
    {
        public string[] Words => Line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
    }
}
