using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Radapt.Adaptation.Files;
using Radapt.Runs;

namespace Radapt.Cli;

/// <summary><c>radapt adapter merge</c>: base weights plus adapter as plain weights.</summary>
internal sealed class AdapterMergeCommand : RadaptCommand
{
    private readonly Argument<string> _run = new("run") { HelpName = "RUN", Description = "Run folder or adapter file." };
    private readonly Option<string> _out;
    private readonly Option<string> _dialect;
    private readonly Option<string> _weights;
    private readonly Option<bool> _force;
    private readonly Option<bool> _overwrite;
    private readonly Option<bool> _json;

    public AdapterMergeCommand()
        : base("merge",
            "Write base weights, adapter and head as one file of float32 weights, and measure how much merging changes the outputs.")
    {
        Arguments.Add(_run);
        _out = Add("Output", new Option<string>("--out", "-o")
        {
            HelpName = "FILE.safetensors",
            Description = "The weights to write. evaluate, predict and --weights take them.",
            Required = true,
        });
        _dialect = Add("Output", new Option<string>("--dialect")
        {
            HelpName = "CHOICE",
            Description = $"Naming scheme of the tensors: {string.Join(", ", AdapterMerge.Dialects)}. Default: native.",
            DefaultValueFactory = _ => "native",
        });
        _dialect.AcceptOnlyFromAmong([.. AdapterMerge.Dialects]);
        _overwrite = AddOverwrite("the weights");
        _json = AddJson();
        _weights = Add("Model", new Option<string>("--weights")
        {
            HelpName = "FILE",
            Description = "Path of the base weights. Default: their path during training.",
        });
        _force = Add("Model", new Option<bool>("--force")
        {
            Description = "Accept base weights other than those used in training, if they fit.",
        });
        SetAction(Run);
    }

    public override IReadOnlyList<(string Line, string What)> Examples { get; } =
    [
        ("radapt adapter merge runs/first -o merged.safetensors", "For Radapt, also as base weights for further training:"),
        ("radapt adapter merge runs/first --dialect timm -o model.safetensors", "For timm:"),
        ("radapt adapter merge runs/first --dialect huggingface -o model.safetensors",
            "For Hugging Face's ViT or Dinov2, with separate query, key and value:"),
        ("radapt adapter merge runs/first --weights weights/MRM.pth -o merged.safetensors", "The base weights have moved:"),
    ];

    /// <inheritdoc/>
    public override bool StopsItself => false;

    private int Run(ParseResult parsed)
    {
        bool json = parsed.GetValue(_json);
        OutputFile.RequireNew(parsed.GetRequiredValue(_out), parsed.GetValue(_overwrite));
        ProcessSettings.PrepareCompute();
        MergeReport report = AdapterMerge.Run(
            parsed.GetRequiredValue(_run), parsed.GetRequiredValue(_out), parsed.GetValue(_dialect)!, parsed.GetValue(_weights),
                parsed.GetValue(_force));
        var terminal = new Terminal(onStandardError: json);
        string[] notes = [.. new[] { report.OtherBase, RunRecord.UnfinishedNote(parsed.GetRequiredValue(_run)) }.OfType<string>()];
        terminal.Notes(notes);

        terminal.Line($"{report.File}: {Figures.Bytes(report.Bytes)}, {report.Dialect} names", strong: true);
        terminal.Line(string.Create(
            CultureInfo.InvariantCulture,
            $"Merged against unmerged, on {report.Images} generated images: logits differ by at most {report.LogitDifference:0.0e0}, "
                + $"probabilities by at most {report.ProbabilityDifference:0.0e0}."));
        if (report.Note is { } note)
        {
            terminal.Line(note);
        }

        if (json)
        {
            Terminal.WriteJson(new JsonObject
            {
                ["file"] = Path.GetFullPath(report.File),
                ["dialect"] = report.Dialect,
                ["bytes"] = report.Bytes,
                ["images"] = report.Images,
                ["difference"] = new JsonObject { ["logit"] = report.LogitDifference, ["probability"] = report.ProbabilityDifference },
                ["notes"] = new JsonArray([.. notes.Append(report.Note).OfType<string>().Select(n => JsonValue.Create(n))]),
            });
        }

        return ExitCode.Done;
    }
}
