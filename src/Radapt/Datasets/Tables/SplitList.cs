using Radapt.Datasets.Matching;

namespace Radapt.Datasets.Tables;

/// <summary>
/// A split list as published with the paper: <c>name 0 1 0 …</c> a line, or <c>name 2</c> with class numbers. Names may hold spaces;
/// blank lines, trailing spaces, CRLF and a missing last line end are accepted.
/// </summary>
internal static class SplitList
{
    /// <summary>Reads a list; every line has as many labels as the first.</summary>
    /// <exception cref="RadaptException">A line is malformed, or the number of labels is not that of the findings.</exception>
    public static LabelRows Read(string file, DataOptions options, ICollection<string> notes)
    {
        if (options.ClassColumn is not null)
        {
            throw new RadaptException($"--class-column is for label tables; {file} is a split list: use --class-labels.");
        }

        if (options.KeepClasses.Count > 0 && !options.ClassLabels)
        {
            throw new RadaptException("--keep-classes needs --class-labels.");
        }

        var lines = new List<(int Line, string Name, string[] Labels)>();
        int number = 0;
        int count = options.ClassLabels ? 1 : 0;
        foreach (ReadOnlySpan<char> text in TextFile.Read(file).AsSpan().EnumerateLines())
        {
            number++;
            ReadOnlySpan<char> line = text.Trim();
            if (line.Length == 0)
            {
                continue;
            }

            count = count > 0 ? count : CountLabels(line);
            lines.Add(Cut(line, count, options.ClassLabels, file, number));
        }

        return options.ClassLabels ? WithClasses(file, lines, options, notes) : WithFindings(file, lines, count, options, notes);
    }

    /// <summary>Labels of a list's first line; 0 where it has a name alone, or the file is none.</summary>
    public static int LabelsPerLine(string file)
    {
        foreach (ReadOnlySpan<char> text in TextFile.Read(file).AsSpan().EnumerateLines())
        {
            ReadOnlySpan<char> line = text.Trim();
            if (line.Length > 0)
            {
                return LastToken(line, out ReadOnlySpan<char> rest) is "0" or "1" && rest.Length > 0 ? CountLabels(line) : 0;
            }
        }

        return 0;
    }

    private static LabelRows WithFindings(
        string file, List<(int Line, string Name, string[] Labels)> lines, int count, DataOptions options, ICollection<string> notes)
    {
        if (options.Findings.Count > 0 && options.Findings.Count != count)
        {
            throw new RadaptException($"{file} has {Labels(count)} per line, but --findings names {options.Findings.Count}.");
        }

        string[] findings = options.Findings.Count > 0 ? [.. options.Findings]
            : count == 1 ? ["label"]
            : [.. Enumerable.Range(1, count).Select(i => $"label_{i}")];
        if (options.Findings.Count == 0)
        {
            notes.Add(
                $"{file} has {Labels(count)} per line, which are called {findings[0]}{(count > 1 ? $" … {findings[^1]}" : "")}: "
                    + "--findings gives them other names.");
        }

        LabelRow[] rows = [.. lines.Select(l => new LabelRow(l.Line, l.Name, null, null, [.. l.Labels.Select(t => (sbyte)(t[0] - '0'))]))];
        return new LabelRows(file, findings, rows, HasSplits: false, KeptClasses: []);
    }

    private static LabelRows WithClasses(
        string file, List<(int Line, string Name, string[] Labels)> lines, DataOptions options, ICollection<string> notes)
    {
        int?[] classes = [.. lines.Select(l => (int?)LabelClasses.Parse(l.Labels[0], $"{file} line {l.Line}"))];
        (IReadOnlyList<int> kept, IReadOnlyList<string> findings, sbyte[]?[] labels) =
            LabelClasses.ToFindings(classes, file, "class", options);
        LabelRow[] rows = [.. lines.Zip(labels).Where(p => p.Second is not null)
            .Select(p => new LabelRow(p.First.Line, p.First.Name, null, null, p.Second!))];
        if (rows.Length < lines.Count)
        {
            notes.Add($"{file}: {lines.Count - rows.Length} of {lines.Count} lines have none of the kept classes and were left out.");
        }

        return new LabelRows(file, findings, rows, HasSplits: false, kept);
    }

    private static (int Line, string Name, string[] Labels) Cut(ReadOnlySpan<char> line, int count, bool classes, string file, int number)
    {
        var labels = new string[count];
        ReadOnlySpan<char> rest = line;
        for (int i = count - 1; i >= 0; i--)
        {
            ReadOnlySpan<char> token = LastToken(rest, out rest);
            bool isLabel = classes || token is "0" or "1";
            if (rest.Length == 0 || !isLabel)
            {
                throw new RadaptException(isLabel
                    ? $"{file} line {number} has fewer than {Labels(count)} after the name."
                    : $"{file} line {number}: the label {Shown(token.ToString())}is neither 0 nor 1; "
                        + "lines read 'name 0 1 0' (class numbers: --class-labels).");
            }

            labels[i] = token is "0" ? "0" : token is "1" ? "1" : token.ToString();
        }

        // A name may hold spaces, but 'a.png 0' before the labels is a line with one label too many.
        if (!classes && LastToken(rest, out ReadOnlySpan<char> before) is "0" or "1" && before.Length > 0)
        {
            throw new RadaptException($"{file} line {number} has more than {Labels(count)}, unlike the lines before it.");
        }

        return (number, rest.ToString(), labels);
    }

    // Names of PNG and JPEG files are shown, as everywhere in lists, which know no patients; other text may be a person's name.
    private static string Shown(string token) => ImageNames.IsPngOrJpeg(token) || ShownCell.MayShow(token) ? $"'{token}' " : "";

    private static int CountLabels(ReadOnlySpan<char> line)
    {
        int count = 0;
        ReadOnlySpan<char> rest = line;
        while (LastToken(rest, out rest) is "0" or "1" && rest.Length > 0)
        {
            count++;
        }

        return Math.Max(1, count); // at least one, so that cutting the line says what is wrong with it
    }

    private static ReadOnlySpan<char> LastToken(ReadOnlySpan<char> text, out ReadOnlySpan<char> rest)
    {
        int start = text.LastIndexOfAny(" \t") + 1;
        rest = text[..start].TrimEnd();
        return text[start..];
    }

    private static string Labels(int count) => count == 1 ? "1 label" : $"{count} labels";
}
