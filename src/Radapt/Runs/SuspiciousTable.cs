using Radapt.Datasets;

namespace Radapt.Runs;

/// <summary>The images that a look at all pixels found suspicious, as CSV in the run folder; they are used anyway.</summary>
internal static class SuspiciousTable
{
    public const string FileName = "suspicious.csv";

    /// <summary>Writes the table, with keyed names where predictions have those.</summary>
    public static void Write(string path, IEnumerable<(LabelledImage Image, string Part, string What)> rows, NameKey names) =>
        AtomicFile.WriteText(path, "image,split,line,what\n" + string.Concat(
            rows.Select(r => UnreadableTable.Row(r.Image, r.Part, r.What, names))));
}
