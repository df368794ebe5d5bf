using Radapt.Compute;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Radapt.Models;

/// <summary>
/// The gated feed-forward of Shazeer, "GLU variants improve transformer" (2020), as DINOv2's largest model has it: one half of the hidden
/// channels, through SiLU, gates the other. EVA-02's base model normalises the result before it is projected back.
/// </summary>
internal sealed class SwiGlu : FeedForward
{
    public readonly Projection w12; // (2 hidden, C): the gates first
    public readonly Projection w3;  // (C, hidden)
    public readonly LayerNorm? ffn_ln; // (hidden)

    public SwiGlu(BackboneShape shape, Kernels kernels)
        : base(nameof(SwiGlu))
    {
        (int width, int hidden) = (shape.Width, shape.HiddenWidth);
        w12 = new Projection(width, 2 * hidden, kernels);
        w3 = new Projection(hidden, width, kernels);
        ffn_ln = shape.HiddenNorm ? new LayerNorm(hidden, shape.Epsilon, kernels) : null;
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Projection Up => w12;

    /// <inheritdoc/>
    public override Projection Down => w3;

    /// <summary>(B, N, C) -> (B, N, C).</summary>
    public override Tensor Forward(Tensor tokens, ForwardPass pass)
    {
        using var scope = NewDisposeScope();
        Tensor[] halves = w12.Forward(tokens, pass).chunk(2, -1); // each (B, N, hidden)
        Tensor gated = F.silu(halves[0]) * halves[1];
        return w3.Forward(ffn_ln is null ? gated : ffn_ln.Forward(gated), pass).MoveToOuterDisposeScope();
    }
}
