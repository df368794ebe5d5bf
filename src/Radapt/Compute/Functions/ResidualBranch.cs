using static TorchSharp.torch;

namespace Radapt.Compute.Functions;

/// <summary>What a branch of a block adds to the residual sum.</summary>
/// <param name="Values">(B, N, C)</param>
/// <param name="Samples">A factor for each of the B samples: stochastic depth; null: 1.</param>
/// <param name="Channels">(C): LayerScale; null: 1.</param>
internal sealed record ResidualBranch(Tensor Values, float[]? Samples, Tensor? Channels);
