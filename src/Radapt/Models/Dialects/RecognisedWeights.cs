using Radapt.Checkpoints;

namespace Radapt.Models.Dialects;

/// <summary>What a checkpoint was recognised as, and which of its tensors is which of the model's.</summary>
internal sealed record RecognisedWeights
{
    /// <summary>Whose names it uses.</summary>
    public required Dialect Dialect { get; init; }

    /// <summary>The same for people: "MRM pre-training checkpoint (MAE encoder names)".</summary>
    public required string Description { get; init; }

    /// <summary>
    /// Dimensions as the tensors tell them, null where they do not; heads are those usual for the width unless <see cref="TellsHeads"/>.
    /// </summary>
    public required BackboneShape? Shape { get; init; }

    /// <summary>
    /// Model tensor name (<c>cls_token</c>, <c>pos_embed</c>, <c>patch_embed.proj.*</c>, <c>blocks.i.*</c>, <c>norm.*</c>) -> what the file
    /// keeps it as.
    /// </summary>
    /// <exception cref="RadaptException">The file holds no encoder.</exception>
    public IReadOnlyDictionary<string, TensorParts> Encoder => EncoderTensors
        ?? throw new RadaptException(Problem is not null ? $"{Path} ({Description}) {Problem}."
            : $"{Path} contains {Description}; give a MAE, MRM, DINOv2, DINOv3, EVA-02, timm or Hugging Face checkpoint (`radapt inspect` lists its tensors).");

    /// <summary>Whether the heads of <see cref="Shape"/> are told by the file, or by a <c>config.json</c> beside it.</summary>
    public required bool TellsHeads { get; init; }

    /// <summary><c>fc_norm.*</c> and <c>head.*</c> where present -> name in the file.</summary>
    public required IReadOnlyDictionary<string, string> Head { get; init; }

    /// <summary><c>blocks.i.attn.qkv.lora_A</c> and <c>lora_B</c> where present -> name in the file.</summary>
    public required IReadOnlyDictionary<string, string> Lora { get; init; }

    /// <summary>What of the file is none of these.</summary>
    public required IReadOnlyList<LeftOutTensors> LeftOut { get; init; }

    /// <summary>Why <see cref="Encoder"/> cannot be read, though there is one; the rest of a sentence about the file.</summary>
    public string? Problem { get; init; }

    /// <summary>How images were prepared, where a file beside the weights says it.</summary>
    public ToldPreparation? Preparation { get; init; }

    /// <summary>How its own code resizes positions; null: the rule of models of its shape.</summary>
    public PositionResizing? Resizing { get; init; }

    /// <summary>The tensor that the file stores of its rotary positions; null: none.</summary>
    public string? StoredRotation { get; init; }

    /// <summary>Whether the bias of keys is zero, whatever is stored.</summary>
    public bool MasksKeyBias { get; init; }

    /// <summary>The encoders of the file, the one that is usually read first.</summary>
    public IReadOnlyList<EncoderCopy> Copies { get; init; } = [];

    /// <summary>The one that this is; null where there is none.</summary>
    public EncoderCopy? Copy { get; init; }

    /// <summary>Mean of the gray values in [0, 1] that go with these weights.</summary>
    public required double Mean { get; init; }

    /// <summary>Their standard deviation.</summary>
    public required double Std { get; init; }

    /// <summary>The file, for messages.</summary>
    public required string Path { get; init; }

    /// <summary><see cref="Encoder"/>, or null where asking for it is an error.</summary>
    public required IReadOnlyDictionary<string, TensorParts>? EncoderTensors { get; init; }
}
