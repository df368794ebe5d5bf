using System.Text;
using Radapt.Datasets.Tables;

namespace Radapt.Datasets.Checks;

/// <summary>Writes problems for a spreadsheet: image, kind, severity, what, other_image.</summary>
internal static class ProblemTable
{
    /// <summary>Writes a table with a line a problem, also where there is none.</summary>
    /// <exception cref="RadaptException">It cannot be written.</exception>
    public static void Write(string path, IReadOnlyList<DataProblem> problems)
    {
        ArgumentNullException.ThrowIfNull(problems);
        var text = new StringBuilder("image,kind,severity,what,other_image\n");
        foreach (DataProblem p in problems)
        {
            text.AppendJoin(',', new[] { p.Image ?? "", p.KindName, p.SeverityName, p.What, p.Other
                ?? "" }.Select(CsvCells.Written)).Append('\n');
        }

        AtomicFile.WriteText(path, text.ToString());
    }
}
