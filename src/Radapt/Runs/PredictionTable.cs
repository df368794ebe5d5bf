using System.Globalization;
using System.Text;
using Radapt.Datasets.Tables;
using Radapt.Inference;

namespace Radapt.Runs;

/// <summary>
/// Writes and reads predictions as CSV: <c>image</c>; per finding its name (the probability, the sigmoid of the logit in float64) and
/// <c>label:NAME</c>; <c>logit:NAME</c> of every finding, by which figures rank the images; and <c>patient</c> where patients are known.
/// </summary>
public static class PredictionTable
{
    private const string PatientColumn = "patient";
    private const string LabelColumn = "label:";
    private const string LogitColumn = "logit:";

    /// <summary>Writes scored, labelled images; names as <paramref name="name"/> gives them.</summary>
    /// <exception cref="RadaptException">The file cannot be written.</exception>
    public static void Write(string path, ScoredImages scored, Func<string, string> name)
    {
        Write(path, LabelledScores.From(scored, name));
    }

    /// <summary>Writes labelled scores; unknown labels are empty cells.</summary>
    /// <exception cref="RadaptException">The file cannot be written.</exception>
    public static void Write(string path, LabelledScores scores)
    {
        ArgumentNullException.ThrowIfNull(scores);
        var text = new StringBuilder();
        IReadOnlyList<string?>? patients = scores.Patients?.Any(p => p is not null) == true ? scores.Patients : null;
        Row(text, Columns(scores.Findings, patients is not null));
        int findings = scores.Findings.Count;
        for (int i = 0; i < scores.Images.Count; i++)
        {
            int row = i * findings;
            IEnumerable<int> each = Enumerable.Range(0, findings);
            Row(text,
            [
                scores.Images[i],
                .. each.SelectMany(f => new[] { Probability(scores.Logits[row + f]), Label(scores.Labels[row + f]) }),
                .. each.Select(f => scores.Logits[row + f].ToString("R", CultureInfo.InvariantCulture)),
                .. patients is null ? Array.Empty<string>() : [patients[i] ?? ""],
            ]);
        }

        AtomicFile.WriteText(path, text.ToString());
    }

    /// <summary>Reads a table with labels, such as <c>predictions.csv</c> of a run folder.</summary>
    /// <exception cref="RadaptException">It cannot be read, or is not such a table; the message names file and line.</exception>
    public static LabelledScores Read(string path)
    {
        CsvCells table = CsvCells.Read(path);
        bool hasPatients = table.Header.Count % 3 == 2;
        int count = (table.Header.Count - 1) / 3; // image, then per finding probability and label, then the logits
        string[] findings = [.. Enumerable.Range(0, count).Select(f => table.Header[1 + (2 * f)])];
        if (count == 0 || !table.Header.SequenceEqual(Columns(findings, hasPatients)))
        {
            throw new RadaptException($"{table.File}: these are not the columns of a run's predictions.");
        }

        var images = new List<string>();
        var labels = new List<sbyte>();
        var logits = new List<float>();
        List<string?>? patients = hasPatients ? [] : null;
        foreach ((int line, string[] row) in table.Rows)
        {
            images.Add(row[0]);
            patients?.Add(row[^1].Length == 0 ? null : row[^1]);
            for (int f = 0; f < count; f++)
            {
                labels.Add(row[2 + (2 * f)] switch
                {
                    "" => -1,
                    "0" => 0,
                    "1" => 1,
                    var other => throw new RadaptException($"{table.File} line {line}: '{other}' is not a label."),
                });
                string logit = row[1 + (2 * count) + f];
                bool isNumber = float.TryParse(logit, NumberStyles.Float, CultureInfo.InvariantCulture, out float score);
                logits.Add(isNumber ? score : throw new RadaptException($"{table.File} line {line}: '{logit}' is not a logit."));
            }
        }

        return new LabelledScores(findings, images, labels, logits) { Patients = patients };
    }

    private static string[] Columns(IReadOnlyList<string> findings, bool hasPatients) =>
        ["image", .. findings.SelectMany(f => new[] { f, LabelColumn + f }), .. findings.Select(f => LogitColumn + f),
            .. hasPatients ? new[] { PatientColumn } : []];

    private static string Label(sbyte label) => label < 0 ? "" : label.ToString(CultureInfo.InvariantCulture);

    private static string Probability(float logit) => Scoring.Probability(logit).ToString("R", CultureInfo.InvariantCulture);

    private static void Row(StringBuilder text, IEnumerable<string> cells) =>
        text.AppendJoin(',', cells.Select(CsvCells.Written)).Append('\n');
}
