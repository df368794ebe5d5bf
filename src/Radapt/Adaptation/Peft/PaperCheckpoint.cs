using Radapt.Checkpoints;
using Radapt.Compute;
using Radapt.Models;
using Radapt.Models.Dialects;
using static TorchSharp.torch;

namespace Radapt.Adaptation.Peft;

/// <summary>
/// Checkpoints of the paper's code: LoRA of q and v (A stacked; B stacked without rows for k), unmerged beside the base weights, with
/// <c>fc_norm</c> and <c>head</c>. alpha is stored nowhere; the code always uses 32.
/// </summary>
internal static class PaperCheckpoint
{
    public const double Alpha = 32;

    /// <summary>How far the code's own training may carry its base weights off: it adds and subtracts the delta every epoch.</summary>
    public const double Drift = 1e-4;

    /// <exception cref="RadaptException">Unreadable, or without a head.</exception>
    public static ForeignAdapter Read(CheckpointFile file, double alpha)
    {
        var names = new StateDict(file);
        IReadOnlyList<LowRankUpdate> lora = ReadLora(file, alpha);
        string[] saved = [.. names.Names.Where(n => n is "head.weight" or "head.bias" or "fc_norm.weight" or "fc_norm.bias")];
        if (!saved.Contains("head.weight"))
        {
            throw new RadaptException(
                $"{file.Path}: this file has no head.weight, so it is not a fine-tuned classifier. Give a checkpoint of "
                    + "MED-PEFT's fine-tuning or a PEFT folder.");
        }

        return new ForeignAdapter
        {
            Description = lora.Count > 0 ? "MED-PEFT LoRA checkpoint" : "fully fine-tuned checkpoint",
            Lora = lora,
            Saved = saved.ToDictionary(n => n, n => file.ReadFloat32(names.Prefix + n)),
            Dropout = 0.1,
        };
    }

    /// <summary>The updates of q and v, block by block.</summary>
    /// <exception cref="RadaptException">LoRA on something else, half of one, or of ranks that do not fit together.</exception>
    public static IReadOnlyList<LowRankUpdate> ReadLora(CheckpointFile file, double alpha)
    {
        var names = new StateDict(file);
        string[] halves =
            [.. names.Names.Where(n => n.EndsWith(".lora_A", StringComparison.Ordinal) || n.EndsWith(".lora_B", StringComparison.Ordinal))];
        return [.. halves.Select(n => n[..^".lora_A".Length]).Distinct().SelectMany(module => Thirds(file, names.Prefix, module, alpha))];
    }

    /// <summary>Copies the checkpoint's own base weights, LoRA left aside, into an encoder; false where it holds none.</summary>
    /// <exception cref="RadaptException">It holds an encoder that does not fit.</exception>
    public static bool LoadBase(CheckpointFile file, VisionTransformer encoder)
    {
        RecognisedWeights weights = WeightsDialect.Recognise(file);
        if (weights.EncoderTensors is null)
        {
            return false;
        }

        WeightsCheck.Ensure(file, weights, [.. encoder.named_parameters().Select(p => (p.name, p.parameter.shape))]);
        using var noGradient = no_grad();
        foreach ((string name, TorchSharp.Modules.Parameter parameter) in encoder.named_parameters())
        {
            using var scope = NewDisposeScope();
            Tensor stored = empty([.. weights.Encoder[name].ShapeIn(file)!]);
            file.ReadInto(weights.Encoder[name], stored);
            parameter.CopyInPlace(name == "pos_embed" ? PositionEmbedding.Resize(stored, encoder.Shape) : stored);
        }

        return true;
    }

    private static IEnumerable<LowRankUpdate> Thirds(CheckpointFile file, string prefix, string module, double alpha)
    {
        LoraPlace? place = PeftNames.PlaceOf(module);
        (string first, string second) = (prefix + module + ".lora_A", prefix + module + ".lora_B");
        if (place is not { Slot: LoraPlace.Fused } || !file.Contains(first) || !file.Contains(second))
        {
            throw new RadaptException(
                $"{file.Path}: "
                    + $"{(place is { Slot: LoraPlace.Fused } ? $"{module} has only one of lora_A and lora_B" : $"has LoRA on {module}; the paper's code adapts only attn.qkv")}.");
        }

        (Tensor a, Tensor b) = (file.ReadFloat32(first), file.ReadFloat32(second));
        long rank = b.dim() == 2 ? b.shape[1] : 0;
        if (a.dim() != 2 || rank == 0 || a.shape[0] != 2 * rank || b.shape[0] != 2 * a.shape[1])
        {
            throw new RadaptException(
                $"{file.Path}: {module} has lora_A ({string.Join(", ", a.shape)}) and lora_B ({string.Join(", ", b.shape)}), "
                    + "which are not the shapes of LoRA on q and v.");
        }

        foreach ((string slot, int part) in new[] { ("q", 0), ("v", 1) })
        {
            yield return new LowRankUpdate(place with
            {
                Slot = slot,
            }, a.narrow(0, part * rank, rank), b.narrow(0, part * a.shape[1], a.shape[1]), alpha / rank);
        }
    }
}
