using Radapt.Datasets;

namespace Radapt.Tests.Datasets.Tables;

/// <summary>Which columns are findings, and what people write into them.</summary>
public sealed class FindingColumnsTests : IDisposable
{
    private readonly LabelFolder _folder = new();
    private readonly List<string> _notes = [];

    public void Dispose() => _folder.Dispose();

    // WORKFLOW C4
    [Theory]
    [InlineData("ja", "nein", "n.b.")]
    [InlineData("JA", "Nein", "unbekannt")]
    [InlineData("Yes", "No", "unknown")]
    [InlineData("y", "n", "?")]
    [InlineData("oui", "non", "inconnu")]
    [InlineData("sí", "no", "desconocido")]
    [InlineData("si\u0301", "no", "n/d")]
    [InlineData("sì", "no", "sconosciuto")]
    [InlineData("ja", "nee", "onbekend")]
    [InlineData("sim", "não", "-")]
    [InlineData("tak", "nie", "k.A.")]
    [InlineData("pos.", "neg.", "n/a")]
    [InlineData("positiv", "negativ", "keine Angabe")]
    [InlineData("+", "0", "-")]
    [InlineData("x", "0", "?")]
    [InlineData("true", "false", "nan")]
    public void Read_WordsForYesNoAndUnknown_AreLabels(string yes, string no, string unknown)
    {
        Assert.Equal(["f"], Read($"image;f\na.png;{yes}\nb.png;{no}\nc.png;{unknown}\nd.png;\n").Findings);
        Assert.Equal([1, 0, -1, -1], Labels());
    }

    // WORKFLOW A7: each column has its own way of saying it.
    [Fact]
    public void Read_ColumnsOfSeveralWays_AreAllFindings()
    {
        LabelledImages images = Read("image;Patienten-Nr.;Geburtsdatum;Kardiomegalie;Pleuraerguss;Pneumothorax;Befundtext\n"
            + "a.png;1;01.05.1930;Ja;x;1;groß\nb.png;2;02.05.1930;Nein;;0;normal\nc.png;3;03.05.1930;Nein;x;0;kein Erguss\n");
        Assert.Equal(["Kardiomegalie", "Pleuraerguss", "Pneumothorax"], images.Findings);
        Assert.Equal([1, 1, 1, 0, 0, 0, 0, 1, 0], Labels());
        Assert.EndsWith("findings are Kardiomegalie (1 present, 2 absent), Pleuraerguss (2 present, 1 absent), Pneumothorax (1 present, 2 absent); "
            + "image: image; patient: Patienten-Nr.; not used: Geburtsdatum, Befundtext (other values).", _notes[^1],
                StringComparison.Ordinal);
        Assert.Contains(_notes, n => n.Contains("column 'Pleuraerguss' contains only crosses: its 1 empty cells are read as absent "
            + "(--values== makes them unknown)", StringComparison.Ordinal));
    }

    // WORKFLOW A8, A7
    [Theory]
    [InlineData("Geschlecht", "sex or age")]
    [InlineData("Patient's sex", null)]
    [InlineData("PatientSex", "sex or age")]
    [InlineData("Age > 65 years", "sex or age")]
    [InlineData("Sexe", "sex or age")]
    [InlineData("âge", "sex or age")]
    [InlineData("età", "sex or age")]
    [InlineData("weiblich", "sex or age")]
    [InlineData("in_covid_splits", "membership in a split")]
    [InlineData("is_train", "membership in a split")]
    [InlineData("Unnamed: 0", "an identifier")]
    [InlineData("lfd. Nr.", "an identifier")]
    [InlineData("Alter Infarkt", null)]
    [InlineData("Test positive", null)]
    public void Read_ColumnThatIsNoFindingByItsName_IsUsedOnlyIfNamed(string column, string? reason)
    {
        string table = $"image;f;{column}\na.png;1;0\nb.png;0;1\n";
        Assert.Equal(reason is null ? ["f", column] : ["f"], Read(table).Findings);
        Assert.Equal(reason is not null, _notes[^1].Contains($"; not used: {column} ({reason};", StringComparison.Ordinal));
        Assert.Equal([column], Read(table, new DataOptions { Findings = [column] }).Findings);
    }

    [Fact]
    public void Read_ColumnThatSaysTheSameInAllRows_IsUsedOnlyIfNamed()
    {
        const string Table = "image;f;Tuberculosis\na.png;1;0\nb.png;0;0\n";
        Assert.Equal(["f"], Read(Table).Findings);
        Assert.Contains("not used: Tuberculosis (never present)", _notes[^1], StringComparison.Ordinal);
        Assert.Equal(["Tuberculosis"], Read(Table, new DataOptions { Findings = ["Tuberculosis"] }).Findings);
    }

    // WORKFLOW A7: a finding that is lost by a note has to be noticed, and got back by what the note says.
    [Fact]
    public void Read_ColumnOfOnesAndEmptyCells_SaysWhatMakesItAFinding()
    {
        const string Table = "image;f;Effusion\na.png;1;1\nb.png;0;\n";
        Assert.Equal(["f"], Read(Table).Findings);
        Assert.Contains("not used: Effusion (never absent; --values==0 takes its empty cells as absent)", _notes[^1],
            StringComparison.Ordinal);
        Assert.Equal(["f", "Effusion"], Read(Table, new DataOptions { Values = ["=0"] }).Findings);
    }

    // WORKFLOW C4: what a dash means, the rest of the column tells, or the user.
    [Theory]
    [InlineData("+ - + -", new[] { 1, 0, 1, 0 }, "2 '-' read as absent, because the column has '+' for present")]
    [InlineData("+ – − ?", new[] { 1, 0, 0, -1 }, "2 '-' read as absent, because the column has '+' for present")]
    [InlineData("ja nein - -", new[] { 1, 0, -1, -1 }, "2 '-' read as unknown, because the column has another word for absent")]
    [InlineData("1 0 - 0", new[] { 1, 0, -1, 0 }, "1 '-' read as unknown")]
    public void Read_Dashes_AreReadByTheRestOfTheColumnWhichIsSaid(string cells, int[] labels, string note)
    {
        Read(Column(cells));
        Assert.Equal(labels, Labels());
        Assert.Contains(_notes, n => n.Contains(note, StringComparison.Ordinal));
    }

    [Fact]
    public void Read_DashesBesideOneWord_AreRefusedUntilTheUserSaysWhatTheyMean()
    {
        string said = Assert.Throws<RadaptException>(() => Read(Column("ja - ja -"))).Message;
        Assert.Contains("column 'f': 2 cells are '-', and no other cell says absent. If '-' means absent, give --values=-=0; if it means unknown, "
            + "give --values=-= .", said, StringComparison.Ordinal);
        Read(Column("ja - ja -"), new DataOptions { Values = ["-=0"] });
        Assert.Equal([1, 0, 1, 0], Labels());
        Read(Column("ja - nein -"), new DataOptions { Values = ["-="] });
        Assert.Equal([1, -1, 0, -1], Labels());
    }

    [Fact]
    public void Read_GivenValues_ComeBeforeWords()
    {
        Read(Column("fraglich stark 0 1 NEIN"), new DataOptions { Values = ["Fraglich=", "STARK=1", "nein=1", "1=0"] });
        Assert.Equal([-1, 1, 0, 0, 1], Labels());
        Read("image;f\na.png;1\nb.png;\n", new DataOptions { Values = ["=0"] });
        Assert.Equal([1, 0], Labels());
    }

    [Theory]
    [InlineData("ja", "--values ja: give CELL=1, CELL=0 or CELL= (unknown)")]
    [InlineData("ja=2", "--values ja=2: give CELL=1")]
    [InlineData("ja=1,JA=0", "--values gives 'JA' twice")]
    public void Read_MalformedValues_AreRefused(string values, string message) => Assert.Contains(message,
        Assert.Throws<RadaptException>(() => Read(Column("1 0"), new DataOptions { Values = values.Split(',') })).Message,
            StringComparison.Ordinal);

    [Fact]
    public void Read_SlipAmongWords_IsAnErrorWithWhatToGive()
    {
        string said = Assert.Throws<RadaptException>(() => Read(Column("ja nein ja nein maybe"))).Message;
        Assert.Contains("line 6, column 'f': 'maybe' is neither 0, 1 nor empty (unknown), nor a word for one of these: --values says what other words "
            + "mean (such as maybe=0)", said, StringComparison.Ordinal);
        // A remark or two with a "no" in it is no finding.
        Assert.Equal(["f"], Read("image;f;Bemerkung\na.png;1;nein\nb.png;0;siehe Vorbefund\nc.png;0;\n").Findings);
    }

    [Fact]
    public void Read_InitialsThatAreWordsForUnknown_ArePatients()
    {
        LabelledImages images = Read("image;patient;f\na.png;NB;1\nb.png;KA;0\nc.png;?;1\nd.png;unbekannt;0\n");
        Assert.Equal(["NB", "KA", null, null], images.Items.Select(i => i.Patient));
    }

    // WORKFLOW C4
    [Theory]
    [InlineData("Training", "Validierung", "Test")]
    [InlineData("train", "valid", "testing")]
    [InlineData("Train", "Validation", "TEST")]
    [InlineData("entraînement", "validation", "test")]
    [InlineData("entrenamiento", "validación", "prueba")]
    [InlineData("train", "dev", "holdout")]
    public void Read_NamesOfSplitsInOtherLanguages_AreKnown(string train, string val, string test)
    {
        string table = _folder.WriteTable((line, row) => row.Replace("train", train, StringComparison.Ordinal)
            .Replace("val", val, StringComparison.Ordinal).Replace("test", test, StringComparison.Ordinal));
        DataSplits splits = DataReader.Read(new DataOptions { Data = table });
        Assert.Equal([24, 6, 6], new[] { splits.Train, splits.Val, splits.Test! }.Select(s => s.Items.Count));
        File.WriteAllText(table, File.ReadAllText(table).Replace("split,f", "Aufteilung,f", StringComparison.Ordinal));
        splits = DataReader.Read(new DataOptions { Data = table });
        Assert.Equal([24, 6, 6], new[] { splits.Train, splits.Val, splits.Test! }.Select(s => s.Items.Count));
        Assert.EndsWith("split: Aufteilung.", splits.Notes[^1], StringComparison.Ordinal);
    }

    private LabelledImages? _images;

    private LabelledImages Read(string table, DataOptions? options = null)
    {
        _notes.Clear();
        return _images = DataReader.ReadOne(_folder.Images("a.png", "b.png", "c.png", "d.png", "e.png").Write("labels.csv", table),
            options ?? new DataOptions(), notes: _notes);
    }

    private IEnumerable<int> Labels() => _images!.Items.SelectMany(i => i.Labels).Select(l => (int)l);

    private static string Column(string cells) =>
        "image;f\n" + string.Concat(cells.Split(' ').Select((c, i) => $"{(char)('a' + i)}.png;{c}\n"));
}
