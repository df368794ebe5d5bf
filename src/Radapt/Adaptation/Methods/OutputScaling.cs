using Radapt.Adaptation.Lora;
using Radapt.Compute;
using Radapt.Models;
using static TorchSharp.torch;

namespace Radapt.Adaptation.Methods;

/// <summary>(IA)³ on outputs of a projection: l ⊙ (W x + b) on its adapted parts.</summary>
internal sealed class OutputScaling : IProjectionAdapter, IAdapterTensors
{
    private readonly OutputGroups _groups;

    /// <param name="outputs">Output channels of the projection.</param>
    /// <param name="groups">The adapted parts of the output.</param>
    /// <param name="plan">Device.</param>
    public OutputScaling(long outputs, OutputGroups groups, ComputePlan plan)
    {
        _groups = groups;
        Factors = Models.Tensors.Parameter(plan, outputs / groups.Count * groups.Adapted.Count);
        Initialisation.Fill(Factors, 1);
        Factors.requires_grad = true;
    }

    /// <summary>l: (out / 3 x adapted thirds).</summary>
    public Tensor Factors { get; }

    /// <inheritdoc/>
    public IEnumerable<(string Name, Tensor Tensor)> Tensors() => [("ia3_l", Factors)];

    /// <inheritdoc/>
    public Tensor Forward(Projection projection, Tensor input, ForwardPass pass) =>
        projection.Plain(input) * _groups.AmongOnes(Factors).to(input.dtype); // (B, N, out)

    /// <inheritdoc/>
    public ProjectionDelta Delta(Projection projection)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        Tensor excess = _groups.AmongOnes(Factors) - ones(projection.weight.shape[0], device: Factors.device); // l - 1
        return new ProjectionDelta(
            (projection.weight.to(ScalarType.Float32) * excess.unsqueeze(1)).MoveToOuterDisposeScope(),
            (projection.bias.to(ScalarType.Float32) * excess).MoveToOuterDisposeScope());
    }

    /// <inheritdoc/>
    public void Dispose() => Factors.Dispose();
}
