using Radapt.Checkpoints;

namespace Radapt.Models.Dialects;

/// <summary>What a checkpoint holds, as <c>radapt inspect</c> shows it.</summary>
internal sealed record CheckpointReport
{
    /// <summary>The file; of a Hugging Face folder the file in it.</summary>
    public required string Path { get; init; }

    /// <summary>"PyTorch zip", "PyTorch legacy" or "safetensors".</summary>
    public required string Format { get; init; }

    /// <summary>Size of the file, bytes.</summary>
    public required long FileBytes { get; init; }

    /// <summary>Whose weights they are, for people.</summary>
    public required string Description { get; init; }

    /// <summary>
    /// Why Radapt cannot start from the encoder in it, as the rest of a sentence about the file; null where it can, or where there is none.
    /// </summary>
    public string? Problem { get; init; }

    /// <summary>Which of several copies of the encoder this is about; null where there is one.</summary>
    public string? CopyNote { get; init; }

    /// <summary>How images were prepared, as a file beside the weights says; null where none does.</summary>
    public string? PreparationSource { get; init; }

    /// <summary>Whether Radapt can start from these weights.</summary>
    public required bool IsLoadable { get; init; }

    /// <summary>
    /// Dimensions as far as the tensors tell, else null; heads are those usual for the width unless <see cref="TellsHeads"/>.
    /// </summary>
    public required BackboneShape? Shape { get; init; }

    /// <summary>Whether the file, or a <c>config.json</c> beside it, tells the number of heads.</summary>
    public required bool TellsHeads { get; init; }

    /// <summary>Mean and standard deviation of the gray values that go with the weights; null where there is no encoder.</summary>
    public required (double Mean, double Std)? Normalisation { get; init; }

    /// <summary>Every tensor, in the file's order.</summary>
    public required IReadOnlyList<TensorInfo> Tensors { get; init; }

    /// <summary>Elements of all tensors.</summary>
    public long Elements => Tensors.Sum(t => t.Elements);

    /// <summary>Bytes of all tensors.</summary>
    public long TensorBytes => Tensors.Sum(t => t.Bytes);

    /// <summary>Number of tensors that are the encoder's, the classification head's, a LoRA adapter's.</summary>
    public required (int Encoder, int Head, int Lora) Parts { get; init; }

    /// <summary>Groups of tensors that loading leaves out.</summary>
    public required IReadOnlyList<LeftOutTensors> LeftOut { get; init; }

    /// <summary>The file's own metadata; of PyTorch files the scalars at the top level.</summary>
    public required IReadOnlyDictionary<string, string> Metadata { get; init; }

    /// <summary>Name and Python class of objects beside the tensors, which are never run and not read.</summary>
    public required IReadOnlyList<(string Name, string Class)> OpaqueObjects { get; init; }
}
