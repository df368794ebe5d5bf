using Radapt.Datasets;

namespace Radapt.Tests.Datasets.Tables;

/// <summary>WORKFLOW C6: cover sheets, titles above the header, and findings on another sheet.</summary>
public sealed class SheetChoiceTests : IDisposable
{
    private static readonly string[][] s_findings = [["image", "Kardiomegalie", "Alter"], ["a.png", "ja", "40"], ["b.png", "nein", "41"]];
    private static readonly string[][] s_cover = [["Studie Röntgen Thorax 2023"], ["Ansprechpartner: Dr. Groß"]];
    private static readonly string[][] s_legend = [["0", "nein"], ["1", "ja"]];

    private readonly LabelFolder _folder = new();
    private readonly List<string> _notes = [];

    public SheetChoiceTests() => _folder.Images("a.png", "b.png");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_CoverSheetBeforeTheFindings_IsPassedOverAndSaid()
    {
        AssertFindings(Read([("Deckblatt", s_cover), ("Legende", s_legend), ("Befunde", s_findings)]));
        Assert.Contains(_notes, n =>
            n.EndsWith("sheet 'Befunde' is read, since 'Deckblatt' before it contains no findings (--sheet reads another).",
            StringComparison.Ordinal));
    }

    [Fact]
    public void Read_FindingsOnTwoSheets_ReadsTheFirstAndNamesTheOther()
    {
        AssertFindings(Read([("2022", s_findings), ("2023", s_findings)]));
        Assert.Contains(_notes, n => n.EndsWith("only sheet '2022' is read; '2023' contains findings, too (--sheet reads another).",
            StringComparison.Ordinal));
        AssertFindings(Read([("2022", s_findings), ("2023", s_findings)], new DataOptions { Sheet = "2023" }));
        Assert.DoesNotContain(_notes, n => n.Contains("contains findings, too", StringComparison.Ordinal));
    }

    [Fact]
    public void Read_SheetWithoutFindings_IsRefusedWithTheOtherSheets()
    {
        string said = Assert.Throws<RadaptException>(() =>
            Read([("Deckblatt", s_cover), ("Notizen", [["image", "wer"], ["a.png", "Dr. Groß"]])])).Message;
        Assert.EndsWith("The workbook has other sheets (--sheet NAME reads one): 'Deckblatt'.", said, StringComparison.Ordinal);
        said = Assert.Throws<RadaptException>(() => Read([("Befunde", s_findings)], new DataOptions { Sheet = "Befund" })).Message;
        Assert.Contains("it has Befunde", said, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_FindingsOnlyOnAHiddenSheet_AreNamedAndNotReadUnasked()
    {
        string Xml(string[][] rows) => Workbook.SheetXml(string.Concat(rows.Select((row, r) =>
            $"<row r=\"{r + 1}\">{string.Concat(row.Select((c, i) => $"<c r=\"{(char)('A' + i)}{r + 1}\" t=\"inlineStr\"><is><t>{c}</t></is></c>"))}</row>")));
        Workbook.Write(_folder["t.xlsx"], [("Blatt", Xml([["image", "wer"], ["a.png", "Dr. Groß"]])), ("Befunde", Xml(s_findings))], null,
            "Befunde");
        string said = Assert.Throws<RadaptException>(() => DataReader.ReadOne(_folder["t.xlsx"], new DataOptions())).Message;
        Assert.EndsWith("The workbook has other sheets (--sheet NAME reads one): 'Befunde' (hidden).", said, StringComparison.Ordinal);
        AssertFindings(DataReader.ReadOne(_folder["t.xlsx"], new DataOptions { Sheet = "Befunde" }));
    }

    // A title, a date, and names of groups of columns (merged in the workbook, so stored in the first cell).
    [Theory]
    [InlineData("Studie Röntgen Thorax 2023")]
    [InlineData("Studie Röntgen Thorax 2023|Stand: 1.2.2023")]
    [InlineData("Bild,,Person")]
    public void Read_TitleAboveTheHeader_IsPassedOverAndSaid(string title)
    {
        string[][] lines = [.. title.Split('|').Select(l => l.Split(','))];
        AssertFindings(Read([("Befunde", [.. lines, .. s_findings])]));
        string text = string.Join('\n', lines.Concat(s_findings).Select(r => string.Join(';', r)));
        Assert.Contains(_notes, n => n.Contains($"{lines.Length} row{(lines.Length == 1 ? "" : "s")} above it", StringComparison.Ordinal));
        AssertFindings(DataReader.ReadOne(_folder.Write("t.csv", text), new DataOptions()));
    }

    private LabelledImages Read((string, string[][])[] sheets, DataOptions? options = null)
    {
        _notes.Clear();
        Workbook.Write(_folder["t.xlsx"], sheets);
        return DataReader.ReadOne(_folder["t.xlsx"], options ?? new DataOptions(), notes: _notes);
    }

    private static void AssertFindings(LabelledImages images)
    {
        Assert.Equal(["Kardiomegalie"], images.Findings);
        Assert.Equal([("a.png", 1), ("b.png", 0)], images.Items.Select(i => (i.Name, (int)i.Labels[0])));
    }
}
