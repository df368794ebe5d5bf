using Radapt.Compute;
using Radapt.Compute.Functions;
using static TorchSharp.torch;

namespace Radapt.Models;

/// <summary>
/// A pre-norm transformer block: x + ls1 attention(norm1 x), then x + ls2 mlp(norm2 x), each branch under stochastic depth; the factors
/// <c>ls1</c> and <c>ls2</c> only where the model has LayerScale.
/// </summary>
internal sealed class Block : nn.Module
{
    public readonly LayerNorm norm1;
    public readonly Attention attn;
    public readonly LayerScale? ls1;
    public readonly LayerNorm norm2;
    public readonly FeedForward mlp;
    public readonly LayerScale? ls2;

    private readonly StochasticDepth _depth;

    public Block(BackboneShape shape, StochasticDepth depth, RotaryPositions? rotary, Kernels kernels)
        : base(nameof(Block))
    {
        _depth = depth;
        norm1 = new LayerNorm(shape.Width, shape.Epsilon, kernels);
        attn = new Attention(shape.Width, shape.Heads, rotary, kernels);
        norm2 = new LayerNorm(shape.Width, shape.Epsilon, kernels);
        mlp = shape.SwiGlu ? new SwiGlu(shape, kernels) : new Mlp(shape.Width, shape.HiddenWidth, kernels);
        (ls1, ls2) = shape.LayerScale ? (new LayerScale(shape.Width, kernels), new LayerScale(shape.Width, kernels)) : (null, null);
        RegisterComponents();
    }

    /// <summary>The adapter of the attention branch; whoever attached it owns it.</summary>
    public IBranchAdapter? AttentionAdapter { get; set; }

    /// <summary>The adapter of the MLP branch.</summary>
    public IBranchAdapter? MlpAdapter { get; set; }

    /// <summary>The stream after this block; its MLP's result is still to be added.</summary>
    public ResidualStream Forward(ResidualStream stream, ForwardPass pass)
    {
        using var scope = NewDisposeScope(); // what no gradient needs is freed here, not at the end of the step
        (Tensor tokens, Tensor input) = norm1.Forward(stream);
        Tensor branch = Adapt(AttentionAdapter, input, attn.Forward(input, pass)); // (B, N, C)
        (tokens, input) = norm2.Forward(new ResidualStream(tokens, Branch(branch, ls1, pass, 0)));
        branch = Adapt(MlpAdapter, input, mlp.Forward(input, pass)); // (B, N, C)
        return new ResidualStream(tokens, Branch(branch, ls2, pass, 1)).MoveToOuterDisposeScope();
    }

    private static Tensor Adapt(IBranchAdapter? adapter, Tensor input, Tensor output) => adapter is null ? output
        : adapter.Forward(input, output);

    private ResidualBranch Branch(Tensor values, LayerScale? scale, ForwardPass pass, int number) =>
        new(values, _depth.Factors(values.shape[0], pass, number), scale?.gamma);
}
