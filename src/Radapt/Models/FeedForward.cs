using static TorchSharp.torch;

namespace Radapt.Models;

/// <summary>What a block does with each token by itself: a projection, a nonlinearity, and a projection back.</summary>
internal abstract class FeedForward(string name) : nn.Module(name)
{
    /// <summary>The projection that reads the tokens.</summary>
    public abstract Projection Up { get; }

    /// <summary>The projection that writes the result.</summary>
    public abstract Projection Down { get; }

    /// <summary>(B, N, C) -> (B, N, C).</summary>
    public abstract Tensor Forward(Tensor tokens, ForwardPass pass);
}
