using Radapt.Compute;
using Radapt.Models;

namespace Radapt.Adaptation;

/// <summary>
/// Holds frozen projections in the precision that they are computed in, so that no step casts them and they take half the memory.
/// Trained tensors stay float32 masters; embeddings, norms and the head are small and stay float32 too.
/// </summary>
internal static class FrozenWeights
{
    /// <summary>Rounds the projections of the blocks of which nothing is trained. Does nothing for float32.</summary>
    public static void Hold(VisionTransformer encoder, ComputePlan plan) =>
        Hold(encoder.Projections().Where(p => !p.weight.requires_grad && !p.bias.requires_grad), plan);

    /// <summary>Rounds all projections of the blocks, whatever trained them: for prediction.</summary>
    public static void Round(VisionTransformer encoder, ComputePlan plan) => Hold(encoder.Projections(), plan);

    private static void Hold(IEnumerable<Projection> projections, ComputePlan plan)
    {
        foreach (Projection projection in projections.Where(p => p.weight.dtype != plan.Type))
        {
            projection.HoldIn(plan.Type);
        }
    }
}
