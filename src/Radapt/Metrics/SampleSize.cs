namespace Radapt.Metrics;

/// <summary>How many patients a narrower interval would take.</summary>
internal static class SampleSize
{
    /// <summary>
    /// The patients whose interval would be ± <paramref name="halfWidth"/>, at the same share of positives: the variance of an AUROC falls
    /// with the number of patients.
    /// </summary>
    /// <param name="error">The standard error from these patients.</param>
    /// <param name="patients">How many they are.</param>
    /// <param name="halfWidth">Half of the width that is wanted.</param>
    /// <param name="level">The confidence of the interval.</param>
    /// <returns>Null where the standard error is 0 or not known, from which nothing can be told.</returns>
    public static int? For(double error, int patients, double halfWidth = 0.05, double level = 0.95)
    {
        double half = NormalDistribution.HalfWidth(level) * error;
        return error > 0 && double.IsFinite(error)
            ? (int)Math.Min(int.MaxValue, Math.Ceiling((patients * half * half / (halfWidth * halfWidth)) - 1e-9)) : null;
    }
}
