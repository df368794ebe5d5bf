using static TorchSharp.torch;

namespace Radapt.Adaptation.Probes;

/// <summary>What a probe learns from: features of labelled images that a frozen backbone computed.</summary>
/// <param name="Features">(n, C), what the head's linear map reads; belongs to the caller.</param>
/// <param name="Labels">(n, F) row-major: 1, 0, or -1 where unknown.</param>
/// <param name="Patients">(n) whose image each is. Images of one patient are never on both sides of a cross-validation.</param>
internal sealed record ProbeData(Tensor Features, sbyte[] Labels, IReadOnlyList<string> Patients)
{
    /// <summary>n.</summary>
    public int Images => Patients.Count;

    /// <summary>F.</summary>
    public int Findings => Labels.Length / Math.Max(1, Patients.Count);

    /// <summary>The images that a finding is known of, in their order, and its labels there.</summary>
    public (long[] Images, double[] Labels) Known(int finding)
    {
        int[] known = [.. Enumerable.Range(0, Images).Where(i => Labels[(i * Findings) + finding] >= 0)];
        return ([.. known.Select(i => (long)i)], [.. known.Select(i => (double)Labels[(i * Findings) + finding])]);
    }
}
