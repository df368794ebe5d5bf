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
        "image,split,line,error\n" + string.Concat(rows.Select(r => Row(r.Image, r.Part, r.Reason, names))));

    /// <summary>A line of a table on images: name, part, line in the data's table, what is said of it.</summary>
    public static string Row(LabelledImage image, string part, string what, NameKey names) => string.Create(CultureInfo.InvariantCulture,
        $"{CsvCells.Written(names.Name(image.Name))},{part},{image.Line},{CsvCells.Written(what)}\n");

    /// <summary>
    /// Why an image of a part is in the table; null: it is not, or there is no table. Rows without a part are of images in any part.
    /// </summary>
    public static Func<LabelledImage, string, string?> Read(string path, NameKey names)
    {
        if (!File.Exists(path))
        {
            return (_, _) => null;
        }

        var leftOut = new Dictionary<(string, string), string>();
        foreach ((_, string[] cells) in CsvCells.Read(path).Rows)
        {
            leftOut[(cells[0], cells[1])] = cells[3];
        }

        return (image, part) =>
        {
            string name = names.Name(image.Name);
            return leftOut.GetValueOrDefault((name, part)) ?? leftOut.GetValueOrDefault((name, ""));
        };
    }
}
