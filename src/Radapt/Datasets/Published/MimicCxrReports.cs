using System.Text.RegularExpressions;
using Radapt.Datasets.Matching;
using Radapt.Datasets.Tables;

namespace Radapt.Datasets.Published;

/// <summary>An image and the report that was written on its study.</summary>
/// <param name="Name">Image name as the table writes it.</param>
/// <param name="Path">Absolute path of the image file.</param>
/// <param name="Report">The report's text; line breaks as in the table.</param>
internal sealed record ImageReport(string Name, string Path, string Report)
{
    /// <summary>Whose image it is, by its path; null where that is not MIMIC-CXR's.</summary>
    public string? Patient { get; init; }

    /// <summary>The study, by its path; null where that is not MIMIC-CXR's.</summary>
    public string? Study { get; init; }
}

/// <summary>
/// Pairs of images and reports for pre-training: a table with the columns <c>image_path</c> and <c>report_content</c>, as MRM's
/// <c>training.csv</c> of MIMIC-CXR.
/// Other columns are ignored.
/// </summary>
internal static partial class MimicCxrReports
{
    private const string ImageColumn = "image_path";
    private const string ReportColumn = "report_content";
    private const double MostMissing = 0.05;

    /// <summary>Reads the pairs whose image exists and whose report says something.</summary>
    /// <param name="file">The table.</param>
    /// <param name="imageRoot">The folder that image names are relative to; null: that of the table, or <c>images</c> in it.</param>
    /// <param name="allowMissing">Accept more than 5 % of the rows without an image or without a report.</param>
    /// <param name="notes">Receives lines to print.</param>
    /// <exception cref="RadaptException">The table is missing or malformed, or too many of its rows cannot be used.</exception>
    public static IReadOnlyList<ImageReport> Read(
        string file, string? imageRoot = null, bool allowMissing = false, ICollection<string>? notes = null)
    {
        ArgumentNullException.ThrowIfNull(file);
        notes ??= [];
        var table = new PublishedTable(file, ImageColumn, ReportColumn);
        (int image, int report) = (table.Column(ImageColumn), table.Column(ReportColumn));
        var first = new Dictionary<string, int>(table.Rows.Count, StringComparer.Ordinal);
        foreach ((int line, string[] cells) in table.Rows)
        {
            if (cells[image].Length == 0)
            {
                throw table.Bad(line, ImageColumn, "the image's name is empty");
            }

            if (!first.TryAdd(cells[image], line))
            {
                throw table.Bad(line, ImageColumn, $"'{cells[image]}' is already in line {first[cells[image]]}");
            }
        }

        ImageFiles images = ImageFiles.Locate([.. table.Rows.Select(r => new LabelRow(r.Line, r.Cells[image], null, null, []))], file,
            new DataOptions
            {
                ImageRoot = imageRoot,
            }, notes);
        int[] unusable = [.. Enumerable.Range(0, table.Rows.Count).Where(i => !images.Exist[i])];
        int[] silent = [.. Enumerable.Range(0, table.Rows.Count).Where(i => table.Rows[i].Cells[report].Length == 0)];
        Say(unusable, "no image", table, allowMissing, notes, i => $"looked for {images.Paths[i]}");
        Say(silent, "no report", table, allowMissing, notes, i => $"such as line {table.Rows[i].Line}");
        return [.. Enumerable.Range(0, table.Rows.Count).Except(unusable).Except(silent).Select(i =>
        {
            string name = table.Rows[i].Cells[image];
            Match place = PlacePattern().Match(name.Replace('\\', '/'));
            return new ImageReport(name, images.Paths[i], table.Rows[i].Cells[report])
            {
                Patient = place.Success ? place.Groups["patient"].Value : null,
                Study = place.Success ? place.Groups["study"].Value : null,
            };
        })];
    }

    private static void Say(int[] rows, string what, PublishedTable table, bool allow, ICollection<string> notes, Func<int, string> where)
    {
        if (rows.Length == 0)
        {
            return;
        }

        string said = $"{table.File}: {rows.Length} of {table.Rows.Count} rows have {what} ({where(rows[0])})";
        notes.Add(rows.Length <= MostMissing * table.Rows.Count || allow ? $"{said} and were left out."
            : throw new RadaptException($"{said}; more than 5 % are accepted only with --allow-missing-images."));
    }

    // files/p10/p10000032/s50414267/02aa804e-….jpg
    [GeneratedRegex(@"(?:^|/)(?<patient>p\d{8})/(?<study>s\d{8})/")]
    private static partial Regex PlacePattern();
}
