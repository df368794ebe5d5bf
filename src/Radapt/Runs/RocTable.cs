using System.Globalization;
using System.Text;
using Radapt.Datasets.Tables;
using Radapt.Inference;
using Radapt.Metrics;

namespace Radapt.Runs;

/// <summary>Writes ROC curves as CSV: <c>finding,false_positive_rate,true_positive_rate,threshold</c>.</summary>
internal static class RocTable
{
    /// <summary>
    /// The points of every finding that has both classes; the threshold, a probability, is infinite at a curve's first point.
    /// </summary>
    /// <exception cref="RadaptException">The file cannot be written.</exception>
    public static void Write(string path, ScoredImages scored)
    {
        ArgumentNullException.ThrowIfNull(scored);
        IReadOnlyList<string> findings = scored.Images.Findings;
        var text = new StringBuilder("finding,false_positive_rate,true_positive_rate,threshold\n");
        for (int f = 0; f < findings.Count; f++)
        {
            sbyte[] labels = [.. scored.Images.Items.Select(i => i.Labels[f])];
            double[] scores = [.. Enumerable.Range(0, labels.Length).Select(i => (double)scored.Logits[(i * findings.Count) + f])];
            foreach (RocPoint point in RocCurve.Compute(labels, scores) ?? [])
            {
                string threshold = double.IsFinite(point.Threshold)
                    ? Scoring.Probability((float)point.Threshold).ToString("R", CultureInfo.InvariantCulture) : "inf";
                text.Append(CultureInfo.InvariantCulture,
                    $"{CsvCells.Written(findings[f])},{point.FalsePositiveRate:R},{point.TruePositiveRate:R},{threshold}\n");
            }
        }

        AtomicFile.WriteText(path, text.ToString());
    }
}
