using Radapt.Checkpoints;

namespace Radapt.Models.Dialects;

/// <summary>Looks into checkpoints without loading their tensors or the tensor library.</summary>
internal static class CheckpointInspection
{
    /// <summary>The dialects of tensor names that can be asked for.</summary>
    public static IReadOnlyList<string> Dialects => [WeightsDialect.Auto, .. WeightsDialect.Options];

    /// <summary>The copies of an encoder that can be asked for.</summary>
    public static IReadOnlyList<string> Copies => EncoderCopies.Options;

    /// <summary>Reads names, shapes and metadata of a .pth, .pt, .bin or .safetensors file, or of a Hugging Face folder.</summary>
    /// <param name="path">The file or folder.</param>
    /// <param name="dialect">Whose names to read it by, one of <see cref="Dialects"/>; <c>auto</c>: recognised.</param>
    /// <param name="copy">Which of several copies of the encoder, one of <see cref="Copies"/>; <c>auto</c>: the averaged one.</param>
    /// <exception cref="RadaptException">The file is missing, damaged or not a checkpoint, or not of the dialect or copy that is asked
    /// for.</exception>
    public static CheckpointReport Inspect(string path, string dialect = WeightsDialect.Auto, string copy = EncoderCopies.Auto)
    {
        using CheckpointFile file = CheckpointFile.Open(path);
        RecognisedWeights weights = WeightsDialect.Recognise(file, dialect, copy);
        bool hasEncoder = weights.EncoderTensors is { Count: > 0 };
        return new CheckpointReport
        {
            Path = file.Path,
            Format = file.Format,
            FileBytes = file.Length,
            Description = weights.Description,
            Problem = weights.Problem,
            CopyNote = EncoderCopies.Note(weights.Copies, weights.Copy),
            PreparationSource = weights.Preparation?.ToString(),
            IsLoadable = hasEncoder,
            Shape = weights.Shape,
            TellsHeads = weights.TellsHeads,
            Normalisation = hasEncoder || weights.Dialect == Dialect.Radapt ? (weights.Mean, weights.Std) : null,
            Tensors = file.Tensors,
            Parts = (weights.EncoderTensors?.Values.Sum(p => p.Names.Count) ?? 0, weights.Head.Count, weights.Lora.Count),
            LeftOut = weights.LeftOut,
            Metadata = file.Metadata,
            OpaqueObjects = file.Opaque,
        };
    }
}
