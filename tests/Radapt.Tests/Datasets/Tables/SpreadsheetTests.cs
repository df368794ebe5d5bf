using System.Text;
using Radapt.Datasets;
using Radapt.Datasets.Tables;

namespace Radapt.Tests.Datasets.Tables;

public sealed class SpreadsheetTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Path => _folder["labels.xlsx"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_OrdinaryWorkbook_GivesTheCellsOfTheSheetAskedFor()
    {
        Workbook.Write(
            Path,
            ("Legend", [["0", "absent"]]),
            ("Befunde", [["Accession", "Größe <m>", "Erguss"], ["0012", "1.75", "1"], [], ["12345678901", "", "0"]]));
        CsvCells first = Spreadsheet.Read(Path, null, []);
        Assert.Equal(["0", "absent"], first.Header);
        CsvCells cells = Spreadsheet.Read(Path, "befunde", []);
        Assert.Equal(["Accession", "Größe <m>", "Erguss"], cells.Header);
        Assert.Equal([2, 4], cells.Rows.Select(r => r.Line));
        Assert.Equal(["0012", "1.75", "1"], cells.Rows[0].Cells);
        Assert.Equal(["12345678901", "", "0"], cells.Rows[1].Cells);
        Assert.Contains("it has Legend, Befunde", Refused(() => Spreadsheet.Read(Path, "Labels", [])), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_CellsOfEveryKind_GivesTheirValues()
    {
        Workbook.Write(Path, [("s", Workbook.SheetXml(
            "<row><c t=\"inlineStr\"><is><t>a</t></is></c><c "
                + "t=\"inlineStr\"><is><r><t>b</t></r><r><t>1</t></r><rPh><t>phonetic</t></rPh></is></c><c "
                + "t=\"str\"><f>1+1</f><v>c</v></c><c><v>1.0</v></c></row>"
            + "<row><c t=\"b\"><v>1</v></c><c><v>1.2345678E7</v></c><c t=\"e\"><v>#N/A</v></c><c s=\"1\"/></row>"))], null);
        CsvCells cells = Spreadsheet.Read(Path, null, []);
        Assert.Equal(["a", "b1", "c", "1"], cells.Header);
        Assert.Equal(["1", "12345678", "#N/A", ""], Assert.Single(cells.Rows).Cells);
    }

    public static TheoryData<string, string, string?> Hostile => new()
    {
        { "an external entity", "<!DOCTYPE w [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>"
            + Workbook.SheetXml("<row><c t=\"str\"><v>&x;</v></c></row>"), null },
        { "an entity in the strings", Workbook.SheetXml("<row><c t=\"s\"><v>0</v></c></row>"),
            "<!DOCTYPE s [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;&a;\">]><sst><si><t>&b;</t></si></sst>" },
        { "a cell far to the right", Workbook.SheetXml("<row><c r=\"XFD1\"><v>1</v></c></row>"), null },
        { "no XML", "sheet", null },
        { "XML that ends", "<worksheet><sheetData><row><c><v>1", null },
        { "nothing in the sheet", Workbook.SheetXml(""), null },
        { "a cell beyond the header", Workbook.SheetXml("<row><c><v>1</v></c></row><row><c r=\"C2\"><v>1</v></c></row>"), null },
        { "columns without end", Workbook.SheetXml("<row><c r=\"AAAAAAAAAAAAAAAAAAAAAAAAAA1\"><v>1</v></c></row>"), null },
    };

    [Theory]
    [MemberData(nameof(Hostile))]
    public void Read_HostileOrDamagedWorkbook_IsRefusedInOneLine(string what, string sheet, string? strings)
    {
        Workbook.Write(Path, [("s", sheet)], strings);
        string said = Refused(() => Spreadsheet.Read(Path, null, []));
        Assert.StartsWith(Path, said, StringComparison.Ordinal);
        Assert.DoesNotContain("root:", said + what, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_SheetThatUnpacksToMoreThanIsRead_IsRefusedInLittleMemory()
    {
        using (var archive = System.IO.Compression.ZipFile.Open(_folder["bomb.xlsx"], System.IO.Compression.ZipArchiveMode.Create))
        {
            Workbook.Write(Path, [("s", Workbook.SheetXml("<row><c><v>1</v></c></row>"))], null);
            using var source = System.IO.Compression.ZipFile.OpenRead(Path);
            foreach (System.IO.Compression.ZipArchiveEntry entry in source.Entries.Where(
                e => !e.FullName.Contains("sheet1", StringComparison.Ordinal)))
            {
                using Stream from = entry.Open();
                using Stream to = archive.CreateEntry(entry.FullName).Open();
                from.CopyTo(to);
            }

            using Stream sheet = archive.CreateEntry("xl/worksheets/sheet1.xml", System.IO.Compression.CompressionLevel.Fastest).Open();
            sheet.Write(Encoding.UTF8.GetBytes($"<worksheet xmlns=\"{Workbook.Main}\"><sheetData>"));
            byte[] rows = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("<row><c><v>1</v></c></row>", 10_000)));
            for (int i = 0; i < 400; i++)
            {
                sheet.Write(rows); // 100 MiB in all
            }
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains("million characters", Refused(() => Spreadsheet.Read(_folder["bomb.xlsx"], null, [])), StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1L << 30);
    }

    [Fact]
    public void Read_SparseSheetOfAMillionRows_CostsWhatIsThere()
    {
        Workbook.Write(Path,
            [("s", Workbook.SheetXml(
                "<row r=\"1\"><c r=\"A1\"><v>7</v></c><c r=\"ZZ1\"><v>8</v></c></row><row r=\"1048576\"><c "
                    + "r=\"B1048576\"><v>1</v></c></row>"))], null);
        CsvCells cells = Spreadsheet.Read(Path, null, []);
        Assert.Equal(702, cells.Header.Count);
        Assert.Equal(1_048_576, Assert.Single(cells.Rows).Line);
    }

    [Theory]
    [InlineData("PK\x3\x4 and no archive")]
    [InlineData("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 of an old workbook")]
    public void Cells_NoWorkbookInsideWhateverTheName_IsRefusedInOneLine(string content)
    {
        File.WriteAllBytes(Path, Encoding.Latin1.GetBytes(content));
        Assert.Contains("CSV", Refused(() => LabelTable.Cells(Path, new DataOptions(), [])), StringComparison.Ordinal);
    }

    [Fact]
    public void Cells_ZipThatIsNoWorkbook_IsRefused()
    {
        using (var archive = System.IO.Compression.ZipFile.Open(Path, System.IO.Compression.ZipArchiveMode.Create))
        {
            archive.CreateEntry("readme.txt");
        }

        Assert.Contains("not an Excel workbook", Refused(() => LabelTable.Cells(Path, new DataOptions(), [])), StringComparison.Ordinal);
    }

    [Fact]
    public void Cells_SheetOfATextTable_IsRefused()
    {
        File.WriteAllText(_folder["a.csv"], "image,f\na.png,1\n");
        Assert.Contains("--sheet is only for Excel workbooks", Refused(() => LabelTable.Cells(_folder["a.csv"], new DataOptions
        {
            Sheet = "x",
        }, [])), StringComparison.Ordinal);
    }

    public static TheoryData<string, string> Encodings => new()
    {
        { "utf-8", "," }, { "utf-8-bom", ";" }, { "utf-16-le", "\t" }, { "utf-16-be", ";" }, { "utf-16-le-bom", "," },
            { "utf-16-be-bom", "\t" }, { "windows-1252", ";" }, { "windows-1252", "|" },
    };

    [Theory]
    [MemberData(nameof(Encodings))]
    public void Read_TextOfAnyEncodingAndDelimiter_GivesTheSameCells(string encoding, string delimiter)
    {
        string text = string.Join("\r\n", new[] { "Befund – Größe,Müller,Pleuraerguß", "„a“,übrig,1", "b,Ärger,0" })
            .Replace(",", delimiter, StringComparison.Ordinal) + "\r\n";
        byte[] bytes = encoding switch
        {
            "utf-8" => Encoding.UTF8.GetBytes(text),
            "utf-8-bom" => [.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(text)],
            "utf-16-le" => Encoding.Unicode.GetBytes(text),
            "utf-16-be" => Encoding.BigEndianUnicode.GetBytes(text),
            "utf-16-le-bom" => [.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes(text)],
            "utf-16-be-bom" => [.. Encoding.BigEndianUnicode.Preamble, .. Encoding.BigEndianUnicode.GetBytes(text)],
            _ => CodePagesEncodingProvider.Instance.GetEncoding(1252)!.GetBytes(text),
        };
        File.WriteAllBytes(_folder["t.csv"], bytes);
        CsvCells cells = CsvCells.Read(_folder["t.csv"]);
        Assert.Equal(["Befund – Größe", "Müller", "Pleuraerguß"], cells.Header);
        Assert.Equal(["„a“", "übrig", "1"], cells.Rows[0].Cells);
        Assert.Equal("Ärger", cells.Rows[1].Cells[1]);
    }

    [Fact]
    public void Read_ExcelsStatedDelimiter_IsObeyedAndLinesStayThoseOfTheFile()
    {
        File.WriteAllText(_folder["t.csv"], "sep=;\r\na,b;c\r\n1,2;3\r\n");
        CsvCells cells = CsvCells.Read(_folder["t.csv"]);
        Assert.Equal(["a,b", "c"], cells.Header);
        Assert.Equal(3, Assert.Single(cells.Rows).Line);
    }

    private static string Refused(Action read) => Assert.Throws<RadaptException>(read).Message;
}
