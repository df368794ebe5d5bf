using Radapt.Compute;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Radapt.Models;

/// <summary>A linear map with a slot for an adapter.</summary>
internal sealed class Projection : nn.Module
{
    public readonly Parameter weight; // (out, in)
    public readonly Parameter bias;   // (out)

    private readonly Kernels _kernels;

    public Projection(int inputs, int outputs, Kernels kernels)
        : base(nameof(Projection))
    {
        _kernels = kernels;
        weight = Tensors.Parameter(kernels.Plan, outputs, inputs);
        bias = Tensors.Parameter(kernels.Plan, outputs);
        RegisterComponents();
    }

    /// <summary>What computes the products.</summary>
    public Kernels Kernels => _kernels;

    /// <summary>The adapter in the slot; whoever attached it owns it.</summary>
    public IProjectionAdapter? Adapter { get; set; }

    /// <summary>Rounds both tensors to another type, for good; for frozen weights only.</summary>
    public void HoldIn(ScalarType type) => this.to(type); // of this leaf module alone: elsewhere it would cast trained masters

    /// <summary>(B, N, in) -> (B, N, out), through the adapter if there is one.</summary>
    public Tensor Forward(Tensor input, ForwardPass pass) => Adapter is null ? Plain(input) : Adapter.Forward(this, input, pass);

    /// <summary>x W^T + b with this projection's own weights.</summary>
    public Tensor Plain(Tensor input) => _kernels.Linear(input, weight, bias);

    /// <summary>The same product with others, such as merged ones.</summary>
    public Tensor With(Tensor otherWeight, Tensor otherBias, Tensor input) => _kernels.Linear(input, otherWeight, otherBias);
}
