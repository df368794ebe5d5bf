using System.Xml;

namespace Radapt.Datasets.Tables;

/// <summary>
/// Which sheet of a workbook is read: the one that is named, else the first that is not hidden and holds findings, since cover sheets and
/// legends come first as often as not. What is passed over is said.
/// </summary>
/// <param name="file">The workbook.</param>
/// <param name="parts">Its parts.</param>
/// <param name="shared">Texts that cells refer to.</param>
/// <param name="dates">Which cells are days.</param>
internal sealed class SheetChoice(string file, WorkbookParts parts, string[] shared, CellDates dates)
{
    private const int Previewed = 200; // rows that tell what a sheet is about
    private const int MostSheets = 50;

    /// <summary>Reads the sheet.</summary>
    /// <param name="name">The sheet's name; null: it is chosen.</param>
    /// <param name="isWanted">Whether the first rows of a sheet look like what is wanted.</param>
    /// <param name="notes">Receives lines to print.</param>
    /// <exception cref="RadaptException">There is none of this name, or it is empty.</exception>
    public CsvCells Read(string? name, Func<CsvCells, bool> isWanted, ICollection<string> notes)
    {
        IReadOnlyList<WorkbookSheet> sheets = parts.Sheets();
        WorkbookSheet sheet = name is null ? Choose(sheets, isWanted, notes)
            : sheets.FirstOrDefault(s => s.Title.Equals(name, StringComparison.OrdinalIgnoreCase))
            ?? throw new RadaptException(
                $"--sheet {name}: {file} has no such sheet; it has {string.Join(", ", sheets.Take(30).Select(s => s.Title))}.");
        return new SheetReader(file, shared, dates).Read(parts.Open(sheet), notes) with
        {
            OtherSheets = name is null ? [.. sheets.Where(s => s != sheet).Select(s => s.Shown)] : [],
        };
    }

    private WorkbookSheet Choose(IReadOnlyList<WorkbookSheet> sheets, Func<CsvCells, bool> isWanted, ICollection<string> notes)
    {
        if (sheets.Count == 0)
        {
            throw new RadaptException($"{file} has no sheet.");
        }

        WorkbookSheet[] visible = [.. sheets.Where(s => !s.IsHidden)];
        if (visible.Length == 0)
        {
            notes.Add($"{file}: all sheets are hidden; the first, '{sheets[0].Title}', is read.");
            return sheets[0];
        }

        WorkbookSheet[] wanted = visible.Length == 1 ? visible
            : [.. visible.Take(MostSheets).Where(s => Preview(s) is { } cells && isWanted(cells))];
        WorkbookSheet sheet = wanted.Length > 0 ? wanted[0] : Array.Find(visible, s => Preview(s) is { } cells && IsTable(cells))
            ?? visible[0];
        if (sheets[0].IsHidden)
        {
            notes.Add($"{file}: sheet '{sheet.Title}' is read, since '{sheets[0].Title}' before it is hidden (--sheet reads a hidden one).");
        }
        else if (sheet != visible[0])
        {
            notes.Add($"{file}: sheet '{sheet.Title}' is read, since '{visible[0].Title}' before it contains no findings (--sheet reads another).");
        }

        if (wanted.Length > 1)
        {
            notes.Add($"{file}: only sheet '{sheet.Title}' is read; {string.Join(", ", wanted.Skip(1).Select(s => s.Shown))} "
                + $"contain{(wanted.Length == 2 ? "s" : "")} findings, too (--sheet reads another).");
        }

        return sheet;
    }

    private static bool IsTable(CsvCells cells) => cells.Rows.Count > 0 && cells.Header.Count(h => h.Length > 0) > 1;

    // Null: nothing can be read of it, which is no matter unless it is the one.
    private CsvCells? Preview(WorkbookSheet sheet)
    {
        try
        {
            return new SheetReader(file, shared, dates, Previewed).Read(parts.Open(sheet), []);
        }
        catch (Exception e) when (e is RadaptException or XmlException or InvalidDataException)
        {
            return null;
        }
    }
}
