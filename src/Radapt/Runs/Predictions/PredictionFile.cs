using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Radapt.Datasets.Tables;
using Radapt.Metrics;

namespace Radapt.Runs.Predictions;

/// <summary>
/// Writes predictions for people and programs: <c>image</c>, the columns that were asked for, per finding its probability and, of several
/// runs, <c>FINDING.sd</c>, and of findings that the run has rules for <c>FINDING.calibrated</c>, <c>FINDING.decision</c> and
/// <c>FINDING.answer</c>; then <c>status</c> and <c>reason</c>. Rows are read one after the other: a table may be larger than memory.
/// </summary>
/// <param name="findings">The findings.</param>
/// <param name="columns">Further columns; see <see cref="PredictionColumn"/>.</param>
/// <param name="runs">The runs whose mean the probabilities are.</param>
/// <param name="rules">Calibration and thresholds of the run; null: none.</param>
internal sealed class PredictionFile(
    IReadOnlyList<string> findings, IReadOnlyList<string> columns, IReadOnlyList<string> runs, DecisionRules? rules = null)
{
    private const string CalibratedEnding = ".calibrated";
    private const string DecisionEnding = ".decision";
    private const string AnswerEnding = ".answer";
    private const string DeviationEnding = ".sd";

    /// <summary>Writes a file, whole or not at all.</summary>
    /// <exception cref="RadaptException">It cannot be written.</exception>
    public void Write(string path, PredictionFormat format, IEnumerable<PredictionRow> rows) => AtomicFile.Write(path, stream =>
    {
        switch (format)
        {
            case PredictionFormat.Xlsx:
                WriteWorkbook(stream, rows);
                break;
            case PredictionFormat.Json:
                WriteJson(stream, rows);
                break;
            default:
                WriteText(stream, rows, format == PredictionFormat.CsvSemicolon);
                break;
        }
    });

    private static string StatusName(PredictionStatus status) => status switch
    {
        PredictionStatus.Ok => "ok",
        PredictionStatus.Refused => "refused",
        PredictionStatus.ScoredAnyway => "scored-anyway",
        _ => "unreadable",
    };

    private bool HasDeviations => runs.Count > 1;

    private IEnumerable<string> Header() =>
    [
        "image", .. columns, .. findings.SelectMany(HeaderOf), "status", "reason",
    ];

    private IEnumerable<string> HeaderOf(string finding)
    {
        yield return finding;
        if (HasDeviations)
        {
            yield return finding + DeviationEnding;
        }

        foreach ((string ending, _) in Decided(finding, null))
        {
            yield return finding + ending;
        }
    }

    // The columns of a finding that its rules fill.
    private IEnumerable<(string Ending, object? Cell)> Decided(string finding, FindingDecision? decision)
    {
        if (rules?.For(finding) is not { } its)
        {
            yield break;
        }

        if (its.Scaling is not null)
        {
            yield return (CalibratedEnding, decision?.Calibrated);
        }

        yield return (DecisionEnding, decision?.IsPositive is { } isPositive ? Word(isPositive) : "");
        if (its.Sets is not null)
        {
            yield return (AnswerEnding, decision?.Answer is { } answer ? Word(answer) : "");
        }
    }

    private static string Word(bool isPositive) => isPositive ? "positive" : "negative";

    private static string Word(ConformalAnswer answer) => answer switch
    {
        ConformalAnswer.Positive => Word(true),
        ConformalAnswer.Negative => Word(false),
        _ => "uncertain",
    };

    // Numbers as numbers, else texts.
    private IEnumerable<object?> Cells(PredictionRow row) =>
    [
        row.Image, .. row.Cells, .. findings.SelectMany((_, f) => Numbers(row, f)), StatusName(row.Status), row.Reason,
    ];

    private IEnumerable<object?> Numbers(PredictionRow row, int finding)
    {
        yield return row.Probabilities?[finding];
        if (HasDeviations)
        {
            yield return row.Deviations is { } deviations ? Exact(deviations[finding]) : null;
        }

        foreach ((_, object? cell) in Decided(findings[finding], row.Decisions?[finding]))
        {
            yield return cell;
        }
    }

    // The decimal number that the float32 is written as, rather than its binary value with nine more digits.
    private static double Exact(float value) =>
        double.Parse(value.ToString("R", CultureInfo.InvariantCulture), NumberStyles.Float, CultureInfo.InvariantCulture);

    private void WriteText(Stream stream, IEnumerable<PredictionRow> rows, bool isForDecimalCommas)
    {
        char delimiter = isForDecimalCommas ? ';' : ',';
        using var writer = new StreamWriter(stream, new UTF8Encoding(isForDecimalCommas), leaveOpen: true);
        var line = new StringBuilder();
        foreach (IEnumerable<object?> cells in rows.Select(Cells).Prepend(Header()))
        {
            writer.Write(line.Clear().AppendJoin(delimiter, cells.Select(Cell)).Append('\n'));
        }

        string Cell(object? cell) => cell switch
        {
            double number when isForDecimalCommas => number.ToString("R", CultureInfo.InvariantCulture).Replace('.', ','),
            double number => number.ToString("R", CultureInfo.InvariantCulture),
            _ => CsvCells.Written((string?)cell ?? ""),
        };
    }

    private void WriteWorkbook(Stream stream, IEnumerable<PredictionRow> rows)
    {
        using var workbook = new WorkbookWriter(stream, "predictions");
        workbook.Row(Header());
        foreach (PredictionRow row in rows)
        {
            workbook.Row(Cells(row));
        }
    }

    private void WriteJson(Stream stream, IEnumerable<PredictionRow> rows)
    {
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions
        {
            Indented = true,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        });
        json.WriteStartObject();
        Strings(json, "runs", runs);
        Strings(json, "findings", findings);
        json.WriteStartArray("images");
        foreach (PredictionRow row in rows)
        {
            WriteJson(json, row);
            json.Flush();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private void WriteJson(Utf8JsonWriter json, PredictionRow row)
    {
        json.WriteStartObject();
        json.WriteString("image", row.Image);
        foreach ((string column, string cell) in columns.Zip(row.Cells))
        {
            json.WriteString(column, cell);
        }

        json.WriteString("status", StatusName(row.Status));
        json.WriteString("reason", row.Reason);
        if (row.Probabilities is { } probabilities)
        {
            json.WriteStartObject("probabilities");
            for (int f = 0; f < findings.Count; f++)
            {
                json.WriteNumber(findings[f], probabilities[f]);
            }

            json.WriteEndObject();
        }

        if (row.Deviations is { } deviations)
        {
            json.WriteStartObject("sd");
            for (int f = 0; f < findings.Count; f++)
            {
                json.WriteNumber(findings[f], deviations[f]);
            }

            json.WriteEndObject();
        }

        if (row.Decisions is { } decisions)
        {
            json.WriteStartObject("decisions");
            foreach ((string finding, FindingDecision decision) in findings.Zip(decisions).Where(d => d.Second is not null)
                .Select(d => (d.First, d.Second!)))
            {
                json.WritePropertyName(finding);
                JsonSerializer.Serialize(json, Decided(finding, decision).ToDictionary(c => c.Ending[1..], c => c.Cell));
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void Strings(Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (string value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }
}
