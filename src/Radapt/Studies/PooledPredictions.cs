using Radapt.Runs;

namespace Radapt.Studies;

/// <summary>Out-of-fold predictions: the test images of all folds in one table, as one set of scores.</summary>
internal static class PooledPredictions
{
    /// <summary>
    /// Reads <c>predictions.csv</c> of every fold and writes them as one; see <see cref="PredictionTable"/> for the columns.
    /// </summary>
    /// <exception cref="RadaptException">A table is missing or damaged, or an image is in two folds.</exception>
    public static LabelledScores Write(IReadOnlyList<RunFolder> folds, string path)
    {
        var images = new HashSet<string>(StringComparer.Ordinal);
        var tables = new List<LabelledScores>();
        foreach (RunFolder fold in folds)
        {
            string file = fold.PredictionsFile;
            try
            {
                LabelledScores table = PredictionTable.Read(file);
                if (tables.Count > 0 && !table.Findings.SequenceEqual(tables[0].Findings))
                {
                    throw new RadaptException($"{file}: these are not the columns of the other folds' predictions.");
                }

                int again = table.Images.TakeWhile(images.Add).Count();
                tables.Add(again == table.Images.Count ? table
                    : throw new RadaptException($"{file} row {again + 1}: this image was already predicted in another fold."));
            }
            catch (RadaptException e)
            {
                throw new RadaptException($"{e.Message} Remove this fold's folder and resume.", e);
            }
        }

        var pooled = new LabelledScores(
            tables[0].Findings, [.. tables.SelectMany(t => t.Images)], [.. tables.SelectMany(t => t.Labels)],
                [.. tables.SelectMany(t => t.Logits)])
        {
            Patients = tables.All(t => t.Patients is null) ? null
                : [.. tables.SelectMany(t => t.Patients ?? new string?[t.Images.Count])],
        };
        PredictionTable.Write(path, pooled);
        return pooled;
    }
}
