using Radapt.Compute;
using Radapt.Models;
using static TorchSharp.torch;

namespace Radapt.Adaptation.Methods;

/// <summary>(IA)³ on the inner activations of an MLP, which its second projection reads: W (l ⊙ x) + b.</summary>
internal sealed class InputScaling : IProjectionAdapter, IAdapterTensors
{
    /// <param name="inputs">Input channels of the projection.</param>
    /// <param name="plan">Device.</param>
    public InputScaling(long inputs, ComputePlan plan)
    {
        Factors = Models.Tensors.Parameter(plan, inputs);
        Initialisation.Fill(Factors, 1);
        Factors.requires_grad = true;
    }

    /// <summary>l: (in).</summary>
    public Tensor Factors { get; }

    /// <inheritdoc/>
    public IEnumerable<(string Name, Tensor Tensor)> Tensors() => [("ia3_l", Factors)];

    /// <inheritdoc/>
    public Tensor Forward(Projection projection, Tensor input, ForwardPass pass) => projection.Plain(input * Factors.to(input.dtype));

    /// <inheritdoc/>
    public ProjectionDelta Delta(Projection projection)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        Tensor excess = Factors - ones_like(Factors, requires_grad: false); // l - 1
        return new ProjectionDelta((projection.weight.to(ScalarType.Float32) * excess).MoveToOuterDisposeScope(), null);
    }

    /// <inheritdoc/>
    public void Dispose() => Factors.Dispose();
}
