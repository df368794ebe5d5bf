using Radapt.Datasets.Tables;

namespace Radapt.Datasets.Published;

/// <summary>An X-ray image of the collection.</summary>
/// <param name="Row">Its row, with labels for all of <see cref="CovidFindings.Names"/>, patient and view.</param>
/// <param name="IsRead">Whether the table gives its finding; if not, its labels are unknown.</param>
/// <param name="IsFrontal">Whether its view is PA or AP, lying patients included.</param>
internal sealed record CovidImage(LabelRow Row, bool IsRead, bool IsFrontal);

/// <summary>The collection's <c>metadata.csv</c>, or a <c>findings.csv</c> with the columns image, patientid, view and finding.</summary>
internal sealed record CovidTable(string File, IReadOnlyList<CovidImage> Images, int OtherModalities)
{
    private static readonly string[] s_files = ["metadata.csv", "findings.csv"];

    /// <summary>The table of a folder; null where it has none.</summary>
    public static string? Find(string folder) => s_files.Select(f => Path.Combine(folder, f)).FirstOrDefault(System.IO.File.Exists);

    /// <summary>Reads a table; images of another modality than X-ray are counted and left out.</summary>
    /// <exception cref="RadaptException">A column is missing, or a cell is none of the collection's.</exception>
    public static CovidTable Read(string file, DataOptions options)
    {
        string image = Path.GetFileName(file) == "metadata.csv" ? "filename" : "image";
        var table = new PublishedTable(file, image, "patientid", "view", "finding");
        (int name, int patient, int view, int finding) =
            (table.Column(image), table.Column("patientid"), table.Column("view"), table.Column("finding"));
        int modality = table.Column("modality");
        Func<string[], string?> group = table.Group(options);
        var images = new List<CovidImage>(table.Rows.Count);
        foreach ((int line, string[] cells) in table.Rows)
        {
            if (modality >= 0 && !cells[modality].Equals("X-ray", StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            if (cells[name].Length == 0)
            {
                throw table.Bad(line, image, "the image's name is empty");
            }

            sbyte[]? labels = CovidFindings.Parse(cells[finding], unknown => table.Bad(line, "finding",
                $"'{unknown}' is not a finding of the collection ({string.Join(", ", CovidFindings.Names)}, or Unknown)"));
            var row = new LabelRow(line, cells[name], NullIfEmpty(cells[patient]), null, labels
                ?? [.. CovidFindings.Names.Select(_ => (sbyte)-1)])
            {
                View = NullIfEmpty(cells[view]),
                Group = group(cells),
            };
            images.Add(new CovidImage(row, labels is not null, row.View?.Split(' ')[0] is "PA" or "AP"));
        }

        return new CovidTable(file, images, table.Rows.Count - images.Count);
    }

    private static string? NullIfEmpty(string cell) => cell.Length > 0 ? cell : null;
}
