namespace Radapt.Datasets.Tables;

/// <summary>
/// How the cells of one column are read as labels. A cell is 1, 0 or unknown by <c>--values</c>, else by <see cref="LabelWords"/>. Two
/// readings depend on the rest of the column, and are said:
/// a dash is absent beside plus signs or crosses, unknown where the column has another word for absent, and refused beside other words for
/// present; empty cells of a column that has nothing but crosses are absent, since people tick what they see.
/// </summary>
internal sealed class ColumnReading
{
    // A column is a finding with slips in it, rather than something else, if so many of its cells are labels for each that is not. Words
    // such as "no" occur among remarks; 0 and 1 hardly do.
    private const int WordsPerSlip = 4;

    private readonly CsvCells _cells;
    private readonly GivenValues _given;
    private readonly int[] _counts = new int[Enum.GetValues<LabelWord>().Length];
    private readonly Dictionary<string, (LabelWord Word, sbyte? Label)> _read = new(StringComparer.Ordinal);
    private readonly int[] _labels = new int[3]; // unknown, absent, present
    private readonly bool _hasWords;
    private int _empty;

    private ColumnReading(CsvCells cells, int column, GivenValues given)
    {
        (_cells, Column, _given) = (cells, column, given);
        foreach ((int line, string[] row) in cells.Rows)
        {
            string cell = row[column];
            if (!_read.TryGetValue(cell, out (LabelWord Word, sbyte? Label) read))
            {
                read = _read[cell] = (LabelWords.Read(cell), given.Find(cell));
            }

            _empty += cell.Length == 0 ? 1 : 0;
            _counts[(int)(read.Label is null ? read.Word : LabelWord.Unknown)]++; // what is given says nothing of the column's own way
            Bad += read is { Label: null, Word: LabelWord.Other } ? 1 : 0;
            FirstBad ??= read is { Label: null, Word: LabelWord.Other } ? (line, cell) : null;
            _hasWords |= read is { Label: null, Word: LabelWord.Present or LabelWord.Absent or LabelWord.Tick }
                && !char.IsAsciiDigit(cell[0]);
        }

        foreach ((int _, string[] row) in cells.Rows)
        {
            if (Label(row[column]) is { } label)
            {
                _labels[label + 1]++;
            }
        }
    }

    /// <summary>Which column.</summary>
    public int Column { get; }

    /// <summary>Cells that are not labels.</summary>
    public int Bad { get; }

    /// <summary>The first of them.</summary>
    public (int Line, string Cell)? FirstBad { get; }

    /// <summary>How often the finding is present, absent and unknown.</summary>
    public LabelCounts Labels => new(_labels[2], _labels[1], _labels[0]);

    /// <summary>Cells that say present or absent.</summary>
    public int Known => _labels[1] + _labels[2];

    /// <summary>The column is a finding with a slip in it: better an error than a finding that is lost unseen.</summary>
    public bool IsSlip => Bad > 0 && Known > 0 && Known >= (_hasWords ? WordsPerSlip : 1) * Bad;

    /// <summary>Present and absent both occur.</summary>
    public bool Varies => _labels[1] > 0 && _labels[2] > 0;

    /// <summary>Reads a column.</summary>
    public static ColumnReading Read(CsvCells cells, int column, GivenValues given) => new(cells, column, given);

    /// <summary>Whether a cell may be a label by itself; images are not named so.</summary>
    public static bool MayBeLabel(string cell) => LabelWords.Read(cell) != LabelWord.Other;

    /// <summary>The label of a cell of this column: 1, 0, -1 (unknown); null: it is none.</summary>
    public sbyte? Label(string cell)
    {
        (LabelWord word, sbyte? given) = _read[cell];
        return given ?? word switch
        {
            LabelWord.Present or LabelWord.Tick or LabelWord.Plus => 1,
            LabelWord.Absent => 0,
            LabelWord.Dash => (sbyte)(DashIsAbsent ? 0 : -1),
            LabelWord.Unknown => (sbyte)(cell.Length == 0 && IsTickList ? 0 : -1),
            _ => null,
        };
    }

    /// <summary>What a column of labels says of present and absent that could be read otherwise; empty: nothing.</summary>
    public IEnumerable<string> Notes()
    {
        string name = $"column '{_cells.Header[Column]}'";
        if (Count(LabelWord.Dash) is > 0 and var dashes)
        {
            yield return DashIsAbsent
                ? $"{name}: {dashes} '-' read as absent, because the column has '{(Count(LabelWord.Plus) > 0 ? "+" : "x")}' for present (--values=-= makes them unknown)"
                : $"{name}: {dashes} '-' read as unknown, because the column has another word for absent (--values=-=0 makes them absent)";
        }

        if (IsTickList && _empty > 0 && _given.Find("") is null)
        {
            yield return $"{name} contains only crosses: its {_empty} empty cells are read as absent (--values== makes them unknown)";
        }
    }

    /// <summary>Refuses a dash that means absent or unknown, and nothing tells which.</summary>
    /// <exception cref="RadaptException">It has one.</exception>
    public void RequireClearDashes()
    {
        if (Count(LabelWord.Dash) is > 0 and var dashes && !DashIsAbsent && Count(LabelWord.Absent) == 0 && Count(LabelWord.Present) > 0)
        {
            throw new RadaptException(
                $"{_cells.File}, column '{_cells.Header[Column]}': {dashes} cell{(dashes == 1 ? " is" : "s are")} '-', and no other cell "
                    + "says absent. If '-' means absent, give --values=-=0; if it means unknown, give --values=-= .");
        }
    }

    private bool DashIsAbsent => Count(LabelWord.Absent) == 0 && Count(LabelWord.Plus) + Count(LabelWord.Tick) > 0;

    private bool IsTickList => Count(LabelWord.Tick) > 0
        && Count(LabelWord.Present) + Count(LabelWord.Absent) + Count(LabelWord.Plus) + Count(LabelWord.Dash) == 0;

    private int Count(LabelWord word) => _counts[(int)word];
}
