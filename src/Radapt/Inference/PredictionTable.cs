using System.Globalization;
using System.Text;
using Radapt.Datasets;

namespace Radapt.Inference;

/// <summary>
/// Writes predictions as CSV: <c>image</c>, then per finding its name (the probability, the sigmoid of the logit in float64) and <c>label:NAME</c> where
/// labels are known; tables with labels end with <c>logit:NAME</c> of every finding, by which figures rank the images.
/// </summary>
public static class PredictionTable
{
    /// <summary>How the name of a column with labels begins.</summary>
    internal const string LabelColumn = "label:";

    private const string LogitColumn = "logit:";

    /// <summary>Scored, labelled images; names as <paramref name="name"/> gives them, unknown labels empty.</summary>
    public static void Write(string path, ScoredImages scored, Func<string, string> name)
    {
        ArgumentNullException.ThrowIfNull(scored);
        ArgumentNullException.ThrowIfNull(name);
        IReadOnlyList<string> findings = scored.Images.Findings;
        var text = new StringBuilder();
        string[] columns = ["image", .. findings.SelectMany(f => new[] { f, LabelColumn + f }), .. findings.Select(f => LogitColumn + f)];
        Row(text, columns);
        for (int i = 0; i < scored.Images.Items.Count; i++)
        {
            LabelledImage image = scored.Images.Items[i];
            int row = i * findings.Count;
            IEnumerable<int> each = Enumerable.Range(0, findings.Count);
            Row(text,
            [
                name(image.Name),
                .. each.SelectMany(f => new[] { Probability(scored.Logits[row + f]), image.Labels[f] < 0 ? "" : image.Labels[f].ToString(CultureInfo.InvariantCulture) }),
                .. each.Select(f => scored.Logits[row + f].ToString("R", CultureInfo.InvariantCulture)),
            ]);
        }

        AtomicFile.WriteText(path, text.ToString());
    }

    /// <summary>Predictions without labels; the last column says why an image has none.</summary>
    public static void Write(string path, IReadOnlyList<string> findings, IEnumerable<Prediction> predictions)
    {
        ArgumentNullException.ThrowIfNull(findings);
        ArgumentNullException.ThrowIfNull(predictions);
        AtomicFile.Write(path, stream =>
        {
            using var writer = new StreamWriter(stream, new UTF8Encoding(false), leaveOpen: true);
            var text = new StringBuilder();
            Row(text, ["image", .. findings, "error"]);
            foreach (Prediction prediction in predictions)
            {
                IEnumerable<string> probabilities = prediction.Logits?.Select(Probability)
                    ?? prediction.Probabilities?.Select(p => p.ToString("R", CultureInfo.InvariantCulture))
                    ?? findings.Select(_ => "");
                Row(text, [prediction.Path, .. probabilities, prediction.Error ?? ""]);
                writer.Write(text);
                text.Clear();
            }

            writer.Write(text);
        });
    }

    private static string Probability(float logit) => Scoring.Probability(logit).ToString("R", CultureInfo.InvariantCulture);

    private static void Row(StringBuilder text, IEnumerable<string> cells) => text.AppendJoin(',', cells.Select(CsvCells.Written)).Append('\n');
}
