using Radapt.Adaptation.Files;
using static TorchSharp.torch;

namespace Radapt.Adaptation.Peft;

/// <summary>An adapter read from another program's file, in Radapt's names; the caller's dispose scope owns its tensors.</summary>
internal sealed record ForeignAdapter
{
    /// <summary>What it is, for people.</summary>
    public required string Description { get; init; }

    /// <summary>LoRA, fused projections not yet split.</summary>
    public required IReadOnlyList<LowRankUpdate> Lora { get; init; }

    /// <summary>What LoRA adds to a tensor that has no slot for an adapter in Radapt: the patch embedding.</summary>
    public IReadOnlyDictionary<string, Tensor> Added { get; init; } = new Dictionary<string, Tensor>();

    /// <summary>Tensors saved whole: <c>head.*</c>, <c>fc_norm.*</c>, or a tensor of the encoder that takes the base's place.</summary>
    public required IReadOnlyDictionary<string, Tensor> Saved { get; init; }

    /// <summary>Thirds of query, key and value that are saved whole, where the model has them apart.</summary>
    public IReadOnlyList<(string Name, int Third, Tensor Tensor)> SavedThirds { get; init; } = [];

    /// <summary>Dropout that it was trained with.</summary>
    public double Dropout { get; init; }

    /// <summary>What Radapt said about it when it exported it.</summary>
    public AdapterDescription? Facts { get; init; }
}
