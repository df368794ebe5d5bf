using Radapt.Datasets.Tables;
using Radapt.Imaging.Dicom;

namespace Radapt.Datasets.Published;

/// <summary>A data set's own CSV: cells by the name of their column.</summary>
internal sealed class PublishedTable
{
    private readonly CsvCells _cells;

    /// <summary>Reads a table.</summary>
    /// <param name="file">The CSV.</param>
    /// <param name="required">Columns that it must have.</param>
    /// <exception cref="RadaptException">It cannot be read, is malformed, has no rows or lacks a column.</exception>
    public PublishedTable(string file, params IEnumerable<string> required)
    {
        _cells = CsvCells.Read(file);
        string[] missing = [.. required.Where(r => !_cells.Header.Contains(r))];
        if (missing.Length > 0)
        {
            throw new RadaptException(
                $"{file} line 1: the column{(missing.Length > 1 ? "s" : "")} {string.Join(", ", missing.Select(m => $"'{m}'"))} "
                    + $"{(missing.Length > 1 ? "are" : "is")} missing; it has "
                    + $"{string.Join(", ", _cells.Header.Where(h => h.Length > 0).Take(20))}.");
        }

        if (_cells.Rows.Count == 0)
        {
            throw new RadaptException($"{file} has a header and no rows.");
        }
    }

    public string File => _cells.File;

    public IReadOnlyList<(int Line, string[] Cells)> Rows => _cells.Rows;

    /// <summary>The place of a column in a row's cells; -1 where there is none.</summary>
    public int Column(string name) => _cells.Header.ToList().IndexOf(name);

    /// <summary>Whether it has a column.</summary>
    public bool Has(string name) => _cells.Header.Contains(name);

    /// <summary>A row's value in the column by which images are grouped; null: none is asked for, or the cell is empty.</summary>
    /// <param name="options">The column.</param>
    /// <exception cref="RadaptException">There is no such column, nor a DICOM attribute of this name.</exception>
    public Func<string[], string?> Group(DataOptions options)
    {
        if (options.GroupColumn is not { } name || (DicomAttribute.IsKnown(name) && !Has(name)))
        {
            return _ => null;
        }

        int column = LabelTable.Find(_cells, name, "--subgroup");
        return cells => cells[column] is { Length: > 0 } value ? value : null;
    }

    /// <summary>An error about a cell, with file, line and column.</summary>
    public RadaptException Bad(int line, string column, string problem) => new($"{File} line {line}, column '{column}': {problem}.");
}
