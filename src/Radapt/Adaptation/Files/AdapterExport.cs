using Radapt.Adaptation.Peft;
using Radapt.Checkpoints;
using Radapt.Models;

namespace Radapt.Adaptation.Files;

/// <summary>Radapt's adapters in other programs' formats.</summary>
public static class AdapterExport
{
    /// <summary>Names that <c>--names</c> takes.</summary>
    public static IReadOnlyList<string> Names { get; } = ["timm", "huggingface", "huggingface5"];

    /// <summary>The files that <see cref="ToPeft"/> writes into a folder.</summary>
    public static IEnumerable<string> Files(string folder) =>
        new[] { PeftConfig.FileName, PeftFolder.TensorsFile, PeftFolder.SideFile }.Select(f => Path.Combine(folder, f));

    /// <summary>
    /// Writes a PEFT adapter: <c>adapter_config.json</c>, <c>adapter_model.safetensors</c>, and <c>radapt.json</c> with what PEFT has no
    /// place for.
    /// </summary>
    /// <param name="runOrAdapter">Run folder or adapter file of method lora.</param>
    /// <param name="folder">Where to; made where it does not exist.</param>
    /// <param name="names">One of <see cref="Names"/>: how the Python model names its modules; null: as the base weights do.</param>
    /// <param name="weights">Where the base weights are now; null: where they were in training. Only their names are looked at.</param>
    /// <returns>Lines for people.</returns>
    /// <exception cref="RadaptException">Not a LoRA adapter, damaged, or the folder cannot be written.</exception>
    public static IReadOnlyList<string> ToPeft(string runOrAdapter, string folder, string? names = null, string? weights = null)
    {
        AdapterDescription description = AdapterFile.Describe(runOrAdapter);
        if (description.Backbone.Positions != PatchPositions.Learned)
        {
            throw new RadaptException(
                $"{runOrAdapter}: adapters of a backbone with rotary positions (DINOv3, EVA) are not "
                    + "written in PEFT's format yet. Use radapt "
                    + "adapter merge, or radapt adapter export --format onnx.");
        }

        string? path = weights ?? description.BaseWeights;
        HuggingFacePaths? ofBase = null;
        if (path is not null && Path.Exists(path) && !File.Exists(Path.Combine(path, "adapter.safetensors")))
        {
            using CheckpointFile file = CheckpointFile.Open(path);
            ofBase = HuggingFacePaths.From(file);
        }

        HuggingFacePaths? apart = (names ?? (ofBase is null ? "timm" : "huggingface")) switch
        {
            "timm" => null,
            "huggingface" => names is null ? ofBase : (ofBase ?? new HuggingFacePaths("vit.", Dinov2: false)) with { Version5 = false },
            "huggingface5" => (ofBase ?? new HuggingFacePaths("vit.", Dinov2: false)) with { Version5 = true },
            var other => throw new RadaptException($"--names {other}: choose one of {string.Join(", ", Names)}."),
        };
        foreach (string file in Files(folder))
        {
            OutputFile.RequireNoInput(file, "-o", AdapterFile.Inputs(runOrAdapter, weights));
        }

        PeftExport.Write(runOrAdapter, folder, apart);
        return
        [
            "Modules are named as in "
                + $"{(apart is null ? "timm (blocks.0.attn.qkv)" : $"Hugging Face ({apart.PathOf(new LoraPlace(0, "q"))})")}.",
            .. apart is not null && description.Pooling == Pooling.Mean
            ? ["The head reads the mean of the patches through fc_norm, which Hugging Face's ViT classes "
                + "do not have: add that head to your model."] : Array.Empty<string>(),
        ];
    }
}
