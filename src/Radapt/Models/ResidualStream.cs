using Radapt.Compute;
using Radapt.Compute.Functions;
using static TorchSharp.torch;

namespace Radapt.Models;

/// <summary>
/// What runs from block to block: the residual sum, float32 in every precision (rounded to bfloat16 there, the norms' gradients lose
/// a fifth of their value), and the branch that the next normalisation adds to it as it reads it.
/// </summary>
/// <param name="Tokens">(B, N, C), float32</param>
/// <param name="Branch">What is still to be added; null: nothing.</param>
internal sealed record ResidualStream(Tensor Tokens, ResidualBranch? Branch)
{
    /// <summary>Adds what is to be added: (B, N, C), float32.</summary>
    public Tensor Settle(Kernels kernels) => Branch is null ? Tokens : kernels.Add(Tokens, Branch);

    /// <summary>Hands the tensors to the scope around the current one.</summary>
    public ResidualStream MoveToOuterDisposeScope()
    {
        Tokens.MoveToOuterDisposeScope();
        Branch?.Values.MoveToOuterDisposeScope();
        return this;
    }

    /// <summary>Lets go of the tensors; a graph that needs them keeps them.</summary>
    public void Dispose()
    {
        Tokens.Dispose();
        Branch?.Values.Dispose();
    }
}
