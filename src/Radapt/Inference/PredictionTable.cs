using System.Globalization;
using System.Text;
using Radapt.Datasets;

namespace Radapt.Inference;

/// <summary>Writes predictions as CSV: <c>image</c>, then per finding its name (the probability) and <c>label:NAME</c> where labels are known.</summary>
public static class PredictionTable
{
    /// <summary>Scored, labelled images; names as <paramref name="name"/> gives them, unknown labels empty.</summary>
    public static void Write(string path, ScoredImages scored, Func<string, string> name)
    {
        ArgumentNullException.ThrowIfNull(scored);
        ArgumentNullException.ThrowIfNull(name);
        IReadOnlyList<string> findings = scored.Images.Findings;
        var text = new StringBuilder();
        Row(text, ["image", .. findings.SelectMany(f => new[] { f, "label:" + f })]);
        for (int i = 0; i < scored.Images.Items.Count; i++)
        {
            Datasets.LabelledImage image = scored.Images.Items[i];
            int row = i * findings.Count;
            Row(text, [name(image.Name), .. Enumerable.Range(0, findings.Count).SelectMany(f => new[]
            {
                Number(scored.Probabilities[row + f]), image.Labels[f] < 0 ? "" : image.Labels[f].ToString(CultureInfo.InvariantCulture),
            })]);
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
                Row(text, [prediction.Path, .. prediction.Probabilities?.Select(Number) ?? findings.Select(_ => ""), prediction.Error ?? ""]);
                writer.Write(text);
                text.Clear();
            }

            writer.Write(text);
        });
    }

    private static string Number(float value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static void Row(StringBuilder text, IEnumerable<string> cells) => text.AppendJoin(',', cells.Select(CsvCells.Written)).Append('\n');
}
