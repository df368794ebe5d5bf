using static TorchSharp.torch;

namespace Radapt.Models;

/// <summary>What merging adds to a projection, float32.</summary>
/// <param name="Weight">(out, in)</param>
/// <param name="Bias">(out); null: nothing.</param>
internal sealed record ProjectionDelta(Tensor Weight, Tensor? Bias);
