using System.Globalization;
using Radapt.Datasets;
using static TorchSharp.torch;

namespace Radapt.Training;

/// <summary>The weight of positives in the loss, per finding.</summary>
internal static class PositiveWeights
{
    /// <summary>(F) weights, or null for <c>none</c>.</summary>
    /// <exception cref="RadaptException">Neither none, balanced nor one positive number per finding.</exception>
    public static Tensor? Resolve(string option, LabelledImages train)
    {
        if (option == "none")
        {
            return null;
        }

        if (option == "balanced")
        {
            return tensor(train.CountLabels().Select(c => c.Positives == 0 ? 1f : c.Negatives / (float)c.Positives).ToArray());
        }

        float[] weights =
            [.. option.Split(',').Select(w => float.TryParse(w, CultureInfo.InvariantCulture, out float value) ? value : float.NaN)];
        return weights.Length == train.Findings.Count && weights.All(w => w > 0 && float.IsFinite(w))
            ? tensor(weights)
            : throw new RadaptException(
                $"--pos-weight {option}: takes none, balanced, or {train.Findings.Count} positive numbers, "
                    + "one per finding, separated by commas.");
    }
}
