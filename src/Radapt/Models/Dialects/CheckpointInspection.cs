using Radapt.Checkpoints;

namespace Radapt.Models.Dialects;

/// <summary>Looks into checkpoints without loading their tensors or the tensor library.</summary>
public static class CheckpointInspection
{
    /// <summary>Reads names, shapes and metadata of a .pth, .pt, .bin or .safetensors file, or of a Hugging Face folder.</summary>
    /// <exception cref="RadaptException">The file is missing, damaged or no checkpoint.</exception>
    public static CheckpointReport Inspect(string path)
    {
        using CheckpointFile file = CheckpointFile.Open(path);
        RecognisedWeights weights = WeightsDialect.Recognise(file);
        bool hasEncoder = weights.EncoderNames is { Count: > 0 };
        return new CheckpointReport
        {
            Path = file.Path,
            Format = file.Format,
            FileBytes = file.Length,
            Description = weights.Description,
            IsLoadable = hasEncoder,
            Shape = weights.Shape,
            Normalisation = hasEncoder || weights.Dialect == Dialect.Radapt ? (weights.Mean, weights.Std) : null,
            Tensors = file.Tensors,
            Parts = (weights.EncoderNames?.Count ?? 0, weights.Head.Count, weights.Lora.Count),
            LeftOut = weights.LeftOut,
            Metadata = file.Metadata,
            OpaqueObjects = file.Opaque,
        };
    }
}
