namespace Radapt.Metrics;

/// <summary>
/// Standard errors of AUROCs before anything is measured, from numbers of positives and negatives: Hanley and McNeil, "The meaning and use
/// of
/// the area under a receiver operating characteristic (ROC) curve", Radiology 143 (1982), equation 1 with exponential scores.
/// </summary>
internal static class AurocError
{
    /// <summary>Standard error of an AUROC.</summary>
    /// <param name="auroc">The AUROC that is expected, 0 to 1.</param>
    /// <param name="positives">Positive images, at least 1.</param>
    /// <param name="negatives">Negative images, at least 1.</param>
    public static double Single(double auroc, int positives, int negatives)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(positives);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(negatives);
        double square = auroc * auroc;
        double q1 = auroc / (2 - auroc); // two positives above one negative
        double q2 = 2 * square / (1 + auroc); // one positive above two negatives
        double variance = (auroc * (1 - auroc)) + ((positives - 1) * (q1 - square)) + ((negatives - 1) * (q2 - square));
        return Math.Sqrt(variance / ((double)positives * negatives));
    }

    /// <summary>
    /// Standard error of the mean AUROC over findings, sqrt(sum of the squared errors) / F, as if findings were independent. Findings
    /// without
    /// positives or negatives have no AUROC and are left out, as they are in the mean.
    /// </summary>
    /// <param name="auroc">The AUROC that is expected of every finding.</param>
    /// <param name="counts">Positives and negatives of every finding.</param>
    /// <returns>Null where no finding has an AUROC.</returns>
    public static double? Mean(double auroc, IEnumerable<(int Positives, int Negatives)> counts)
    {
        double[] errors = [.. counts.Where(c => c is { Positives: > 0, Negatives: > 0 })
            .Select(c => Single(auroc, c.Positives, c.Negatives))];
        return errors.Length == 0 ? null : Math.Sqrt(errors.Sum(e => e * e)) / errors.Length;
    }
}
