using Radapt.Datasets;
using Radapt.Datasets.Tables;

namespace Radapt.Runs;

/// <summary>
/// The split that was drawn for a run, as CSV in its folder: <c>image,patient,split</c>, with keyed names where predictions have those.
/// </summary>
internal static class DrawnSplitTable
{
    public const string FileName = "split.csv";

    /// <summary>Writes the table.</summary>
    public static void Write(string path, IEnumerable<(LabelledImage Image, string Part)> drawn, NameKey names) => AtomicFile.WriteText(
        path,
        "image,patient,split\n" + string.Concat(drawn.Select(d =>
            $"{CsvCells.Written(names.Name(d.Image.Name))},{CsvCells.Written(d.Image.Patient is { } patient ? names.Name(patient) : "")},{d.Part}\n")));

    /// <summary>The rows of a fold's table that it tested, with the fold in place of the part.</summary>
    public static IEnumerable<string> Tested(string path, int fold)
    {
        const string Part = ",test";
        return File.ReadLines(path).Where(l => l.EndsWith(Part, StringComparison.Ordinal)).Select(l => $"{l[..^Part.Length]},{fold}\n");
    }

    /// <summary>Refuses data whose split, drawn again, is not that of the run, since images learned from would be measured.</summary>
    /// <param name="folder">The run.</param>
    /// <param name="data">The data as it is now.</param>
    /// <exception cref="RadaptException">Images or patients came or went since.</exception>
    public static void RequireSame(string folder, DataSplits data)
    {
        string? then = RunRecord.Read(folder)?.Data?.Split?.Fingerprint;
        if (then is not null && then != DataFingerprint.Split(data))
        {
            throw new RadaptException(
                $"{folder}: its split was drawn, and images, patients or labels have changed since. If the split were drawn again, the run could be tested on "
                    + "images that it was trained on. Restore the data, or evaluate other images with --data.");
        }
    }
}
