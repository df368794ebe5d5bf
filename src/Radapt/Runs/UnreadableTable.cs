using System.Globalization;
using Radapt.Datasets;
using Radapt.Datasets.Tables;

namespace Radapt.Runs;

/// <summary>The images that a run left out because they cannot be read, as CSV in its folder: a resumed run leaves out the same.</summary>
internal static class UnreadableTable
{
    public const string FileName = "unreadable.csv";

    /// <summary>Writes the table, with keyed names where predictions have those.</summary>
    public static void Write(string path, IEnumerable<UnreadableRow> rows, NameKey names) => AtomicFile.WriteText(
        path,
        "image,split,line,error\n" + string.Concat(rows.Select(r => string.Create(CultureInfo.InvariantCulture,
            $"{CsvCells.Written(names.Name(r.Image.Name))},{r.Part},{r.Image.Line},{CsvCells.Written(r.Reason)}\n"))));

    /// <summary>Whether an image of a part is in the table; in none where there is no table.</summary>
    public static Func<LabelledImage, string, bool> Read(string path, NameKey names)
    {
        if (!File.Exists(path))
        {
            return (_, _) => false;
        }

        HashSet<(string, string)> leftOut = [.. CsvCells.Read(path).Rows.Select(r => (r.Cells[0], r.Cells[1]))];
        return (image, part) => leftOut.Contains((names.Name(image.Name), part));
    }
}
