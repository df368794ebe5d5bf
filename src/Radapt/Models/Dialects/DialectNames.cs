using Radapt.Checkpoints;

namespace Radapt.Models.Dialects;

/// <summary>
/// How one dialect names a vision transformer; each has its file. What is here is the native dialect, the names that timm, MAE,
/// MRM and Radapt's own model share.
/// </summary>
internal abstract class DialectNames
{
    /// <summary>Why decoders, mask tokens and their like are left out.</summary>
    public const string ForPretraining = "only pre-training needs it";

    /// <summary>Mean and standard deviation of the gray values in [0, 1] in MED-PEFT, for all weights but MRM's.</summary>
    public static (double Mean, double Std) PaperStatistics => (.4785, .2834);

    public abstract Dialect Dialect { get; }

    /// <summary>What <c>--dialect</c> calls it; null where forcing it makes no sense.</summary>
    public virtual string? Option => null;

    /// <summary>Whether a file is of this dialect. The first that matches is taken, see <see cref="WeightsDialect"/>.</summary>
    public abstract bool Matches(StateDict names);

    /// <summary>
    /// Whether a file can be read so when it is forced, though its names do not tell that dialect: encoders alone are named alike.
    /// </summary>
    public virtual bool CanRead(StateDict names) => Matches(names);

    /// <summary>What the file is, for people.</summary>
    public abstract string Describe(StateDict names);

    /// <summary>Mean and standard deviation of the gray values in training: those of MED-PEFT for every origin but MRM.</summary>
    public virtual (double Mean, double Std) Normalisation(StateDict names) => PaperStatistics;

    /// <summary>How patches have places in models of this dialect.</summary>
    public virtual PatchPositions Positions => PatchPositions.Learned;

    /// <summary>The tensor that the file stores of its rotary positions, to compare with those that are computed; null: none.</summary>
    public virtual string? StoredRotation(StateDict names) => null;

    /// <summary>Whether the model's code takes the bias of keys as zero, whatever is stored.</summary>
    public virtual bool MasksKeyBias(StateDict names) => false;

    /// <summary>The dimensions, as far as the file tells.</summary>
    public virtual BackboneShape? Shape(StateDict names) => Encoder(names) is { } encoder
        ? EncoderShape.Read(names.File, encoder, Positions).Shape : null;

    /// <summary>Why its encoder cannot be read, as the rest of a sentence about the file; null where it can.</summary>
    public virtual string? Problem(StateDict names) => Encoder(names) is { } encoder
        ? EncoderShape.Read(names.File, encoder, Positions).Problem : null;

    /// <summary>How images were prepared, where a file beside the weights says it.</summary>
    public virtual ToldPreparation? Preparation(StateDict names) => null;

    /// <summary>How the model's own code resizes positions; null: the rule of models of that shape.</summary>
    /// <param name="names">The file.</param>
    /// <param name="isForced">Whether the dialect was asked for rather than recognised.</param>
    public virtual PositionResizing? Resizing(StateDict names, bool isForced) => null;

    /// <summary>Whether the file says how many heads the attention has.</summary>
    public virtual bool TellsHeads(StateDict names) => false;

    /// <summary>Model tensor name -> what the file keeps it as; null where there is no encoder.</summary>
    public virtual IReadOnlyDictionary<string, TensorParts>? Encoder(StateDict names) => TensorParts.Wholes(names.Select(IsEncoder));

    /// <summary>Name by name, <c>fc_norm.*</c> and <c>head.*</c>.</summary>
    public virtual IReadOnlyDictionary<string, string> Head(StateDict names) => names.Select(IsHead);

    /// <summary>The same for <c>*.lora_A</c> and <c>*.lora_B</c>.</summary>
    public virtual IReadOnlyDictionary<string, string> Lora(StateDict names) => names.Select(IsLora);

    /// <summary>The group of a tensor that is none of those, and why it is left out.</summary>
    /// <param name="name">Its name in the file.</param>
    public virtual (string Group, string Reason) LeftOut(string name)
    {
        string[] path = name.Split('.');
        if (path[0].StartsWith("optimizer", StringComparison.Ordinal))
        {
            return ("optimizer state", "only continuing that training needs it");
        }

        if (path.Any(p => p is "dino_head" or "ibot_head"))
        {
            return ("projection head", "only self-supervised training needs it");
        }

        if (path.Contains("pooler"))
        {
            return ("pooler", "only its own head reads it");
        }

        if (path.Any(p => p.StartsWith("decoder", StringComparison.Ordinal)))
        {
            return ("decoder", ForPretraining);
        }

        return path[^1] == "mask_token" ? ("mask token", ForPretraining) : ("other tensors", "not part of the encoder");
    }

    /// <summary>A native encoder without what DINOv2 adds, and without adapters.</summary>
    protected static bool IsPlainNative(StateDict names) =>
        names.Has(StateDict.Native) && names.HasAny("blocks.") && !names.HasAnyEnding(".ls1.gamma") && !names.HasAnyEnding(".lora_A")
        && !names.Has("reg_token") && !names.Has("register_tokens");

    protected static bool IsEncoder(string name) =>
        !IsLora(name)
        && (name is "cls_token" or "register_tokens" or "pos_embed" || name.StartsWith("patch_embed.proj.", StringComparison.Ordinal)
            || name.StartsWith("blocks.", StringComparison.Ordinal) || name.StartsWith("norm.", StringComparison.Ordinal));

    protected static bool IsHead(string name) =>
        name.StartsWith("fc_norm.", StringComparison.Ordinal) || name is "head.weight" or "head.bias";

    protected static bool IsLora(string name) =>
        name.EndsWith(".lora_A", StringComparison.Ordinal) || name.EndsWith(".lora_B", StringComparison.Ordinal);
}
