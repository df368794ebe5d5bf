using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Radapt.Adaptation;
using Radapt.Adaptation.Files;
using Radapt.Checkpoints;
using Radapt.Models.Dialects;
using Radapt.Options;

namespace Radapt.Cli;

/// <summary><c>radapt inspect</c>: what is in a checkpoint or adapter. Nothing in it is run, and no tensor is loaded.</summary>
internal sealed class InspectCommand : RadaptCommand
{
    private readonly Argument<string> _file = new("file")
    {
        HelpName = "FILE",
        Description =
            "Checkpoint (.pth, .pt, .bin, .safetensors), folder of Hugging Face weights or of a PEFT adapter, adapter file or run folder.",
    };
    // More lines than anyone reads: a file may name hundreds of thousands of tensors.
    private const int MostTensors = 2000, MostEntries = 200, LongestValue = 1000;

    private static readonly JsonSerializerOptions s_readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Option<string> _dialect;
    private readonly Option<string> _copy;
    private readonly Option<bool> _all;
    private readonly Option<bool> _json;

    public InspectCommand()
        : base("inspect", "Show what a checkpoint or adapter contains: its tensors, its format, and what would be ignored.")
    {
        Arguments.Add(_file);
        _dialect = new Option<string>("--dialect")
        {
            HelpName = "NAME",
            DefaultValueFactory = _ => CheckpointInspection.Dialects[0],
            Description =
                "Read the tensors by this naming scheme instead of recognising it. One of "
                    + $"{string.Join(", ", CheckpointInspection.Dialects)}.",
        };
        Options.Add(_dialect);
        _copy = new Option<string>("--copy")
        {
            HelpName = "CHOICE",
            DefaultValueFactory = _ => CheckpointInspection.Copies[0],
            Description =
                $"Which encoder to read from a training checkpoint with several. One of {string.Join(", ", CheckpointInspection.Copies)}.",
        };
        _copy.AcceptOnlyFromAmong([.. CheckpointInspection.Copies]);
        Options.Add(_copy);
        _all = new Option<bool>("--all")
        {
            Description = $"List all tensors and metadata entries instead of the first {MostTensors} and {MostEntries}.",
        };
        Options.Add(_all);
        _json = AddJson();
        SetAction(Run);
    }

    public override IReadOnlyList<(string Line, string What)> Examples { get; } =
    [
        ("radapt inspect MRM.pth", "A checkpoint; no code in it is run:"),
        ("radapt inspect runs/first", "What a run trained:"),
        ("radapt inspect MRM.pth --json", "For a program:"),
    ];

    /// <inheritdoc/>
    public override bool StopsItself => false;

    private int Run(ParseResult parsed)
    {
        string path = parsed.GetRequiredValue(_file);
        CheckpointReport report = CheckpointInspection.Inspect(BackboneWeights.FileIn(path), parsed.GetValue(_dialect)!,
            parsed.GetValue(_copy)!);
        if (parsed.GetValue(_json))
        {
            Terminal.WriteJson(Json(report));
        }
        else
        {
            Show(new Terminal(onStandardError: false), report, path, File.Exists(Path.Combine(path, "adapter.safetensors")),
                parsed.GetValue(_all));
        }

        return ExitCode.Done;
    }

    private static void Show(Terminal terminal, CheckpointReport report, string path, bool isRun, bool all)
    {
        terminal.Rows(["tensor", "type", "shape", "elements"], report.Tensors.Take(all ? int.MaxValue : MostTensors)
            .Select(t => new[] { t.Name, t.Type.ToString(), Shape(t), Figures.Count(t.Elements) }), 3);
        Rest(terminal, report.Tensors.Count - MostTensors, "tensors", all);
        terminal.Line();
        foreach ((string key, string value) in report.Metadata.Where(m => m.Key != AdapterDescription.CardKey)
            .Take(all ? int.MaxValue : MostEntries))
        {
            terminal.Line($"{Shortened(key, all)}: {Shortened(Readable(value), all)}");
        }

        Rest(terminal, report.Metadata.Count - MostEntries, "entries of metadata", all);

        terminal.Line($"File: {report.Path} ({report.Format}, {Figures.Bytes(report.FileBytes)})");
        terminal.Line($"Tensors: {report.Tensors.Count}, {Figures.Count(report.Elements)} elements, {Figures.Bytes(report.TensorBytes)}");
        string use = report.IsLoadable ? ""
            : isRun ? $"; --weights {FineTuningSession.Quoted(path)} starts from its base weights with the adapter merged"
            : " (radapt cannot start from it)";
        terminal.Line($"Recognised as: {report.Description}{use}", strong: true);
        if (report.Problem is { } problem)
        {
            terminal.Line($"The file {problem}.");
        }

        if (report.CopyNote is { } copy)
        {
            terminal.Line($"Copies: {copy}");
        }

        if (report.Shape is { } shape)
        {
            terminal.Line(
                $"Backbone: {shape.Name ?? "custom"}: "
                    + $"{shape}{(report.TellsHeads ? "" : "; the number of heads is the usual one for the width")}");
        }

        if (report.Normalisation is var (mean, std))
        {
            terminal.Line($"Gray values: mean {mean}, standard deviation {std}");
        }

        if (report.PreparationSource is { } prepared)
        {
            terminal.Line($"Images: {prepared}");
        }

        terminal.Line($"Parts: encoder {report.Parts.Encoder}, head {report.Parts.Head}, LoRA {report.Parts.Lora} tensors");
        foreach (LeftOutTensors group in report.LeftOut)
        {
            terminal.Line($"Left out: {group.Group}, {group.Count} tensors: {group.Reason}");
        }

        foreach ((string name, string type) in report.OpaqueObjects)
        {
            terminal.Line($"Not read: {name}, an object of the Python class {type}");
        }

        ShowCard(terminal, report);
    }

    private static void ShowCard(Terminal terminal, CheckpointReport report)
    {
        (AdapterDescription? adapter, string? problem) = Adapter(report);
        if (problem is not null)
        {
            terminal.Line(problem, strong: true);
        }
        else if (adapter is not null)
        {
            terminal.Line();
            terminal.Line("Model card", strong: true);
            foreach (CardRow row in CardRows.Create(adapter))
            {
                terminal.Line($"  {row.Label}: {row.Text}");
            }
        }
    }

    // The adapter that the file is, or merged weights were; or what is wrong with its description, which a look at a file must survive.
    private static (AdapterDescription? Adapter, string? Problem) Adapter(CheckpointReport report)
    {
        try
        {
            return (report.Metadata.GetValueOrDefault("format") == AdapterDescription.Format
                ? AdapterDescription.FromMetadata(report.Metadata, report.Path)
                : AdapterDescription.FromForeignFile(report.Metadata, report.Path), null);
        }
        catch (RadaptException e)
        {
            return (null, e.Message);
        }
    }

    private static void Rest(Terminal terminal, int more, string what, bool all)
    {
        if (more > 0 && !all)
        {
            terminal.Line($"… and {Figures.Count(more)} more {what}; --all lists them.");
        }
    }

    // Metadata that is JSON has letters beyond ASCII as escapes, such as \u00DF.
    private static string Readable(string value)
    {
        if (!value.Contains("\\u", StringComparison.Ordinal))
        {
            return value;
        }

        try
        {
            return JsonNode.Parse(value)!.ToJsonString(s_readable);
        }
        catch (JsonException)
        {
            return value;
        }
    }

    private static string Shortened(string text, bool all) => all || text.Length <= LongestValue ? text : text[..LongestValue] + "…";

    private static string Shape(TensorInfo tensor) => $"({string.Join(", ", tensor.Shape)})";

    private static JsonObject Json(CheckpointReport report)
    {
        (AdapterDescription? adapter, string? problem) = Adapter(report);
        JsonObject json = Contents(report);
        json["adapter_problem"] = problem;
        json["card"] = adapter?.Card is { } card ? JsonNode.Parse(card.ToJson()) : null;
        return json;
    }

    private static JsonObject Contents(CheckpointReport report) => new()
    {
        ["file"] = report.Path,
        ["format"] = report.Format,
        ["file_bytes"] = report.FileBytes,
        ["description"] = report.Description,
        ["loadable"] = report.IsLoadable,
        ["problem"] = report.Problem,
        ["copy"] = report.CopyNote,
        ["backbone"] = report.Shape is not { } shape ? null : new JsonObject
        {
            ["name"] = shape.Name,
            ["image_size"] = shape.ImageSize,
            ["patch_size"] = shape.PatchSize,
            ["depth"] = shape.Depth,
            ["width"] = shape.Width,
            ["heads"] = shape.Heads,
            ["heads_known"] = report.TellsHeads,
            ["registers"] = shape.Registers,
            ["layer_scale"] = shape.LayerScale,
            ["positions"] = shape.Positions.Spelled(),
            ["ffn"] = shape.FeedForward.Spelled(),
            ["hidden_width"] = shape.HiddenWidth,
            ["norm_eps"] = shape.Epsilon,
        },
        ["mean"] = report.Normalisation?.Mean,
        ["std"] = report.Normalisation?.Std,
        ["totals"] = new JsonObject { ["tensors"] = report.Tensors.Count, ["elements"] = report.Elements, ["bytes"] = report.TensorBytes },
        ["parts"] = new JsonObject { ["encoder"] = report.Parts.Encoder, ["head"] = report.Parts.Head, ["lora"] = report.Parts.Lora },
        ["left_out"] = new JsonArray([.. report.LeftOut.Select(g => new JsonObject
        {
            ["group"] = g.Group,
            ["tensors"] = g.Count,
            ["reason"] = g.Reason,
        })]),
        ["not_read"] = new JsonArray([.. report.OpaqueObjects.Select(o => new JsonObject { ["name"] = o.Name, ["class"] = o.Class })]),
        ["metadata"] = new JsonObject(report.Metadata.Where(m => m.Key != AdapterDescription.CardKey)
            .Select(m => KeyValuePair.Create<string, JsonNode?>(m.Key, m.Value))),
        ["tensors"] = new JsonArray([.. report.Tensors.Select(t => new JsonObject
        {
            ["name"] = t.Name,
            ["type"] = t.Type.ToString(),
            ["shape"] = new JsonArray([.. t.Shape.Select(s => JsonValue.Create(s))]),
            ["elements"] = t.Elements,
        })]),
    };
}
