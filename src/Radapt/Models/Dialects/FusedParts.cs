using Radapt.Checkpoints;

namespace Radapt.Models.Dialects;

/// <summary>Puts together what a dialect keeps apart and Radapt's transformer has in one tensor.</summary>
internal static class FusedParts
{
    /// <summary>The two halves of a gated feed-forward become <c>mlp.w12</c>, the gates first.</summary>
    /// <param name="encoder">By the names inside the model; changed.</param>
    /// <param name="gate">The half that goes through SiLU: <c>mlp.w1</c>.</param>
    /// <param name="value">The half that it gates: <c>mlp.w2</c>.</param>
    public static void JoinGate(Dictionary<string, TensorParts> encoder, string gate, string value)
    {
        foreach (string name in encoder.Keys.Where(n => n.Contains($".{gate}.", StringComparison.Ordinal)).ToArray())
        {
            string other = name.Replace($".{gate}.", $".{value}.", StringComparison.Ordinal);
            if (encoder.TryGetValue(other, out TensorParts? second))
            {
                encoder[name.Replace($".{gate}.", ".mlp.w12.", StringComparison.Ordinal)] =
                    TensorParts.Rows([.. encoder[name].Names, .. second.Names]);
                encoder.Remove(name);
                encoder.Remove(other);
            }
        }
    }

    /// <summary>Adds a zero bias of the fused projection to blocks that have none.</summary>
    /// <param name="encoder">By the names inside the model; changed.</param>
    /// <param name="file">Where the weights are, which tell the size.</param>
    public static void AddAbsentBias(Dictionary<string, TensorParts> encoder, CheckpointFile file)
    {
        foreach (string weight in encoder.Keys.Where(n => n.EndsWith(".attn.qkv.weight", StringComparison.Ordinal)).ToArray())
        {
            string bias = $"{weight[..^"weight".Length]}bias";
            if (!encoder.ContainsKey(bias) && encoder[weight].ShapeIn(file) is [var rows, _])
            {
                encoder[bias] = TensorParts.Vector(rows, [null]);
            }
        }
    }
}
