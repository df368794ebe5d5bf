using System.Globalization;
using System.Text;
using Radapt.Datasets;
using Radapt.Inference;
using Radapt.Metrics;

namespace Radapt.Training;

/// <summary>Out-of-fold predictions: the test images of all folds in one table, and the figures of it.</summary>
internal static class PooledPredictions
{
    /// <summary>Reads <c>predictions.csv</c> of every fold and writes them as one; see <see cref="PredictionTable"/> for the columns.</summary>
    /// <exception cref="RadaptException">A table is missing or damaged, or an image stands in two folds.</exception>
    public static MultiLabelMetrics Write(IReadOnlyList<RunFolder> folds, string path)
    {
        CsvCells[] tables = [.. folds.Select(f => CsvCells.Read(f.PredictionsFile))];
        IReadOnlyList<string> expected = tables[0].Header;
        int count = (expected.Count - 1) / 3; // image, then per finding probability and label, then the logits
        if (count == 0 || expected.Count != 1 + (3 * count) || !Enumerable.Range(0, count).All(f => expected[2 + (2 * f)].StartsWith(PredictionTable.LabelColumn, StringComparison.Ordinal)))
        {
            throw new RadaptException($"{tables[0].File}: these are not the columns of a run's predictions. Remove this fold's folder and resume.");
        }

        string[] findings = [.. Enumerable.Range(0, count).Select(f => expected[2 + (2 * f)][PredictionTable.LabelColumn.Length..])];
        var labels = new List<sbyte>();
        var scores = new List<float>();
        var images = new HashSet<string>(StringComparer.Ordinal);
        var text = new StringBuilder();
        Append(text, expected);
        foreach (CsvCells table in tables)
        {
            if (!table.Header.SequenceEqual(expected))
            {
                throw new RadaptException($"{table.File}: these are not the columns of the other folds' predictions. Remove this fold's folder and resume.");
            }

            foreach ((int line, string[] row) in table.Rows)
            {
                if (!images.Add(row[0]))
                {
                    throw new RadaptException($"{table.File} line {line}: this image was predicted in another fold already. Remove this fold's folder and resume.");
                }

                for (int f = 0; f < count; f++)
                {
                    string logit = row[1 + (2 * count) + f];
                    bool isNumber = float.TryParse(logit, NumberStyles.Float, CultureInfo.InvariantCulture, out float score);
                    scores.Add(isNumber ? score : throw new RadaptException($"{table.File} line {line}: '{logit}' is not a logit. Remove this fold's folder and resume."));
                    labels.Add(row[2 + (2 * f)] switch
                    {
                        "" => -1,
                        "0" => 0,
                        _ => 1,
                    });
                }

                Append(text, row);
            }
        }

        AtomicFile.WriteText(path, text.ToString());
        return MultiLabelMetrics.Compute(findings, labels.ToArray(), scores.ToArray());
    }

    private static void Append(StringBuilder text, IEnumerable<string> row) => text.AppendJoin(',', row.Select(CsvCells.Written)).Append('\n');
}
