using Radapt.Compute;
using static TorchSharp.torch;

namespace Radapt.Adaptation.Lora;

/// <summary>
/// The mean of low-rank updates. The mean of the factors is not it, since runs of different seeds begin with different A: mean(B) mean(A)
/// has products of one run's B with another's A. The mean of k updates is exactly the update whose A and B are theirs side by side, at
/// a k-th of the scale: LoRA of k times the rank (<see cref="LoraMethod.MeanOptions"/>). Where runs have other shares than a k-th, their B
/// is scaled. Merged, it costs nothing more. For magnitudes of DoRA and everything else it is the mean of the tensors.
/// </summary>
internal sealed class LoraMean : TensorMean
{
    private const string Right = ".lora_A";
    private const string Left = ".lora_B";

    private readonly OrderedDictionary<string, List<Tensor>> _factors = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public override IEnumerable<(string Name, Tensor Tensor)> Tensors() =>
        base.Tensors().Concat(_factors.Select(f => (f.Key, f.Key.EndsWith(Left, StringComparison.Ordinal)
            ? cat([.. f.Value.Zip(Shares, ByShare)], 1) : SideBySide(f.Value, _factors[f.Key[..^Right.Length] + Left][0]))));

    /// <inheritdoc/>
    protected override void Add(string name, Tensor tensor)
    {
        if (!name.EndsWith(Right, StringComparison.Ordinal) && !name.EndsWith(Left, StringComparison.Ordinal))
        {
            base.Add(name, tensor);
            return;
        }

        if (!_factors.TryGetValue(name, out List<Tensor>? factors))
        {
            _factors[name] = factors = [];
        }

        factors.Add(tensor.clone().DetachFromDisposeScope());
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        foreach (Tensor factor in _factors.Values.SelectMany(f => f))
        {
            factor.Dispose();
        }

        base.Dispose(disposing);
    }

    private Tensor ByShare(Tensor left, double share)
    {
        double factor = share * Shares.Count;
        return factor == 1 ? left : left.Times(factor);
    }

    // A of every third apart: k times (r x thirds, in) -> (k r x thirds, in).
    private static Tensor SideBySide(List<Tensor> right, Tensor left)
    {
        long rank = left.shape[1];
        long inputs = right[0].shape[1];
        return cat([.. right.Select(a => a.reshape(-1, rank, inputs))], 1).reshape(-1, inputs);
    }
}
