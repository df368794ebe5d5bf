using System.Globalization;
using System.Text.Json.Nodes;
using Radapt.Datasets.Checks;

namespace Radapt.Cli;

/// <summary>A data check as people and programs read it.</summary>
internal static class CheckDisplay
{
    /// <summary>What there is, what can be told without pictures, and what is wrong.</summary>
    public static void Show(Terminal terminal, DataCheckReport report, string? table)
    {
        foreach (string note in report.Notes)
        {
            terminal.Line($"Note: {note}");
        }

        string failed = report.Readable == report.Images ? ""
            : $", {Figures.Count(report.Images - report.Readable)} of which cannot be read";
        terminal.Line(string.Create(
            CultureInfo.InvariantCulture,
                $"{Plural.Count(report.Images, "image")} in {report.Seconds:0.0} s ({Figures.Rate(report.ImagesPerSecond)} "
                    + $"a second){failed}."));
        terminal.Line();
        if (report.Findings.Count > 0)
        {
            PartTable.Show(terminal, report.Findings, [.. report.Parts.Select(p => (p.Name ?? "all", p.Rows, p.Patients, p.Counts))]);
            terminal.Line();
        }

        terminal.Rows(["files", "images"], report.Encodings.Select(e => new[] { e.ToString(), Figures.Count(e.Images) }), 1);
        terminal.Line();
        terminal.Rows(["pixels", "images"], report.Sizes.Select(s => new[] { $"{s.Width} x {s.Height}", Figures.Count(s.Images) }), 1);
        if (report.DifferentSizes > report.Sizes.Count)
        {
            (int min, int median, int max) = report.ShorterSide;
            terminal.Line($"  of {Figures.Count(report.DifferentSizes)} sizes; shorter side {min} to {max}, median {median}");
        }

        terminal.Line();
        ShowShortcuts(terminal, report.Shortcuts);
        ShowProblems(terminal, report, table);
    }

    /// <summary>The same as one object.</summary>
    public static JsonObject Json(DataCheckReport report, string? table) => new()
    {
        ["images"] = report.Images,
        ["readable"] = report.Readable,
        ["seconds"] = report.Seconds,
        ["images_per_second"] = report.ImagesPerSecond,
        ["parts"] = new JsonArray([.. report.Parts.Select(p => new JsonObject
        {
            ["name"] = p.Name,
            ["images"] = p.Rows,
            ["patients"] = p.Patients,
            ["findings"] = PartTable.Json(report.Findings, p.Counts),
        })]),
        ["files"] = new JsonArray([.. report.Encodings.Select(e => new JsonObject
        {
            ["format"] = e.Format.ToString().ToLowerInvariant(),
            ["channels"] = e.Channels,
            ["bits"] = e.Bits,
            ["images"] = e.Images,
        })]),
        ["sizes"] = new JsonObject
        {
            ["different"] = report.DifferentSizes,
            ["shorter_side"] = new JsonObject
            {
                ["min"] = report.ShorterSide.Min,
                ["median"] = report.ShorterSide.Median,
                ["max"] = report.ShorterSide.Max,
            },
            ["most_frequent"] = new JsonArray([.. report.Sizes.Select(s => new JsonObject
            {
                ["width"] = s.Width,
                ["height"] = s.Height,
                ["images"] = s.Images,
            })]),
        },
        ["shortcuts"] =
            new JsonObject(report.Shortcuts.Select(s => KeyValuePair.Create<string, JsonNode?>(s.Finding, new JsonObject(s.From.Select(f =>
            KeyValuePair.Create<string, JsonNode?>(f.From, new JsonObject { ["auroc"] = f.Auroc, ["low"] = f.Low, ["high"] = f.High })))))),
        ["problems"] =
            new JsonObject(Kinds(report).Select(k => KeyValuePair.Create<string, JsonNode?>(DataProblem.NameOf(k.Key), new JsonObject
            {
                ["errors"] = Count(k, ProblemSeverity.Error),
                ["warnings"] = Count(k, ProblemSeverity.Warning),
                ["notes"] = Count(k, ProblemSeverity.Note),
            }))),
        ["errors"] = report.Count(ProblemSeverity.Error),
        ["warnings"] = report.Count(ProblemSeverity.Warning),
        ["notes"] = report.Count(ProblemSeverity.Note),
        ["table"] = table is null ? null : Path.GetFullPath(table),
        ["remarks"] = new JsonArray([.. report.Notes.Select(n => JsonValue.Create(n))]),
    };

    private static void ShowShortcuts(Terminal terminal, IReadOnlyList<Shortcut> shortcuts)
    {
        if (shortcuts.Count == 0)
        {
            return;
        }

        string[] from = [.. shortcuts.SelectMany(s => s.From).Select(f => f.From).Distinct()];
        terminal.Rows(
            ["AUROC without the picture, from", .. from],
            shortcuts.Select(s => new[] { s.Finding }.Concat(from.Select(name => s.From.FirstOrDefault(f => f.From == name) is { } f
                ? string.Create(CultureInfo.InvariantCulture, $"{f.Auroc:0.00} ({f.Low:0.00}-{f.High:0.00})") : "-")).ToArray()),
            [.. Enumerable.Range(1, from.Length)]);
        terminal.Line();
    }

    private static void ShowProblems(Terminal terminal, DataCheckReport report, string? table)
    {
        if (report.Problems.Count == 0)
        {
            terminal.Line($"No problems were found.{(table is null ? "" : $" {table} has only its header.")}");
            return;
        }

        terminal.Rows(
            ["problem", "errors", "warnings", "notes", "the first"],
            Kinds(report).Select(k => new[]
            {
                DataProblem.NameOf(k.Key), Shown(Count(k, ProblemSeverity.Error)), Shown(Count(k, ProblemSeverity.Warning)),
                    Shown(Count(k, ProblemSeverity.Note)), InWords(k.First()),
            }),
            1, 2, 3);
        terminal.Line();
        terminal.Line(
            $"{Counted(report.Count(ProblemSeverity.Error), "error")}, {Counted(report.Count(ProblemSeverity.Warning), "warning")}, "
                + $"{Counted(report.Count(ProblemSeverity.Note), "note")}; "
            + (table is null ? "-o problems.csv writes a line for each." : $"{table} has a line for each."), strong: true);
    }

    private static IEnumerable<IGrouping<DataProblemKind, DataProblem>> Kinds(DataCheckReport report) =>
        report.Problems.GroupBy(p => p.Kind);

    private static int Count(IEnumerable<DataProblem> problems, ProblemSeverity severity) => problems.Count(p => p.Severity == severity);

    private static string Shown(int count) => count == 0 ? "" : Figures.Count(count);

    private static string Counted(int count, string what) =>
        $"{(count == 0 ? "no" : Figures.Count(count))} {what}{(count == 1 ? "" : "s")}";

    private static string InWords(DataProblem p) =>
        (p.ShownImage is null ? p.What : $"{p.ShownImage}: {p.What}") + (p.ShownOther is null ? "" : $" ({p.ShownOther})");
}
