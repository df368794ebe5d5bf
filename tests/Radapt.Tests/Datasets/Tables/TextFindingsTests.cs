using Radapt.Datasets;

namespace Radapt.Tests.Datasets.Tables;

/// <summary>WORKFLOW C4: findings that a column lists in words.</summary>
public sealed class TextFindingsTests : IDisposable
{
    private readonly LabelFolder _folder = new();
    private readonly List<string> _notes = [];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_Lists_BecomeFindingsByHowOftenTheyOccur()
    {
        string[] cells = [.. Enumerable.Range(0, 40).Select(i =>
            i % 4 == 0 ? "Pneumonie; Erguss" : i % 4 == 1 ? "erguss" : i % 4 == 2 ? "unauffällig" : i == 3 ? "" : i == 7 ? "Rundherd"
                : "Pneumonie, Erguss.")];
        LabelledImages images = Read(cells);
        Assert.Equal(["Erguss", "Pneumonie"], images.Findings); // 20 + 8 rows, 10 + 8 rows; Rundherd is rare
        Assert.Equal([(1, 1), (1, 0), (0, 0), (-1, -1), (1, 1), (1, 0), (0, 0), (0, 0)],
            images.Items.Take(8).Select(i => ((int)i.Labels[0], (int)i.Labels[1])));
        Assert.Contains(_notes, n =>
            n.Contains("lists findings: Erguss (28 rows), Pneumonie (18 rows); findings that a row does not list are absent. "
            + "1 other item, in fewer than 10 rows", StringComparison.Ordinal)
                && n.Contains("1 empty cell unknown", StringComparison.Ordinal));
        Assert.DoesNotContain(_notes, n => n.Contains("Rundherd", StringComparison.Ordinal)); // it may be anybody's words
    }

    [Theory]
    [InlineData("kein Erguss", 0)]
    [InlineData("Keine Pneumonie; Erguss", 1)]
    [InlineData("no effusion; Erguss", 1)]
    [InlineData("ohne Erguss", 0)]
    [InlineData("Erguss ausgeschlossen", 0)]
    [InlineData("Erguss nicht ausgeschlossen", -1)]
    [InlineData("Pneumonie ohne Erguss", 0)]
    [InlineData("Erguss ohne Pneumonie", 1)]
    [InlineData("keine Pneumonie, Erguss", -1)] // the negation may hold for both
    [InlineData("V.a. Erguss", -1)]
    [InlineData("Erguss?", -1)]
    [InlineData("fraglicher Erguss", -1)]
    [InlineData("pas d'erguss", 0)]
    [InlineData("ERGUSS", 1)]
    [InlineData("Pneumonie/Erguss", 1)]
    [InlineData("Pneumonie\n Erguss ", 1)]
    [InlineData("o.B.", 0)]
    [InlineData("", -1)]
    [InlineData("n.b.", -1)]
    [InlineData("Ergussverdacht", 0)]
    public void Read_NegatedAndDoubtedItems_AreNeverPresent(string cell, int label)
    {
        LabelledImages images = Read([cell, "Erguss"], new DataOptions { Findings = ["Erguss"] });
        Assert.Equal(label, images.Items[0].Labels[0]);
        Assert.Equal(1, images.Items[1].Labels[0]);
    }

    [Fact]
    public void Read_Sentences_AreRefused()
    {
        string text = "Herz normal groß. Lungen frei belüftet, keine Infiltrate. Kein Erguss beidseits, kein Pneumothorax.";
        Assert.Contains("column 'Befunde' contains sentences", Refused([.. Enumerable.Repeat(text, 12)], new DataOptions()),
            StringComparison.Ordinal);
        Assert.Contains("no finding is listed in 10 rows or more", Refused(["Erguss", "Pneumonie"], new DataOptions()),
            StringComparison.Ordinal);
    }

    private LabelledImages Read(string[] cells, DataOptions? options = null)
    {
        _notes.Clear();
        _folder.Images(cells.Select((_, i) => $"{i}.png"));
        string rows = string.Concat(cells.Select((c, i) => $"{i}.png;\"{c}\"\n"));
        return DataReader.ReadOne(_folder.Write("befunde.csv", "image;Befunde\n" + rows), (options ?? new DataOptions()) with
        {
            TextFindings = "Befunde",
        }, notes: _notes);
    }

    private string Refused(string[] cells, DataOptions options) => Assert.Throws<RadaptException>(() => Read(cells, options)).Message;
}
