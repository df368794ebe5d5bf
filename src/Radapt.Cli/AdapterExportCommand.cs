using System.CommandLine;
using System.Text.Json.Nodes;
using Radapt.Adaptation.Files;
using Radapt.Export;
using Radapt.Runs;

namespace Radapt.Cli;

/// <summary><c>radapt adapter export</c>: an adapter for another program.</summary>
internal sealed class AdapterExportCommand : RadaptCommand
{
    private static readonly string[] s_formats = ["peft", "onnx"];

    private readonly Argument<string> _run = new("run") { HelpName = "RUN", Description = "Run folder or adapter file." };
    private readonly Option<string> _format;
    private readonly Option<string> _out;
    private readonly Option<string> _names;
    private readonly Option<string> _weights;
    private readonly Option<int> _channels;
    private readonly Option<bool> _int8;
    private readonly Option<bool> _force;
    private readonly Option<bool> _overwrite;
    private readonly Option<bool> _json;

    public AdapterExportCommand()
        : base("export", "Write an adapter in the format of another program: a Hugging Face PEFT folder, or a merged ONNX model.")
    {
        Arguments.Add(_run);
        _format = Add("Output", new Option<string>("--format")
        {
            HelpName = "CHOICE",
            Description = $"What to write: {string.Join(", ", s_formats)}.",
            Required = true,
        });
        _format.AcceptOnlyFromAmong(s_formats);
        _out = Add("Output", new Option<string>("--out", "-o")
        {
            HelpName = "PATH",
            Description = "peft: the folder for adapter_config.json, adapter_model.safetensors and radapt.json; onnx: the .onnx file.",
            Required = true,
        });
        _names = Add("Output", new Option<string>("--names")
        {
            HelpName = "CHOICE",
            Description =
                "peft: how your Python model names its modules: timm, huggingface, or huggingface5 (version 5 of transformers). "
                    + "Default: as in the base weights.",
        });
        _names.AcceptOnlyFromAmong([.. AdapterExport.Names]);
        _channels = Add("Output", new Option<int>("--channels")
        {
            HelpName = "1|3",
            Description = "onnx: input channels; 3 takes three equal channels. Default: 1.",
            DefaultValueFactory = _ => 1,
        });
        _channels.Validators.Add(result =>
        {
            if (result.Tokens.SingleOrDefault()?.Value is not (null or "1" or "3"))
            {
                result.AddError("--channels must be 1 or 3.");
            }
        });
        _int8 = Add("Output", new Option<bool>("--int8")
        {
            Description = "onnx: 8-bit products in the blocks: a quarter of the size, faster on processors with VNNI, slightly other scores.",
        });
        _overwrite = AddOverwrite("the files");
        _json = AddJson();
        _weights = Add("Model", new Option<string>("--weights")
        {
            HelpName = "FILE",
            Description = "Path of the base weights. Default: their path during training.",
        });
        _force = Add("Model", new Option<bool>("--force")
        {
            Description = "onnx: accept base weights other than those used in training, if they fit.",
        });
        SetAction(Run);
    }

    public override IReadOnlyList<(string Line, string What)> Examples { get; } =
    [
        ("radapt adapter export runs/first --format peft -o peft-adapter", "For Python's peft:"),
        ("radapt adapter export runs/first --format onnx -o model.onnx", "For ONNX Runtime, base weights and adapter merged:"),
        ("radapt adapter export runs/first --format onnx --int8 -o model.onnx", "The same with 8-bit products, smaller and faster:"),
        ("radapt adapter export runs/first --format peft --names timm -o peft-adapter",
            "For a timm model, even if the base weights use other names:"),
    ];

    /// <inheritdoc/>
    public override bool StopsItself => false;

    private int Run(ParseResult parsed)
    {
        bool json = parsed.GetValue(_json);
        string to = parsed.GetRequiredValue(_out);
        string run = parsed.GetRequiredValue(_run);
        bool peft = parsed.GetRequiredValue(_format) == "peft";
        foreach (string file in peft ? AdapterExport.Files(to).Where(File.Exists) : [to])
        {
            OutputFile.RequireNew(file, parsed.GetValue(_overwrite));
        }

        if (peft && parsed.GetValue(_int8))
        {
            throw new RadaptException("--int8 is for --format onnx: PEFT's format has no 8-bit products.");
        }

        ProcessSettings.PrepareCompute();
        IReadOnlyList<string> told = peft
            ? AdapterExport.ToPeft(run, to, parsed.GetValue(_names), parsed.GetValue(_weights))
            : OnnxExport.Write(run, to, parsed.GetValue(_channels), parsed.GetValue(_weights), parsed.GetValue(_force),
                parsed.GetValue(_int8));
        string[] notes = [.. told, .. new[] { RunRecord.UnfinishedNote(run) }.OfType<string>()];
        var terminal = new Terminal(onStandardError: json);
        terminal.Line($"{to}: {(peft ? "PEFT adapter" : "ONNX model")}, head included", strong: true);
        foreach (string note in notes)
        {
            terminal.Line(note);
        }

        if (json)
        {
            Terminal.WriteJson(new JsonObject
            {
                ["out"] = Path.GetFullPath(to),
                ["format"] = parsed.GetRequiredValue(_format),
                ["notes"] = new JsonArray([.. notes.Select(n => JsonValue.Create(n))]),
            });
        }

        return ExitCode.Done;
    }
}
