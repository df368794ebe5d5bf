using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Radapt.Adaptation.Files;
using Radapt.Compute;
using Radapt.Imaging.Dicom.Codecs;
using Radapt.Inference;
using Radapt.Studies.Soup;

namespace Radapt.Cli;

/// <summary><c>radapt adapter soup</c>: the mean of the adapters of several runs, chosen by their validation images.</summary>
internal sealed class AdapterSoupCommand : RadaptCommand
{
    private readonly Argument<string[]> _runs = new("runs")
    {
        HelpName = "RUN RUN...",
        Description = "Folders of complete runs with the same base weights, method and options, findings and validation images: such as "
            + "several seeds, learning rates or label fractions.",
        Arity = new ArgumentArity(2, 100),
    };

    private readonly Option<string> _out;
    private readonly Option<bool> _overwrite;
    private readonly Option<bool> _json;
    private readonly Option<string> _weights;
    private readonly Option<int> _batchSize;
    private readonly Option<int?> _threads;

    public AdapterSoupCommand(CancellationToken interrupted)
        : base("soup", "Average the adapters of runs that started alike (greedy model soup): the best run on the validation images first, "
            + "then each of the others that does not lower the mean AUROC.")
    {
        Arguments.Add(_runs);
        _out = Add("Output", new Option<string>("--out", "-o")
        {
            HelpName = "OUT",
            Description = "The adapter file to write (.safetensors), or a folder for adapter.safetensors. predict, evaluate, inspect and "
                + "adapter merge take it.",
            Required = true,
        });
        _overwrite = AddOverwrite("the adapter");
        _json = AddJson();
        _weights = Add("Model", new Option<string>("--weights")
        {
            HelpName = "FILE",
            Description = "Path of the base weights. Default: their path during training.",
        });
        (_batchSize, _threads) = AddForwardPass("as in training.");
        SetAction(parsed => Run(parsed, interrupted));
    }

    public override IReadOnlyList<(string Line, string What)> Examples { get; } =
    [
        ("radapt adapter soup runs/seed-0 runs/seed-1 runs/seed-2 -o soup", "Of three seeds:"),
        ("radapt evaluate soup --data labels.csv --split test", "Its figures on test images:"),
    ];

    private int Run(ParseResult parsed, CancellationToken interrupted)
    {
        bool json = parsed.GetValue(_json);
        var terminal = new Terminal(onStandardError: json);
        string[] named = parsed.GetRequiredValue(_runs);
        string output = new ImportRequest("", parsed.GetRequiredValue(_out)).OutputFile;
        if (output == parsed.GetRequiredValue(_out) || Directory.Exists(Path.GetDirectoryName(output)))
        {
            OutputFile.RequireNew(output, parsed.GetValue(_overwrite)); // else a folder that is made for it
        }

        SoupIngredient[] runs = [.. named.Select(SoupIngredient.Read)];
        OutputFile.RequireNoInput(output, "-o", [.. runs.SelectMany(r => AdapterFile.Inputs(r.AdapterFile, parsed.GetValue(_weights)))]);
        SoupIngredient.RequireFit(runs);
        ProcessSettings.PrepareCompute();
        ComputePlan plan = RunPlan.Read(runs[0].Run, parsed.GetValue(_threads));
        ProcessSettings.UseThreads(plan.Threads);
        using var codecs = new CodecProcess();
        SoupReport report = terminal.WithLiveLine(line => new GreedySoup(
            plan, parsed.GetValue(_weights), parsed.GetValue(_batchSize), codecs,
            model => new ImageProgress(terminal, text => line($"model {model.Number} of {model.Of}: {text}"), model.Images).Report)
            .Run(runs, output, interrupted));
        terminal.Notes(report.Notes);
        Show(terminal, report, output);
        if (json)
        {
            Terminal.WriteJson(ToJson(report, output));
        }

        return ExitCode.Done;
    }

    private static void Show(Terminal terminal, SoupReport report, string output)
    {
        terminal.Rows(["run", "AUROC", "AUROC with it", ""],
            report.Steps.Select(s => new[] { s.Run, Auroc(s.Auroc), Auroc(s.AurocWith), s.IsTaken ? "taken" : "left out" }), 1, 2);
        int taken = report.Taken.Count();
        string mean = taken == 1 ? $"no mean is as good as {report.Steps[0].Run} alone, so this is its adapter"
            : $"the mean of {taken} of {report.Steps.Count} runs";
        terminal.Line($"{output}: {mean}; AUROC {Auroc(report.Auroc)} on {Plural.Count(report.Images, "validation image")}", strong: true);
        terminal.Line("These images chose the runs, so this figure is a little too good: radapt evaluate gives one on test images.");
    }

    private static JsonObject ToJson(SoupReport report, string output) => new()
    {
        ["adapter"] = Path.GetFullPath(output),
        ["auroc"] = report.Auroc,
        ["images"] = report.Images,
        ["runs"] = new JsonArray([.. report.Steps.Select(s => new JsonObject
        {
            ["run"] = Path.GetFullPath(s.Run),
            ["auroc"] = s.Auroc,
            ["auroc_with"] = s.AurocWith,
            ["taken"] = s.IsTaken,
        })]),
        ["notes"] = new JsonArray([.. report.Notes.Select(n => JsonValue.Create(n))]),
    };

    // One digit more than elsewhere, since soups differ by little.
    private static string Auroc(double value) => value.ToString("0.0000", CultureInfo.InvariantCulture);
}
