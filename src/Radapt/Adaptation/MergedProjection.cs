using Radapt.Compute;
using Radapt.Models;
using static TorchSharp.torch;

namespace Radapt.Adaptation;

/// <summary>
/// Takes an adapter's place in the slot with base + delta computed once in float32 and rounded once. The base
/// weight itself is never touched, so unmerging is putting the adapter back, without the drift of adding and subtracting.
/// </summary>
internal sealed class MergedProjection : IProjectionAdapter, IDisposable
{
    private readonly Tensor _weight; // (out, in)
    private readonly Tensor? _bias;  // (out); null: the projection's own

    /// <param name="projection">The projection, its base weight still in float32 unless that has been rounded for training.</param>
    /// <param name="adapter">What to merge.</param>
    /// <param name="type">What base + delta is rounded to, once.</param>
    public MergedProjection(Projection projection, IProjectionAdapter adapter, ScalarType type)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        ProjectionDelta delta = adapter.Delta(projection) ?? throw new InvalidOperationException("This adapter cannot be merged.");
        _weight = projection.weight.to(ScalarType.Float32).Plus(delta.Weight).to(type).DetachFromDisposeScope();
        _bias = delta.Bias is null ? null : projection.bias.to(ScalarType.Float32).Plus(delta.Bias).to(type).DetachFromDisposeScope();
        Adapter = adapter;
    }

    /// <summary>The adapter that was merged.</summary>
    public IProjectionAdapter Adapter { get; }

    /// <summary>Base + delta, (out, in).</summary>
    public Tensor Weight => _weight;

    /// <inheritdoc/>
    public Tensor Forward(Projection projection, Tensor input, ForwardPass pass) =>
        projection.With(_weight, _bias ?? projection.bias, input);

    /// <summary>What the merged weights add to the base, which the projection still holds.</summary>
    public ProjectionDelta? Delta(Projection projection) => Adapter.Delta(projection);

    /// <inheritdoc/>
    public void Dispose()
    {
        _weight.Dispose();
        _bias?.Dispose();
    }
}
