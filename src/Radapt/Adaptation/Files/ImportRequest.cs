namespace Radapt.Adaptation.Files;

/// <summary>What to import, onto which base weights, and what the files themselves may not tell.</summary>
/// <param name="Source">A PEFT adapter's folder, or a fine-tuned checkpoint of the paper's code.</param>
/// <param name="Output">The adapter file to write, or a folder for <c>adapter.safetensors</c>.</param>
public sealed record ImportRequest(string Source, string Output)
{
    /// <summary>The base weights; null only where the source holds them, or says that they were random.</summary>
    public string? Weights { get; init; }

    /// <summary>
    /// Which of several copies of the encoder in the base weights; <c>auto</c>: the one that the source says, else the averaged one.
    /// </summary>
    public string Copy { get; init; } = "auto";

    /// <summary>Findings, in the order of the head's outputs; null: as the source says, else numbered.</summary>
    public IReadOnlyList<string>? Findings { get; init; }

    /// <summary>alpha of the paper's checkpoints, which do not store it; null: 32, the paper's.</summary>
    public double? Alpha { get; init; }

    /// <summary>Attention heads; null: as the source says, else those usual for the width.</summary>
    public int? Heads { get; init; }

    /// <summary>What the head reads; null: told from the tensors.</summary>
    public Pooling? Pooling { get; init; }

    /// <summary>Shorter side of an image before the centre crop, pixels; null: as the source says, else the input's side.</summary>
    public int? Resize { get; init; }

    /// <summary>Take base weights that are not those of training too, where they fit.</summary>
    public bool Force { get; init; }

    /// <summary>The adapter file that is written.</summary>
    public string OutputFile => Output.EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase) ? Output
        : Path.Combine(Output, "adapter.safetensors");

    /// <summary>Where the base weights are kept that only the source holds.</summary>
    internal string BaseFile => Path.Combine(Path.GetDirectoryName(Path.GetFullPath(OutputFile))!, "base.safetensors");

    /// <summary>Replace files that are there; inputs never are.</summary>
    public bool Overwrite { get; init; } = true;
}
