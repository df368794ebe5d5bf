using System.Globalization;
using System.Text;
using Radapt.Datasets;
using Radapt.Metrics;

namespace Radapt.Training;

/// <summary>Out-of-fold predictions: the test images of all folds in one table, and the figures of it.</summary>
internal static class PooledPredictions
{
    /// <summary>Reads <c>predictions.csv</c> of every fold and writes them as one; see <see cref="Inference.PredictionTable"/> for the columns.</summary>
    /// <exception cref="RadaptException">A table is missing or damaged, or an image stands in two folds.</exception>
    public static MultiLabelMetrics Write(IReadOnlyList<RunFolder> folds, string path)
    {
        CsvCells[] tables = [.. folds.Select(f => CsvCells.Read(f.Predictions))];
        string[] findings = [.. tables[0].Header.Skip(1).Where((_, i) => i % 2 == 0)];
        string[] expected = ["image", .. findings.SelectMany(f => new[] { f, "label:" + f })];
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

                for (int c = 1; c < row.Length; c += 2)
                {
                    bool isNumber = float.TryParse(row[c], NumberStyles.Float, CultureInfo.InvariantCulture, out float score);
                    scores.Add(isNumber ? score : throw new RadaptException($"{table.File} line {line}: '{row[c]}' is no probability. Remove this fold's folder and resume."));
                    labels.Add(row[c + 1] switch
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
