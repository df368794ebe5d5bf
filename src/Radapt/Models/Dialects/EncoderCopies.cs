using Radapt.Checkpoints;

namespace Radapt.Models.Dialects;

/// <summary>Which of a training checkpoint's encoders one is.</summary>
internal enum CopyRole
{
    /// <summary>A moving average of the trained weights, made to be used afterwards: a teacher, or EMA.</summary>
    Averaged,

    /// <summary>Nothing in its name tells.</summary>
    Plain,

    /// <summary>The weights that the optimiser changed: a student.</summary>
    Trained,
}

/// <summary>One of the encoders of a checkpoint.</summary>
/// <param name="Prefix">What its tensors' names begin with, with the last dot: <c>model.teacher.backbone.</c>.</param>
/// <param name="Role">Which one it is.</param>
internal sealed record EncoderCopy(string Prefix, CopyRole Role)
{
    /// <summary>The prefix for people.</summary>
    public string Name => Prefix.Length == 0 ? "the top level" : Prefix.TrimEnd('.');
}

/// <summary>
/// The encoders of a checkpoint. Self-supervised training and timm's EMA keep two of them; the averaged one is what its authors evaluate,
/// so it is taken unless another is asked for. The order of tensors in the file decides nothing.
/// </summary>
internal static class EncoderCopies
{
    public const string Auto = "auto";

    /// <summary>What <c>--copy</c> takes.</summary>
    public static IReadOnlyList<string> Options { get; } = [Auto, "student", "teacher", "ema"];

    private static readonly string[] s_averaged = ["teacher", "ema", "momentum", "target", "shadow", "averaged"];
    private static readonly string[] s_trained = ["student", "online", "query"];

    // Which of several plain ones is the model.
    private static readonly string[] s_usual = ["", "model", "state_dict"];

    /// <summary>Every copy; the one that is taken first.</summary>
    public static IReadOnlyList<EncoderCopy> Find(CheckpointFile file)
    {
        string[] prefixes = [.. file.Tensors.Where(t => t.Shape.Count == 4).Select(t => PrefixOf(t.Name, StateDict.Anchors))
            .OfType<string>().Distinct()];
        if (prefixes.Length == 0) // an adapter without its base
        {
            prefixes = [.. file.Tensors.Select(t => PrefixOf(t.Name, ["blocks.0.attn.qkv.lora_A"])).OfType<string>().Take(1)];
        }

        return [.. prefixes.Select(p => new EncoderCopy(p, RoleOf(p))).OrderBy(c => c.Role)
            .ThenBy(c => Array.IndexOf(s_usual, c.Prefix.Split('.')[0]) is >= 0 and var rank ? rank : s_usual.Length)
            .ThenBy(c => c.Prefix.Length).ThenBy(c => c.Prefix, StringComparer.Ordinal)];
    }

    /// <summary>The copy that is asked for.</summary>
    /// <param name="copies">From <see cref="Find"/>.</param>
    /// <param name="option">One of <see cref="Options"/>, or a copy's prefix.</param>
    /// <param name="file">For the message.</param>
    /// <exception cref="RadaptException">The file has no such copy.</exception>
    public static EncoderCopy? Choose(IReadOnlyList<EncoderCopy> copies, string option, string file)
    {
        EncoderCopy? exact = copies.FirstOrDefault(c => c.Prefix == option && c.Prefix.Length > 0);
        if (option == Auto || exact is not null)
        {
            return exact ?? (copies.Count > 0 ? copies[0] : null);
        }

        if (!Options.Contains(option))
        {
            throw new RadaptException($"--copy {option}: this copy is unknown; choose one of {string.Join(", ", Options)}.");
        }

        EncoderCopy? chosen = option == "student"
            ? copies.FirstOrDefault(c => c.Role == CopyRole.Trained) ?? copies.FirstOrDefault(c => c.Role == CopyRole.Plain)
            : copies.FirstOrDefault(c => c.Role == CopyRole.Averaged && IsNamed(c.Prefix, [option]))
            ?? copies.FirstOrDefault(c => c.Role == CopyRole.Averaged);
        return chosen ?? throw new RadaptException(
            $"--copy {option}: {file} contains no such copy of the encoder, only "
                + $"{(copies.Count > 0 ? string.Join(", ", copies.Select(c => c.Name)) : "tensors without copies")}. Leave --copy out.");
    }

    /// <summary>The line that says which of several copies is read; null where there is only one.</summary>
    public static string? Note(IReadOnlyList<EncoderCopy> copies, EncoderCopy? chosen)
    {
        EncoderCopy? other = copies.FirstOrDefault(c => c != chosen);
        return chosen is null || other is null ? null
            : $"the file contains {copies.Count} copies of the encoder; {chosen.Name} is "
                + $"read{(Option(chosen) == Option(other) ? "" : $", --copy {Option(other)} reads {other.Name}")}";
    }

    private static string Option(EncoderCopy copy) =>
        copy.Role != CopyRole.Averaged ? "student" : IsNamed(copy.Prefix, ["ema"]) ? "ema" : "teacher";

    private static CopyRole RoleOf(string prefix) => IsNamed(prefix, s_averaged) ? CopyRole.Averaged
        : IsNamed(prefix, s_trained) ? CopyRole.Trained : CopyRole.Plain;

    // Whole words only: "state_dict_ema" and "momentum_encoder", not "schema".
    private static bool IsNamed(string prefix, string[] words) =>
        prefix.Split('.', '_').Any(part => words.Contains(part, StringComparer.OrdinalIgnoreCase));

    private static string? PrefixOf(string name, IReadOnlyList<string> anchors)
    {
        foreach (string anchor in anchors)
        {
            if (name == anchor || name.EndsWith("." + anchor, StringComparison.Ordinal))
            {
                return name[..^anchor.Length];
            }
        }

        return null;
    }
}
