using Radapt.Compute;
using Radapt.Models;
using static TorchSharp.torch;

namespace Radapt.Adaptation.Lora;

/// <summary>
/// The LoRA adapters that several sets have for one projection, stacked: every image of a batch goes through its own, while all share
/// the product with the base weight. Sets without an adapter here, and lower ranks, are filled up with zeros.
/// </summary>
internal sealed class MixedLora : IProjectionAdapter, IDisposable
{
    private readonly Func<Tensor> _chosen;
    private readonly Tensor _down; // (K, in, R)
    private readonly Tensor _up;   // (K, R, out), scaled

    /// <param name="projection">The projection.</param>
    /// <param name="adapters">One per set, K in all; null: the set leaves this projection as it is.</param>
    /// <param name="chosen">The set of every image of the batch that runs: (B), int64.</param>
    /// <param name="plan">Precision and device.</param>
    public MixedLora(Projection projection, IReadOnlyList<LoraAdapter?> adapters, Func<Tensor> chosen, ComputePlan plan)
    {
        _chosen = chosen;
        long rank = adapters.Max(a => a?.A.shape[0] ?? 0); // R: r x adapted thirds
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        (long outputs, long inputs) = (projection.weight.shape[0], projection.weight.shape[1]);
        Tensor down = zeros(adapters.Count, inputs, rank, ScalarType.Float32, plan.TorchDevice);
        Tensor up = zeros(adapters.Count, rank, outputs, ScalarType.Float32, plan.TorchDevice);
        for (int set = 0; set < adapters.Count; set++)
        {
            if (adapters[set] is { } adapter)
            {
                long own = adapter.A.shape[0];
                down[set].narrow(1, 0, own).CopyInPlace(adapter.A.t());
                up[set].narrow(0, 0, own).CopyInPlace(adapter.ScaledB().t());
            }
        }

        (_down, _up) = (down.to(plan.Type).DetachFromDisposeScope(), up.to(plan.Type).DetachFromDisposeScope());
    }

    /// <inheritdoc/>
    public Tensor Forward(Projection projection, Tensor input, ForwardPass pass)
    {
        Tensor chosen = _chosen();
        Tensor low = input.bmm(_down.index_select(0, chosen));                      // (B, N, R)
        return projection.Plain(input).Plus(low.bmm(_up.index_select(0, chosen))); // (B, N, out)
    }

    /// <inheritdoc/>
    public ProjectionDelta? Delta(Projection projection) => null;

    /// <inheritdoc/>
    public void Dispose()
    {
        _down.Dispose();
        _up.Dispose();
    }
}
