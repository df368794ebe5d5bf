using System.CommandLine;
using System.Text.Json.Nodes;
using Radapt.Adaptation;
using Radapt.Adaptation.Files;
using Radapt.Adaptation.Lora;
using Radapt.Models.Dialects;

namespace Radapt.Cli;

/// <summary><c>radapt adapter import</c>: another program's adapter as Radapt's.</summary>
internal sealed class AdapterImportCommand : RadaptCommand
{
    private readonly Argument<string> _source = new("source")
    {
        HelpName = "PEFT_DIR|FILE.pth",
        Description = "Folder that PEFT's save_pretrained wrote, or a fine-tuned checkpoint of the paper's code (MED-PEFT).",
    };

    private readonly Option<string> _weights;
    private readonly Option<string> _copy;
    private readonly Option<bool> _force;
    private readonly Option<int?> _heads;
    private readonly Option<string> _pooling;
    private readonly Option<double?> _alpha;
    private readonly Option<string> _findings;
    private readonly Option<int?> _resize;
    private readonly Option<string> _out;
    private readonly Option<bool> _overwrite;
    private readonly Option<bool> _json;

    public AdapterImportCommand()
        : base("import", "Convert a Hugging Face PEFT adapter, or a checkpoint of the paper's code, to a Radapt adapter with its head.")
    {
        Arguments.Add(_source);
        _weights = Add("Model", new Option<string>("--weights")
        {
            HelpName = "BASE",
            Description =
                "The base weights that the adapter was trained on. A checkpoint of the paper's code contains them; without "
                    + "this option they are saved next to the adapter.",
        });
        _copy = Add("Model", new Option<string>("--copy")
        {
            HelpName = "CHOICE",
            DefaultValueFactory = _ => CheckpointInspection.Copies[0],
            Description =
                $"Which encoder to read from base weights with several: {string.Join(", ", CheckpointInspection.Copies)}. Default: "
                    + "as the adapter says, else the average if there is one.",
        });
        _copy.AcceptOnlyFromAmong([.. CheckpointInspection.Copies]);
        _force = Add("Model", new Option<bool>("--force")
        {
            Description = "Accept base weights other than those used in training, if they fit.",
        });
        _alpha = Add("Model", new Option<double?>("--alpha")
        {
            HelpName = "X",
            Description = "LoRA's alpha; the paper's checkpoints do not store it. Default: 32, the paper's.",
        });
        _heads = Add("Model", new Option<int?>("--heads")
        {
            HelpName = "N",
            Description = "Number of attention heads. Default: as the adapter says, else the usual number for the width.",
        });
        _pooling = Add("Model", new Option<string>("--pooling")
        {
            HelpName = "CHOICE",
            Description =
                "What the head reads: mean, class-token, or class-and-mean. Default: inferred "
                    + "from the head's width; mean if there is an fc_norm.",
        });
        _pooling.AcceptOnlyFromAmong("mean", "normed-mean", "class-token", "class-and-mean");
        _findings = Add("Images", new Option<string>("--findings")
        {
            HelpName = "NAME,NAME",
            Description = "Names of the findings, in the order of the head's outputs. Default: as the adapter says, else numbers.",
        });
        _resize = Add("Images", new Option<int?>("--resize")
        {
            HelpName = "PX",
            Description = "Shorter side of an image in pixels before the centre crop. Default: as the adapter says, else the input size.",
        });
        _out = Add("Output", new Option<string>("--out", "-o")
        {
            HelpName = "OUT",
            Description = "Folder for adapter.safetensors, or the adapter file itself.",
            Required = true,
        });
        _overwrite = AddOverwrite("the files");
        _json = AddJson();
        foreach (Option<int?> number in new[] { _heads, _resize })
        {
            number.Validators.Add(result =>
            {
                if (!int.TryParse(result.Tokens.SingleOrDefault()?.Value ?? "1", out int value) || value is < 1 or > 65536)
                {
                    result.AddError($"{number.Name} must be a whole number from 1 to 65536.");
                }
            });
        }

        SetAction(Run);
    }

    public override IReadOnlyList<(string Line, string What)> Examples { get; } =
    [
        ("radapt adapter import peft-adapter --weights MRM.pth -o imported", "What Python's peft saved:"),
        ("radapt adapter import checkpoint-best_auroc.pth --findings Atelectasis,Edema -o imported",
            "A checkpoint of the paper's code, which contains its base weights:"),
        ("radapt adapter import checkpoint-best_auroc.pth --weights MRM.pth --alpha 16 -o imported",
            "The same with the original base weights, trained with another alpha:"),
    ];

    /// <inheritdoc/>
    public override bool StopsItself => false;

    private int Run(ParseResult parsed)
    {
        bool json = parsed.GetValue(_json);
        ProcessSettings.PrepareCompute();
        ImportReport report = AdapterImport.Run(new ImportRequest(parsed.GetRequiredValue(_source), parsed.GetRequiredValue(_out))
        {
            Weights = parsed.GetValue(_weights),
            Copy = parsed.GetValue(_copy)!,
            Findings = parsed.GetValue(_findings)?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
            Alpha = parsed.GetValue(_alpha),
            Heads = parsed.GetValue(_heads),
            Pooling = parsed.GetValue(_pooling) switch
            {
                "mean" => Pooling.Mean,
                "normed-mean" => Pooling.NormedMean,
                "class-token" => Pooling.ClassToken,
                "class-and-mean" => Pooling.ClassAndMean,
                _ => null,
            },
            Resize = parsed.GetValue(_resize),
            Force = parsed.GetValue(_force),
            Overwrite = parsed.GetValue(_overwrite),
        });
        var terminal = new Terminal(onStandardError: json);
        foreach (string note in report.Notes)
        {
            terminal.Line($"Note: {note}");
        }

        AdapterDescription adapter = report.Adapter;
        string rank = adapter.Method is LoraOptions lora
            ? $", rank {lora.Rank} on {string.Join(", ", lora.Targets)}" : "";
        terminal.Line($"{report.File}: method {adapter.Method}{rank}, {adapter.Findings.Count} findings", strong: true);
        if (json)
        {
            Terminal.WriteJson(new JsonObject
            {
                ["file"] = Path.GetFullPath(report.File),
                ["method"] = adapter.Method.Name,
                ["findings"] = new JsonArray([.. adapter.Findings.Select(f => JsonValue.Create(f))]),
                ["notes"] = new JsonArray([.. report.Notes.Select(n => JsonValue.Create(n))]),
            });
        }

        return ExitCode.Done;
    }
}
