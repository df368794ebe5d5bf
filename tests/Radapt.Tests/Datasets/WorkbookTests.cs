using System.Text;
using Radapt.Datasets;
using Radapt.Datasets.Tables;

namespace Radapt.Tests.Datasets;

/// <summary>What users' workbooks hold beyond plain cells.</summary>
public sealed class WorkbookTests : IDisposable
{
    private const string Header =
        "<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>image</t></is></c><c r=\"B1\" t=\"inlineStr\"><is><t>F</t></is></c></row>";
    private readonly TemporaryFolder _folder = new();
    private readonly List<string> _notes = [];

    public void Dispose() => _folder.Dispose();

    // S5
    [Fact]
    public void Read_TextThatTheWorkbookDoesNotHold_IsSaidWithItsCell() => Assert.Contains(
        "cell B2: it refers to a text that the workbook does not contain",
            Refused(Header + "<row r=\"2\"><c r=\"B2\" t=\"s\"><v>7</v></c></row>"), StringComparison.Ordinal);

    // S6
    [Fact]
    public void Read_FormulasWithoutResult_AreRefusedWithTheirLines()
    {
        Write(Header
            + "<row r=\"2\"><c r=\"A2\" t=\"inlineStr\"><is><t>a.png</t></is></c><c r=\"B2\"><f>1</f></c></row><row r=\"3\"><c r=\"A3\" "
            + "t=\"inlineStr\"><is><t>b.png</t></is></c><c r=\"B3\"><f>1</f><v>1</v></c></row>");
        string said =
            Assert.Throws<RadaptException>(() => LabelTable.Read(_folder["t.xlsx"], new DataOptions(), _notes, withSplits: false)).Message;
        Assert.Contains("column 'F': 1 cell holds a formula without a saved result (line 2)", said, StringComparison.Ordinal);
    }

    // S11
    [Theory]
    [InlineData("_x0041_", "A")]
    [InlineData("_x005F_x0041_", "_x0041_")]
    [InlineData("a_x000A_b", "a\nb")]
    [InlineData("_xyz_", "_xyz_")]
    public void Unescape_EscapesOfTheStandard_GiveTheText(string stored, string text) => Assert.Equal(text, CellText.Unescape(stored));

    // WORKFLOW C8: a split table repeats the source's columns, days as people see them.
    [Theory]
    [InlineData(1, "44928", "2023-01-02")]                // a built-in format
    [InlineData(2, "44928", "2023-01-02")]                // dd.mm.yyyy
    [InlineData(2, "44928.5", "2023-01-02 12:00:00")]
    [InlineData(3, "44928", "44928")]                     // "d" in quotes and in a condition is no day
    [InlineData(0, "44928", "44928")]
    [InlineData(9, "44928", "44928")]                     // a style that the workbook lacks
    [InlineData(1, "1", "1")]                             // a label in a column that is formatted as days
    [InlineData(1, "-3", "-3")]
    [InlineData(1, "44928", "2027-01-03", true)]
    public void Read_CellThatIsShownAsADay_IsThatDay(int style, string stored, string expected, bool from1904 = false)
    {
        string styles = $"<styleSheet xmlns=\"{Workbook.Main}\"><numFmts><numFmt numFmtId=\"164\" formatCode=\"dd\\.mm\\.yyyy\"/>"
            + "<numFmt numFmtId=\"165\" formatCode=\"[Red]0&quot; days&quot;\"/></numFmts>"
            + "<cellStyleXfs><xf numFmtId=\"14\"/></cellStyleXfs>"
            + "<cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/><xf numFmtId=\"164\"/><xf numFmtId=\"165\"/></cellXfs></styleSheet>";
        Workbook.Write(_folder["t.xlsx"], [("t", Workbook.SheetXml(
            $"{Header}<row r=\"2\"><c r=\"A2\"><v>7</v></c><c r=\"B2\" s=\"{style}\"><v>{stored}</v></c></row>"))], null, styles, from1904);
        Assert.Equal(expected, Spreadsheet.Read(_folder["t.xlsx"], null, _notes).Rows[0].Cells[1]);
    }

    // W
    [Fact]
    public void Read_CellMergedOverRows_HoldsForAllOfThem()
    {
        Write(Header + string.Concat(Enumerable.Range(2, 4)
            .Select(r =>
                $"<row r=\"{r}\"><c r=\"A{r}\" "
                    + $"t=\"inlineStr\"><is><t>{r}.png</t></is></c>{(r is 2 or 5 ? $"<c r=\"B{r}\"><v>{r}</v></c>" : "")}</row>")),
                    "<mergeCells><mergeCell ref=\"B2:B4\"/></mergeCells>");
        Assert.Equal(["2", "2", "2", "5"], Spreadsheet.Read(_folder["t.xlsx"], null, _notes).Rows.Select(r => r.Cells[1]));
        Assert.Contains("2 were empty", Assert.Single(_notes), StringComparison.Ordinal);
    }

    // W
    [Theory]
    [InlineData(new[] { "Lists" }, "Data", "sheet 'Data' is read, since 'Lists' before it is hidden")]
    [InlineData(new[] { "Lists", "Data" }, "Lists", "all sheets are hidden; the first, 'Lists', is read")]
    public void Read_HiddenFirstSheet_TakesTheFirstThatIsShown(string[] hidden, string expected, string note)
    {
        string Row(string value) => $"<row r=\"2\"><c r=\"A2\" t=\"inlineStr\"><is><t>{value}</t></is></c></row>";
        string Sheet(string value) => $"<worksheet xmlns=\"{Workbook.Main}\"><sheetData>{Header}{Row(value)}</sheetData></worksheet>";
        Workbook.Write(_folder["t.xlsx"], [("Lists", Sheet("Lists")), ("Data", Sheet("Data"))], null, hidden);
        Assert.Equal(expected, Spreadsheet.Read(_folder["t.xlsx"], null, _notes).Rows[0].Cells[0]);
        Assert.Contains(_notes, n => n.Contains(note, StringComparison.Ordinal));
        Assert.Equal("Lists", Spreadsheet.Read(_folder["t.xlsx"], "lists", _notes).Rows[0].Cells[0]); // asked for, it is read
    }

    // K14
    [Fact]
    public void Read_XmlDeeperOrWiderThanAnyTable_IsRefusedByTheLimit()
    {
        Assert.Contains("nested more than 64 levels deep", Refused(string.Concat(Enumerable.Repeat("<a>", 1_000_000))),
            StringComparison.Ordinal);
        var wide = new StringBuilder("<row ");
        for (int i = 0; i < 1_000_000; i++)
        {
            wide.Append('a').Append(i).Append("=\"\" ");
        }

        Assert.Contains("more than 64 attributes", Refused(wide.Append("/>").ToString()), StringComparison.Ordinal);
        Write(Header + "<!-- <a> <b> > --><row r=\"2\"><c r=\"A2\" t=\"inlineStr\"><is><t><![CDATA[<x>]]></t></is></c></row>");
        Assert.Equal("<x>", Spreadsheet.Read(_folder["t.xlsx"], null, _notes).Rows[0].Cells[0]);
    }

    // S5, S11, R8, W: files of programs that follow the standard in their own ways
    [Theory]
    [InlineData("b_SharedStrings_case")]
    [InlineData("c_sheet_case")]
    [InlineData("d_backslashes")]
    [InlineData("f_dotdot_targets")]
    public void Read_PartNamesInOtherSpellings_IsThePlainTable(string name)
    {
        string folder = Path.Combine(SharedCases, "xlsx");
        Assert.SkipUnless(Directory.Exists(folder), "the cases are not here");
        CsvCells plain = Spreadsheet.Read(Path.Combine(folder, "a_plain.xlsx"), null, _notes);
        CsvCells other = Spreadsheet.Read(Path.Combine(folder, name + ".xlsx"), null, _notes);
        Assert.Equal(plain.Header, other.Header);
        Assert.Equal(plain.Rows.Select(r => r.Cells), other.Rows.Select(r => r.Cells));
    }

    private static string SharedCases => Path.GetFullPath(Path.Combine(Repository.Root, "..", "shared", "cases", "data"));

    private string Refused(string rows)
    {
        Write(rows);
        return Assert.Throws<RadaptException>(() => Spreadsheet.Read(_folder["t.xlsx"], null, _notes)).Message;
    }

    private void Write(string rows, string after = "")
    {
        File.Delete(_folder["t.xlsx"]);
        Workbook.Write(_folder["t.xlsx"],
            [("Sheet", $"<worksheet xmlns=\"{Workbook.Main}\"><sheetData>{rows}</sheetData>{after}</worksheet>")], null);
    }
}
