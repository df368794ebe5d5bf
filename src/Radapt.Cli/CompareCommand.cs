using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Radapt.Evaluation;
using Radapt.Runs;

namespace Radapt.Cli;

/// <summary><c>radapt compare</c>: whether runs differ on the same test images by more than chance.</summary>
internal sealed class CompareCommand : RadaptCommand
{
    private readonly Argument<string[]> _runs = new("runs")
    {
        HelpName = "RUN_A RUN_B...",
        Description = "Folders of complete runs or cross-validations, tested on the same images. Every run is compared with the first.",
        Arity = new ArgumentArity(2, 100),
    };

    private readonly Option<bool> _common;
    private readonly Option<bool> _json;

    public CompareCommand()
        : base("compare", "Compare the AUROCs of runs on the same test images: differences with 95 % intervals and p values, over patients "
            + "where they are known. Reads the predictions in the run folders; no image is needed.")
    {
        Arguments.Add(_runs);
        _common = Add("Images", new Option<bool>("--common")
        {
            Description = "Compare on the images that all runs have. Default: runs that were tested on other images are an error.",
        });
        _json = AddJson();
        SetAction(Run);
    }

    public override IReadOnlyList<(string Line, string What)> Examples { get; } =
    [
        ("radapt compare runs/lora runs/full", "Does full fine-tuning differ from LoRA?"),
        ("radapt compare runs/a runs/b runs/c --json", "Two runs against a third, for a program:"),
    ];

    public override bool StopsItself => false;

    private int Run(ParseResult parsed)
    {
        bool json = parsed.GetValue(_json);
        var terminal = new Terminal(onStandardError: json);
        string[] named = parsed.GetRequiredValue(_runs);
        if (named.GroupBy(Path.GetFullPath).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            throw new RadaptException($"{twice.First()}: is named twice; name each run only once.");
        }

        var notes = new List<string>();
        IReadOnlyList<ComparedScores> runs =
            ComparedScores.Align([.. named.Select(ComparedScores.Read)], parsed.GetValue(_common), notes);
        notes.AddRange(runs.Where(r => r.AreOfValidation).Select(r =>
            $"{r.Name} has no test images: its figures are of validation images, which may have chosen its epoch, so they can be too good."));
        IReadOnlyList<RunComparison> comparisons = RunComparison.Compute(runs);
        terminal.Notes(notes);
        foreach (RunComparison comparison in comparisons)
        {
            Show(terminal, comparison, runs[0].Scores);
        }

        if (json)
        {
            Terminal.WriteJson(ToJson(runs, comparisons, notes));
        }

        return ExitCode.Done;
    }

    private static void Show(Terminal terminal, RunComparison comparison, LabelledScores images)
    {
        int patients = images.Patients?.OfType<string>().Distinct().Count() ?? 0;
        terminal.Line($"{comparison.Second} against {comparison.First}: {Plural.Count(images.Images.Count, "image")}"
            + (patients > 0 ? $" of {Plural.Count(patients, "patient")}" : ""), strong: true);
        IEnumerable<AurocDifference> rows =
            comparison.Findings.Count > 1 ? comparison.Findings.Append(comparison.Mean) : comparison.Findings;
        terminal.Rows(
            ["AUROC", comparison.First, comparison.Second, "difference", "95 % interval", "p", "p (Holm)"],
            rows.Select(d => new[]
            {
                d.Finding, Figures.Auroc(d.First), Figures.Auroc(d.Second), Signed(d.Difference),
                d.Interval is { } interval ? $"[{Signed(interval.Lower)}, {Signed(interval.Upper)}]" : "", P(d.PValue),
                d.Finding == RunFigures.Mean ? "" : P(d.HolmPValue),
            }),
            1, 2, 3, 5, 6);
        string[] methods = [.. rows.Select(d => d.Method).OfType<string>().Distinct()];
        if (methods.Length > 0)
        {
            string how = methods.Length == 2 ? $"findings by {methods[0]}; mean by {methods[1]}" : $"by {methods[0]}";
            terminal.Line($"Difference: {comparison.Second} less {comparison.First}. Intervals and p values: {how}.");
        }

        foreach (AurocDifference refused in comparison.Findings.Where(d => d is { First: not null, Refusal: not null }))
        {
            terminal.Line($"No interval for {refused.Finding}. {refused.Refusal}");
        }
    }

    private static JsonObject ToJson(
        IReadOnlyList<ComparedScores> runs, IReadOnlyList<RunComparison> comparisons, IReadOnlyList<string> notes)
    {
        IEnumerable<JsonObject> pairs = comparisons.Select(c => new JsonObject
        {
            ["first"] = Path.GetFullPath(c.First),
            ["second"] = Path.GetFullPath(c.Second),
            ["auroc"] = new JsonObject(c.Findings.Prepend(c.Mean)
                .Select(d => KeyValuePair.Create<string, JsonNode?>(d.Finding, JsonSerializer.SerializeToNode(d, RunFolder.Json)))),
        });
        return new JsonObject
        {
            ["runs"] = Strings(runs.Select(r => Path.GetFullPath(r.Name))),
            ["images"] = runs[0].Scores.Images.Count,
            ["figures"] = new JsonArray([.. runs.Select(r => RunStatistics.Compute(r.Scores).ToFigures().ToJson())]),
            ["comparisons"] = new JsonArray([.. pairs]),
            ["notes"] = Strings(notes),
        };
    }

    private static JsonArray Strings(IEnumerable<string> texts) => [.. texts.Select(t => JsonValue.Create(t))];

    private static string Signed(double? value) => value?.ToString("+0.000;-0.000;0.000", CultureInfo.InvariantCulture) ?? "-";

    private static string P(double? p) => p switch
    {
        null => "",
        < 0.001 => "< 0.001",
        _ => p.Value.ToString("0.000", CultureInfo.InvariantCulture),
    };
}
