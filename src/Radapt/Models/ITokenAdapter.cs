using static TorchSharp.torch;

namespace Radapt.Models;

/// <summary>What may add tokens to those that the blocks of a <see cref="VisionTransformer"/> read.</summary>
internal interface ITokenAdapter
{
    /// <summary>Called before every block.</summary>
    /// <param name="block">The block, from 0.</param>
    /// <param name="tokens">What the block before gave: (B, N or more, C), float32; additional tokens come last.</param>
    /// <returns>What the block reads: (B, N or more, C).</returns>
    Tensor Before(int block, Tensor tokens);

    /// <summary>Called after the last block: takes additional tokens away. (B, N or more, C) -> (B, N, C).</summary>
    Tensor AfterLast(Tensor tokens);
}
