using System.Globalization;

namespace Radapt.Datasets;

/// <summary>How well a test set of so many patients can measure, told before anything is trained.</summary>
internal static class TestPrecision
{
    private const double Auroc = 0.8; // what is typical of findings on radiographs
    private const double Normal = 1.96; // the 97.5 % point
    private const double Widest = 0.15; // half of an interval that no note is made of
    private const int FewestPatients = 10;
    private const int Named = 3;

    /// <summary>
    /// Half of the width of the 95 % interval of an AUROC of 0.8: 1.96 standard errors by equation 2 of Hanley and McNeil, The meaning and
    /// use of the area under a receiver operating characteristic (ROC) curve, Radiology 143 (1982), with the exponential approximation of
    /// Q1 and Q2.
    /// </summary>
    /// <param name="positives">Patients with the finding, at least 1.</param>
    /// <param name="negatives">Patients without it, at least 1.</param>
    public static double HalfWidth(int positives, int negatives)
    {
        const double Q1 = Auroc / (2 - Auroc);
        const double Q2 = 2 * Auroc * Auroc / (1 + Auroc);
        double variance = ((Auroc * (1 - Auroc)) + ((positives - 1) * (Q1 - (Auroc * Auroc))) + ((negatives - 1) * (Q2 - (Auroc * Auroc))))
            / ((double)positives * negatives);
        return Normal * Math.Sqrt(variance);
    }

    /// <summary>
    /// A line on a test set that is too small to say much; null: it is not. Images of one patient are alike, so patients are counted: with
    /// the finding in any image, and without it in all that are known. Images without a known patient count for themselves.
    /// </summary>
    /// <param name="test">The images.</param>
    public static string? Note(LabelledImages test)
    {
        string[] patients = [.. test.Items.Select(i => i.Patient ?? "image:" + i.Path)];
        int people = patients.Distinct(StringComparer.Ordinal).Count();
        bool known = test.Items.Any(i => i.Patient is not null);
        string what = known ? "patient" : "image";
        (string Finding, int Positives, int Negatives)[] wide = [.. test.Findings.Select((finding, f) =>
            {
                sbyte[] most = [.. test.Items.Zip(patients).GroupBy(p => p.Second, p => p.First.Labels[f], StringComparer.Ordinal)
                    .Select(g => g.Max())];
                return (finding, most.Count(l => l == 1), most.Count(l => l == 0));
            })
            .Where(c => c.Item2 > 0 && c.Item3 > 0 && HalfWidth(c.Item2, c.Item3) > Widest)
            .OrderByDescending(c => HalfWidth(c.Item2, c.Item3))];
        if (wide.Length == 0 && people >= FewestPatients)
        {
            return null;
        }

        string figures = string.Join(", ", wide.Take(Named).Select(c => string.Create(CultureInfo.InvariantCulture,
            $"{c.Finding} \u00B1 {HalfWidth(c.Positives, c.Negatives):0.00} ({c.Positives} with it, {c.Negatives} without)")));
        return $"The test set is small: {Plural.Count(test.Items.Count, "image")}"
            + (known ? $" of {Plural.Count(people, "patient")}" : "")
                + (wide.Length == 0 ? ". Figures from so few patients say little about other patients."
            : $". For an AUROC of 0.8, the 95 % interval would be {figures}{(wide.Length > Named ? $" and {wide.Length - Named} more" : "")}, counted in {what}s "
                + "(Hanley and McNeil 1982).") + " --folds 5 tests every image once.";
    }
}
