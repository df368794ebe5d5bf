using Radapt.Datasets;
using Radapt.Datasets.Matching;
using Radapt.TestData.Dicom;

namespace Radapt.Tests.Datasets.Matching;

/// <summary>Ways of matching that contradict each other, and ways by patient and day.</summary>
public sealed class MatchChoiceTests : IDisposable
{
    private const int Count = 40;
    private readonly LabelFolder _folder = new();
    private readonly List<string> _notes = [];

    public void Dispose() => _folder.Dispose();

    // WORKFLOW A1: the running number of the table equals the running number of the file's name, but means another image. One accession
    // number is not in the export, so that both match as many rows.
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Read_RunningNumberAgainstAccession_TakesTheAccessionAndSaysSo(int missing)
    {
        WriteFiles(i => i < Count - missing);
        MatchedTable matched = Read(WriteTable("Nr;Accession", i => $"{i + 1};{Accession(i)}"));
        AssertRightFiles(matched);
        Assert.Equal("Accession", matched.Choices.Single(c => c.Option == "image-column").Value);
        string note = Assert.Single(_notes, n => n.Contains("column 'Nr'", StringComparison.Ordinal)
            && n.Contains("not used", StringComparison.Ordinal));
        Assert.Contains("bare numbers often coincide (--image-column Nr --match stem uses it anyway)", note,
            StringComparison.Ordinal);
    }

    // A1: with half of the export there, nobody can tell.
    [Fact]
    public void Read_RunningNumberAgainstFewAccessions_StopsAndShowsBoth()
    {
        WriteFiles(_ => true, i => i < 12 ? Accession(i) : "other" + i);
        string table = WriteTable("Nr;Accession", i => $"{i + 1};{Accession(i)}");
        string said = Assert.Throws<RadaptException>(() => Read(table)).Message;
        Assert.Contains("rows can be matched to files in two ways that contradict each other: column 'Nr' by file name without ending matches 40 of "
            + "40 rows and column 'Accession' by AccessionNumber matches 12 of 40 rows; 12 rows would get different files. ", said,
                StringComparison.Ordinal);
        Assert.EndsWith("Say which is right: --image-column Nr --match stem, or --image-column Accession --match accession.", said,
            StringComparison.Ordinal);
        Assert.Equal(Count, Read(table, new DataOptions { ImageColumn = "Nr", Match = MatchKind.Stem }).Rows.Count);
    }

    // A1: nothing but the running number is there, and the days tell that it counts something else than the files'.
    [Fact]
    public void Read_RunningNumberWhoseDaysAreOthers_IsRefused()
    {
        WriteFiles(_ => true);
        string table = WriteTable("Nr;Datum", i => $"{i + 1};{Date(i):dd.MM.yyyy}");
        string said = Assert.Throws<RadaptException>(() => Read(table)).Message;
        Assert.Contains("column 'Nr' by file name without ending: 40 of 40 rows have a file of that number, but the date of the examination "
            + "agrees with the header in only 0 of 40 rows", said, StringComparison.Ordinal);
        Assert.Equal(Count, Read(table, new DataOptions { ImageColumn = "Nr", Match = MatchKind.Stem }).Rows.Count);
        AssertRightFiles(Read(WriteTable("Nr;Datum", i => $"{Count - i};{Date(i):dd.MM.yyyy}")));
    }

    [Fact]
    public void Read_TwoColumnsOfFilesInAGoodShare_StopsUnlessOneIsNamedImage()
    {
        _folder.Images(Enumerable.Range(0, Count).SelectMany(i => new[] { $"export/a{i}.png", $"export/b{i}.png" }));
        string said = Assert.Throws<RadaptException>(() => Read(WriteTable("first;second", i => $"a{i}.png;b{i}.png"))).Message;
        Assert.EndsWith("--image-column first --match path, or --image-column second --match path.", said, StringComparison.Ordinal);
        MatchedTable matched = Read(WriteTable("first;Image", i => $"a{i}.png;b{i}"));
        Assert.All(matched.Rows.Index(), r => Assert.Equal($"b{r.Index}.png", Path.GetFileName(r.Item.Path)));
    }

    // WORKFLOW C7: patient and day together, days as people and programs write them.
    [Theory]
    [InlineData("dd.MM.yyyy")]
    [InlineData("d.M.yy")]
    [InlineData("yyyy-MM-dd")]
    [InlineData("yyyyMMdd")]
    [InlineData("MM/dd/yyyy")]
    [InlineData("dd/MM/yyyy")]
    [InlineData("yyyy-MM-dd HH:mm:ss")]
    [InlineData("serial")]
    public void Read_PatientAndDay_MeetTheirImage(string format)
    {
        WriteFiles(_ => true);
        string Day(int i) => format == "serial" ? $"{Date(i).DayNumber - new DateOnly(1899, 12, 30).DayNumber}"
            : Date(i).ToDateTime(TimeOnly.MinValue).ToString(format, System.Globalization.CultureInfo.InvariantCulture);
        MatchedTable matched = Read(WriteTable("Patienten-Nr.;Datum", i => $"{Patient(i)};{Day(i)}"));
        AssertRightFiles(matched);
        Assert.Equal<object?>(["Patienten-Nr.", MatchKind.PatientDate],
            new[] { "image-column", "match" }.Select(o => matched.Choices.Single(c => c.Option == o).Value));
        Assert.Contains(_notes, n => n.Contains("table and headers agree on the patient in 40 of 40 rows and the day in 40 of 40 rows",
            StringComparison.Ordinal));

        // What a run keeps of it reads the same.
        AssertRightFiles(Read(_folder["labels.csv"], new DataOptions { ImageColumn = "Patienten-Nr.", Match = MatchKind.PatientDate }));
    }

    [Fact]
    public void Read_PatientAndDayInColumnsOfAnyName_MeetTheirImageByOptions()
    {
        WriteFiles(_ => true);
        string table = WriteTable("wer;wann", i => $"{Patient(i)};{Date(i):yyyy-MM-dd}");
        string said = Assert.Throws<RadaptException>(() => Read(table)).Message;
        Assert.Contains("Rows can also be matched by patient and date: name the columns with --patient-column and --date-column.", said,
            StringComparison.Ordinal);
        AssertRightFiles(Read(table, new DataOptions { PatientColumn = "wer", DateColumn = "wann" }));
    }

    // Patients with two images of a day are as ambiguous as an examination with two.
    [Fact]
    public void Read_SeveralImagesOfADay_NeedStudyLabels()
    {
        WriteFiles(_ => true);
        File.WriteAllBytes(_folder["export/more.dcm"], Phantom(5, Accession(5)).ToFile("explicit"));
        string table = WriteTable("Patienten-Nr.;Datum", i => $"{Patient(i)};{Date(i):yyyy-MM-dd}");
        Assert.Contains("1 row matches several images (line 7); if labels apply to the whole examination, give --study-labels",
            Assert.Throws<RadaptException>(() => Read(table)).Message, StringComparison.Ordinal);
        Assert.Equal(Count + 1, Read(table, new DataOptions { StudyLabels = true }).Rows.Count);
    }

    // WORKFLOW C12
    [Fact]
    public void Read_AccessionsInScientificNotation_AreNamed()
    {
        WriteFiles(_ => true);
        string said = Assert.Throws<RadaptException>(() => Read(WriteTable("Accession", _ => "2,02300E+11"))).Message;
        Assert.Contains("Line 2, column 'Accession': it contains long numbers in scientific notation, as Excel saves them, and their last digits are lost.", said,
            StringComparison.Ordinal);
        said = Assert.Throws<RadaptException>(() => Read(WriteTable("Accession;PatientID", i => $"{Accession(i)};2.02E+11"))).Message;
        Assert.Contains("line 2, column 'PatientID': it contains long numbers in scientific notation", said, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_Matched_ShowsThreePairsWithNamesOnlyWhereAskedFor()
    {
        WriteFiles(_ => true);
        string table = WriteTable("Accession", Accession);
        Read(table);
        Assert.Contains("for example, line 2 is file 40, line 22 is file 20, line 41 is file 1 of 40 in the order of their paths (--plain-names shows "
            + "them).", _notes);
        Assert.DoesNotContain(_notes, n => n.Contains(Accession(0), StringComparison.Ordinal));
        Read(table, new DataOptions { PlainNames = true });
        Assert.Contains($"for example, line 2 ('{Accession(0)}') is 00040.dcm, line 22 ('{Accession(20)}') is 00020.dcm, line 41 "
            + $"('{Accession(39)}') is 00001.dcm.", _notes);
    }

    private static string Accession(int i) => $"{(i * 11) + 500_000:00000000}";

    private static string Patient(int i) => $"{37 * (i / 2)}";

    private static DateOnly Date(int i) => new DateOnly(2023, 1, 20).AddDays(i);

    // Files are numbered the other way round than rows: that of image 0 is 00040.dcm.
    private static string Name(int i) => $"{Count - i:00000}.dcm";

    private void WriteFiles(Func<int, bool> isThere, Func<int, string>? accession = null)
    {
        Directory.CreateDirectory(_folder["export"]);
        foreach (int i in Enumerable.Range(0, Count).Where(isThere))
        {
            File.WriteAllBytes(_folder[$"export/{Name(i)}"], Phantom(i, (accession ?? Accession)(i)).ToFile("explicit"));
        }
    }

    private static DicomPhantom Phantom(int i, string accession) => DicomPhantom.Draw(8, 8, 12, i) with
    {
        PatientId = $"{37 * (i / 2):0000000}",
        StudyUid = $"1.2.{i}",
        InstanceUid = $"1.2.{i}.1",
        Accession = accession,
        StudyDate = $"{Date(i):yyyyMMdd}",
    };

    private string WriteTable(string header, Func<int, string> cells) => _folder.Write("labels.csv",
        $"{header};f\n" + string.Concat(Enumerable.Range(0, Count).Select(i => $"{cells(i)};{i % 2}\n")));

    private MatchedTable Read(string table, DataOptions? options = null)
    {
        _notes.Clear();
        return MatchedTable.Read(table, (options ?? new DataOptions()) with
        {
            ImageRoot = _folder["export"],
        }, _notes, withSplits: true);
    }

    private static void AssertRightFiles(MatchedTable matched) => Assert.All(matched.Rows, r =>
        Assert.Equal(Name(r.Row.Line - 2), Path.GetFileName(r.Path)));
}
