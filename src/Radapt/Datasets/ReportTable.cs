using System.Text.RegularExpressions;
using Radapt.Datasets.Matching;
using Radapt.Datasets.Tables;

namespace Radapt.Datasets;

/// <summary>
/// Pairs of images and reports for pre-training: a table with the columns <c>image_path</c> and <c>report_content</c>, as MRM's
/// <c>training.csv</c> of MIMIC-CXR, or <c>image</c> and <c>report</c>. Columns for patient, study and split are read where there are any;
/// without them, patient and study are those of MIMIC-CXR's paths. No message shows what a report says.
/// </summary>
internal static partial class ReportTable
{
    private const string Columns = "'image' and 'report' (or 'image_path' and 'report_content')";
    private const double MostMissing = 0.05;
    private static readonly string[] s_image = ["image_path", "image"];
    private static readonly string[] s_report = ["report_content", "report"];

    /// <summary>Reads the pairs whose image exists and whose report says something.</summary>
    /// <param name="file">The table.</param>
    /// <param name="imageRoot">The folder that image names are relative to; null: that of the table, or <c>images</c> in it.</param>
    /// <param name="allowMissing">Accept more than 5 % of the rows without an image or without a report.</param>
    /// <param name="plainNames">Messages show the names of images even where these may be patients'.</param>
    /// <param name="notes">Receives lines to print.</param>
    /// <exception cref="RadaptException">The table is missing or malformed, or too many of its rows cannot be used.</exception>
    public static IReadOnlyList<ReportedImage> Read(string file, string? imageRoot = null, bool allowMissing = false,
        bool plainNames = false, ICollection<string>? notes = null)
    {
        ArgumentNullException.ThrowIfNull(file);
        notes ??= [];
        CsvCells cells = CsvCells.Read(file);
        (int image, int report) = (Column(cells, s_image), Column(cells, s_report));
        if (image < 0 || report < 0)
        {
            // The first line may be a report, where the header is missing: it is not shown.
            throw new RadaptException(
                $"{file}, line {1 + cells.TitleLines}: a table of reports has the columns {Columns} in its first line.");
        }

        if (cells.Rows.Count == 0)
        {
            throw new RadaptException($"{file} has a header and no rows.");
        }

        TableColumns others = TableColumns.Find(cells);
        RequireNames(cells, image);
        LabelRow[] rows = [.. cells.Rows.Select(r => Row(r.Line, r.Cells, image, others, file))];
        ImageFiles images = ImageFiles.Locate(rows, file, new DataOptions { ImageRoot = imageRoot, PlainNames = plainNames }, notes);
        LocatedRow[] located = [.. rows.Select((row, i) => new LocatedRow(row, file, images.Paths[i], images.Exist[i]))];
        bool isPrivate = !plainNames && PatientPrivacy.KnowsPatients(located);
        int[] unusable = [.. Enumerable.Range(0, rows.Length).Where(i => !images.Exist[i])];
        int[] silent = [.. Enumerable.Range(0, rows.Length).Where(i => cells.Rows[i].Cells[report].Length == 0)];
        LeaveOut(unusable, "image", cells, allowMissing, notes);
        LeaveOut(silent, "report", cells, allowMissing, notes);
        return [.. Enumerable.Range(0, rows.Length).Except(unusable).Except(silent).Select(i => new ReportedImage(
            new LabelledImage(rows[i].Name, images.Paths[i], rows[i].Patient, [])
            {
                Study = rows[i].Study,
                Line = rows[i].Line,
                Shown = (located[i] with { IsPrivate = isPrivate }).Shown,
            },
            cells.Rows[i].Cells[report])
        {
            Split = rows[i].Split,
        })];
    }

    private static int Column(CsvCells cells, string[] names) =>
        names.Select(name => cells.Header.ToList().FindIndex(h => h.Equals(name, StringComparison.OrdinalIgnoreCase)))
            .FirstOrDefault(i => i >= 0, -1);

    private static void RequireNames(CsvCells cells, int image)
    {
        var first = new Dictionary<string, int>(cells.Rows.Count, StringComparer.Ordinal);
        foreach ((int line, string[] row) in cells.Rows)
        {
            if (row[image].Length == 0)
            {
                throw Bad(cells, line, image, "the image's name is empty");
            }

            if (!first.TryAdd(row[image], line))
            {
                throw Bad(cells, line, image, $"line {first[row[image]]} names the same image. Keep one report for each image");
            }
        }
    }

    private static LabelRow Row(int line, string[] row, int image, TableColumns others, string file)
    {
        string? Cell(int column) => column >= 0 && row[column].Length > 0 ? row[column] : null;
        Match place = PlacePattern().Match(row[image].Replace('\\', '/'));
        string? split = Cell(others.Split);
        return new LabelRow(line, row[image], Cell(others.Patient) ?? (place.Success ? place.Groups["patient"].Value : null),
            split is null ? null : SplitNames.Part(split)
                ?? throw new RadaptException($"{file}, line {line}: the split is not train, val or test."), [])
        {
            Study = Cell(others.Study) ?? (place.Success ? place.Groups["study"].Value : null),
        };
    }

    private static RadaptException Bad(CsvCells cells, int line, int column, string problem) =>
        new($"{cells.File}, line {line}, column '{cells.Header[column]}': {problem}.");

    private static void LeaveOut(int[] rows, string what, CsvCells cells, bool allow, ICollection<string> notes)
    {
        if (rows.Length == 0)
        {
            return;
        }

        string said = $"{cells.File}: {Plural.Count(rows.Length, "row")} of {cells.Rows.Count} without {(what == "image" ? "an" : "a")} "
            + $"{what} (first: line {cells.Rows[rows[0]].Line})";
        notes.Add(rows.Length <= MostMissing * cells.Rows.Count || allow ? $"{said} {(rows.Length == 1 ? "is" : "are")} left out."
            : throw new RadaptException($"{said}; more than 5 % are accepted only with --allow-missing-images."));
    }

    // files/p10/p10000032/s50414267/02aa804e-….jpg
    [GeneratedRegex(@"(?:^|/)(?<patient>p\d{8})/(?<study>s\d{8})/")]
    private static partial Regex PlacePattern();
}
