using System.Globalization;
using System.Text.Json.Nodes;
using Radapt.Evaluation;
using Radapt.Runs;
using Radapt.Studies.Design;
using Radapt.Studies.Tables;
using Radapt.Studies.Work;
using Radapt.Tests.Studies.Design;

namespace Radapt.Tests.Studies.Tables;

public sealed class StudyTableTests : IDisposable
{
    private const string Two = """
        title: Two methods
        options: {data: d, weights: w}
        weights: {mae: {title: MAE, weights: w}}
        method: {full: {title: FFT}, lora: {title: LoRA}}
        fraction: [1%, 10%]
        seed: 0-1
        """;

    private readonly TemporaryFolder _folder = new();

    private StudyFolder Folder => new(_folder["study"]);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_RunsOfSeveralSeeds_MeansAndSpreadsAreOfTheirAurocs()
    {
        // 4 positives and 4 negatives: an inversion of neighbours costs 1/16.
        Complete("mae-full-1-seed0", 0);
        Complete("mae-full-1-seed1", 2);
        StudyTable table = Table(Two);
        TableCell cell = table.Cell(table.Rows[0], table.Columns[0])!;
        Assert.Equal(["full", "lora"], table.Rows.Select(r => r.Key));
        Assert.Equal(["1%", "10%"], table.Columns.Select(c => c.Key));
        Assert.Equal(1 - (1 / 16.0), cell.Mean!.Value, 1e-12);
        Assert.Equal(2 / 16.0 / Math.Sqrt(2), cell.Deviation!.Value, 1e-12);
        Assert.Equal((2, 2), (cell.Complete, cell.Runs.Count));
        TableCell none = table.Cell(table.Rows[1], table.Columns[0])!;
        Assert.Equal((null, 0), (none.Mean, none.Complete));
    }

    [Fact]
    public void Read_Difference_IsPairedBySeed()
    {
        Complete("mae-full-1-seed0", 1);
        Complete("mae-full-1-seed1", 3);
        Complete("mae-lora-1-seed0", 0);
        Complete("mae-lora-1-seed1", 1);
        Complete("mae-lora-10-seed1", 0); // no full there: nothing to compare with
        StudyTable table = Table(Two, "1");
        CellDifference difference = table.Cell(table.Rows[1], table.Columns[0])!.Difference!;
        Assert.Equal("FFT", difference.Reference);
        Assert.Equal([1 / 16.0, 2 / 16.0], difference.Values);
        Assert.Null(table.Cell(table.Rows[0], table.Columns[0])!.Difference);
        Assert.Null(table.Cell(table.Rows[1], table.Columns[1])!.Difference);
    }

    [Fact]
    public void Text_IncompleteAndFailedCells_AreShownAsSuch()
    {
        Complete("mae-full-1-seed0", 0);
        Directory.CreateDirectory(_folder["study/failed"]);
        new CellFailure("no memory", DateTimeOffset.UnixEpoch, ProcessOwner.This).Write(Folder.FailureOf("mae-full-1-seed1"));
        var lines = TableLines.Create(Table(Two));
        Assert.Equal(["100.0 (1 of 2, 1 failed)", "- (0 of 2)"], lines.Lines[0].Cells);
        Assert.Contains("1 of 8 runs are complete; the others are not in these figures.", lines.Notes);
    }

    [Fact]
    public void Text_PublishedFigures_StandBelowTheirRow()
    {
        Complete("mae-full-1-seed0", 0);
        var lines = TableLines.Create(Table(Two + """

            published:
              source: A paper, Table 1
              figures:
                - {method: full, fraction: [1%, 10%], auroc: [74.2, 82.2]}
                - {method: lora, fraction: 10%, auroc: 82.9}
            """));
        Assert.Equal([TableLineKind.Figure, TableLineKind.Published, TableLineKind.Figure, TableLineKind.Published],
            lines.Lines.Select(l => l.Kind));
        Assert.Equal(["74.2", "82.2"], lines.Lines[1].Cells);
        Assert.Equal(["", "82.9"], lines.Lines[3].Cells);
        Assert.Contains("Published: A paper, Table 1.", lines.Notes);
    }

    // The interval over patients holds the spread that other patients would give, and knows nothing of seeds.
    [Fact]
    public void Read_Intervals_AreOverPatientsAndPaired()
    {
        foreach (int seed in new[] { 0, 1 })
        {
            Write($"mae-full-1-seed{seed}", Noisy(seed, 1.0));
            Write($"mae-lora-1-seed{seed}", Noisy(seed, 1.0, shift: 0.001f)); // the same order of almost all images
            Write($"mae-full-10-seed{seed}", Noisy(seed + 10, 0.2));
            Write($"mae-lora-10-seed{seed}", Noisy(seed + 20, 2.5));
        }

        StudyTable table = Table(Two, "1", new StatisticsOptions { Replicates = 400 });
        TableCell full = table.Cell(table.Rows[0], table.Columns[0])!, lora = table.Cell(table.Rows[1], table.Columns[0])!;
        Assert.InRange(full.Mean!.Value, full.Overall.OverPatients!.Interval!.Value.Lower, full.Overall.OverPatients.Interval.Value.Upper);
        double width = full.Overall.OverPatients.Interval.Value.HalfWidth();
        Assert.InRange(width, 0.02, 0.15); // 200 images: a standard error of about .03
        Assert.True(lora.Difference!.OverPatients!.Interval!.Value.HalfWidth() < width / 5, "paired: what both have is not in it");
        Assert.True(lora.Difference.PValue > 0.05);
        TableCell better = table.Cell(table.Rows[1], table.Columns[1])!;
        Assert.True(better.Difference!.OverPatients!.Interval!.Value.Lower > 0);
        Assert.True(better.Difference.PValue < 0.01);
        Assert.Contains("bootstrap, 400 resamples", table.IntervalMethod, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_FewPatients_HaveNoIntervalAndSayWhy()
    {
        Complete("mae-full-1-seed0", 0); // 4 positives
        StudyTable table = Table(Two, statistics: new StatisticsOptions { Replicates = 100 });
        TableCell cell = table.Cell(table.Rows[0], table.Columns[0])!;
        Assert.Null(cell.Overall.OverPatients!.Interval);
        Assert.Contains("Only 4 images", cell.Overall.OverPatients.Refusal, StringComparison.Ordinal);
        var lines = TableLines.Create(table);
        Assert.Equal(["none", ""], lines.Lines[1].Cells);
        Assert.Contains(lines.Notes, n => n.StartsWith("Where there is no interval: Only 4 images", StringComparison.Ordinal));
    }

    [Fact]
    public void Layout2_EveryRow_HasColumnsOfItsOwn()
    {
        const string Ranks = """
            options: {data: d, weights: w}
            method: {r2: {method: lora, rank: 2}, r4: {method: lora, rank: 4}, r8: {method: lora, rank: 8}}
            fraction: [1%, 10%]
            include: [{fraction: 1%, method: [r2, r4]}, {fraction: 10%, method: [r4, r8]}]
            """;
        Complete("r4-10-seed0", 0);
        var lines = TableLines.Create(Table(Ranks, "2"));
        Assert.Equal(["r2", "r4"], lines.Lines[0].Cells);
        Assert.Equal("1 %", lines.Lines[0].Title);
        Assert.Equal(["r4", "r8"], lines.Lines[2].Cells);
        Assert.Equal(["100.0", "- (0 of 1)"], lines.Lines[3].Cells);
    }

    [Fact]
    public void Layout_FactorThatItDoesNotShow_IsRefused() => Assert.Equal(
        "--layout 3 does not show fraction, of which this study has 2 levels. Use --layout grid.",
        Assert.Throws<RadaptException>(() => Table(Two, "3")).Message);

    [Theory]
    [InlineData("table: {layout: 7}", "my.yaml:1: layout must be one of 1, 2, 3, 4, 5, grid, not '7'.")]
    [InlineData("table: {rows: x}", "my.yaml:1: rows: a table has a layout")]
    [InlineData("table: {difference: {method: ful}}", "my.yaml:1: a difference names a level of a factor")]
    [InlineData("published: {figures: []}", "my.yaml:1: published figures need a source.")]
    [InlineData("published: {source: s, figures: [{method: full}]}", "my.yaml:1: auroc has as many figures as one factor has levels here")]
    [InlineData("published: {source: s, figures: [{method: full, auroc: [1, 2]}]}", "my.yaml:1: auroc has as many figures")]
    [InlineData("published: {source: s, figures: [{method: ful, auroc: 80}]}", "my.yaml:1: method has no ful.")]
    [InlineData("published: {source: s, figures: [{method: full, auroc: 180}]}", "my.yaml:1: auroc is in percent, not '180'.")]
    public void Study_TableOrPublishedFiguresThatAreWrong_NameTheLine(string section, string message) => Assert.StartsWith(
        message, Assert.Throws<RadaptException>(() => Table(section + "\n" + Two)).Message, StringComparison.Ordinal);

    [Fact]
    public void Formats_SameTable_HaveTheSameFigures()
    {
        Complete("mae-full-1-seed0", 1);
        Complete("mae-lora-1-seed0", 0);
        StudyTable table = Table(Two + "\ntable: {layout: 1}");
        string markdown = TableFormats.ToMarkdown(table);
        Assert.Contains("| MAE, FFT | 93.8 (1 of 2) | - (0 of 2) |\n", markdown, StringComparison.Ordinal);
        Assert.Contains("| *against FFT* | +6.3 |  |\n", markdown, StringComparison.Ordinal);
        string latex = TableFormats.ToLatex(table);
        Assert.Contains("MAE, FFT & 93.8 (1 of 2) & - (0 of 2) \\\\\n", latex, StringComparison.Ordinal);
        Assert.Contains("\\quad against FFT & +6.3 &  \\\\\n", latex, StringComparison.Ordinal);
        Assert.Contains(" & 1 \\% & 10 \\% \\\\\n", latex, StringComparison.Ordinal);
        string[] csv = TableFormats.ToCsv(table).Split('\n');
        Assert.StartsWith("data,weights,method,fraction,finding,runs,complete,failed,auroc,", csv[0], StringComparison.Ordinal);
        Assert.Equal(",mae,full,1%,mean,2,1,0,0.9375,,,,,,,,,,", csv[1]);
        Assert.Equal(",mae,full,1%,Mass,2,1,0,0.9375,,,,,,,,,,", csv[2]);
        JsonNode cell = TableFormats.ToJson(table)["cells"]!.AsArray()
            .Single(c => (string)c!["row"]! == "mae/lora" && (string)c["column"]! == "1%")!;
        Assert.Equal(1.0, (double)cell["auroc"]!["mean"]!["mean"]!);
        Assert.Equal(0.0625, (double)cell["difference"]!["mean"]!);
        Assert.Equal("lora", (string)cell["levels"]!["method"]!);
    }

    [Theory]
    [InlineData("paper-table1", 4, 9)]
    [InlineData("paper-table2", 3, 6)]
    [InlineData("paper-table3", 4, 1)]
    [InlineData("paper-table4", 4, 1)]
    [InlineData("paper-table5", 5, 1)]
    public void PaperTables_EveryCell_HasItsPublishedFigure(string name, int rows, int columns)
    {
        StudyDesign design = StudyFile.Open(name).Read();
        IReadOnlyList<StudyCell> cells = StudyExpansion.Expand(design, StudyTesting.Places);
        var table = StudyTable.Read(design, cells, Folder, TableLayout.For(design));
        Assert.Equal((rows, columns), (table.Rows.Count, table.Columns.Count));
        Assert.All(table.Cells.Values, c => Assert.NotNull(c.Published));
        Assert.Equal(cells.Count, table.Cells.Count);
    }

    // PAPER-FACTS, here a second time, so that a slip in the file shows.
    [Fact]
    public void PaperTable1_PublishedFigures_AreThePapers()
    {
        StudyDesign design = StudyFile.Open("paper-table1").Read();
        var table = StudyTable.Read(design, StudyExpansion.Expand(design, StudyTesting.Places), Folder, TableLayout.For(design));
        string[] lines = [.. TableLines.Create(table).Lines.Where(l => l.Kind == TableLineKind.Published)
            .Select(l => string.Join(' ', l.Cells))];
        Assert.Equal(
        [
            "74.2 82.2 85.6 87.3 90.3 91.8 89.6 90.5 93.1", "77.1 82.9 85.7 88.4 91.1 91.1 89.9 91.9 93.3",
            "80.1 84.1 85.9 90.5 91.5 91.6 91.3 92.8 93.3", "80.6 84.0 85.8 90.7 92.0 91.5 91.2 93.1 93.5",
        ], lines);
    }

    private StudyTable Table(string text, string? layout = null, StatisticsOptions? statistics = null)
    {
        StudyDesign design = StudyTesting.Read(text);
        return StudyTable.Read(design, StudyTesting.Cells(text), Folder, TableLayout.For(design, layout), statistics);
    }

    // Of 4 positives and 4 negatives, `inversions` (at most 4) pairs are in the wrong order.
    private void Complete(string cell, int inversions)
    {
        float[] logits = [5, 6, 7, 8, 1, 2, 3, 4];
        for (int i = 0; i < inversions; i++)
        {
            logits[4 + 3] += 1.0001f; // the best negative passes the next positive
        }

        Write(cell, new LabelledScores(["Mass"], [.. Enumerable.Range(0, 8).Select(i => $"{i}.png")], [1, 1, 1, 1, 0, 0, 0, 0], logits));
    }

    private static LabelledScores Noisy(int seed, double separation, float shift = 0)
    {
        var random = new Random(seed);
        sbyte[] labels = [.. Enumerable.Range(0, 200).Select(i => (sbyte)(i % 2))];
        float[] logits = [.. labels.Select(l => (float)((separation * l) + (random.NextDouble() * 2) + random.NextDouble())
            + (l * shift))];
        return new LabelledScores(
            ["Mass"], [.. Enumerable.Range(0, 200).Select(i => i.ToString(CultureInfo.InvariantCulture))], labels, logits);
    }

    private void Write(string cell, LabelledScores scores)
    {
        var run = new RunFolder(Folder.RunOf(cell));
        Directory.CreateDirectory(run.Path);
        PredictionTable.Write(run.PredictionsFile, scores);
        run.WriteRun(new RunRecord { Status = RunStatus.Complete });
    }
}
