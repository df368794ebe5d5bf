using Radapt.Compute;
using Radapt.Models;
using static TorchSharp.torch;

namespace Radapt.Adaptation.Lora;

/// <summary>
/// DoRA (Liu et al. 2024) of one projection: rows of W + scale B A, divided by their norms and multiplied by trained magnitudes m that
/// begin as the norms of W. The norm counts as a constant in the backward pass (section 4.3). Rows that are not adapted stay as they are.
/// </summary>
internal sealed class DoraAdapter : IProjectionAdapter, IAdapterTensors
{
    private readonly LoraAdapter _lora;
    private readonly OutputGroups _groups;

    /// <param name="lora">The direction's update; belongs to this object from here on.</param>
    /// <param name="projection">The projection, its base weights loaded.</param>
    /// <param name="groups">The adapted parts of the output.</param>
    /// <param name="plan">Device.</param>
    public DoraAdapter(LoraAdapter lora, Projection projection, OutputGroups groups, ComputePlan plan)
    {
        (_lora, _groups) = (lora, groups);
        Magnitude = Models.Tensors.Parameter(plan, lora.B.shape[0]);
        using (no_grad())
        {
            using var scope = NewDisposeScope();
            Magnitude.CopyInPlace(groups.Select(RowNorms(projection.weight.to(ScalarType.Float32))));
        }

        Magnitude.requires_grad = true;
    }

    /// <summary>(out / 3 x adapted thirds); (out) on other projections.</summary>
    public Tensor Magnitude { get; }

    /// <inheritdoc/>
    public IEnumerable<(string Name, Tensor Tensor)> Tensors() => [.. _lora.Tensors(), ("lora_magnitude", Magnitude)];

    /// <inheritdoc/>
    public Tensor Forward(Projection projection, Tensor input, ForwardPass pass)
    {
        Tensor factor = Factor(projection); // (out)
        Tensor one = ones_like(factor, requires_grad: false);
        Tensor restOfBias = (one - factor) * projection.bias.to(ScalarType.Float32); // the bias is not scaled
        Tensor plain = _lora.Forward(projection, input, pass);                       // (B, N, out)
        return restOfBias.to(input.dtype).PlusProduct(plain, factor.to(input.dtype));
    }

    /// <inheritdoc/>
    public ProjectionDelta Delta(Projection projection)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        Tensor weight = projection.weight.to(ScalarType.Float32);
        Tensor adapted = weight.Plus(_lora.Update()) * Factor(projection).unsqueeze(1);
        return new ProjectionDelta((adapted - weight).MoveToOuterDisposeScope(), null);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Magnitude.Dispose();
        _lora.Dispose();
    }

    // m / |W + scale B A| for every row, 1 for rows that are not adapted: (out).
    private Tensor Factor(Projection projection)
    {
        Tensor norms;
        using (no_grad())
        {
            using var scope = NewDisposeScope();
            norms = _groups.Select(RowNorms(projection.weight.to(ScalarType.Float32).Plus(_lora.Update()))).MoveToOuterDisposeScope();
        }

        return _groups.AmongOnes(Magnitude / norms);
    }

    private static Tensor RowNorms(Tensor weight) => weight.norm(1); // (out, in) -> (out)
}
