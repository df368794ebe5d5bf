using static TorchSharp.torch;

namespace Radapt.Models;

/// <summary>What may sit beside or behind a branch (attention or MLP) of a <see cref="Block"/>, before the residual sum.</summary>
internal interface IBranchAdapter
{
    /// <summary>What the branch gives with the adapter.</summary>
    /// <param name="input">What the branch read, normalised: (B, N, C), in the activations' type.</param>
    /// <param name="output">What the branch made of it: (B, N, C).</param>
    /// <returns>(B, N, C)</returns>
    Tensor Forward(Tensor input, Tensor output);
}
