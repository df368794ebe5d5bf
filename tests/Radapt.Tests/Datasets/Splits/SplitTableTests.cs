using Radapt.Datasets;
using Radapt.Datasets.Splits;
using Radapt.Datasets.Tables;

namespace Radapt.Tests.Datasets.Splits;

public sealed class SplitTableTests : IDisposable
{
    private readonly LabelFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Write_TableWithPatients_GivesATableToTrainWithAndKeepsItsColumns()
    {
        string table =
            WriteTable("image,patient,age,f,g",
                i => $"images/{i}.png,p{i / 2},\"{20 + i}; or so\",{i % 2},{(i % 5 == 0 ? "" : i % 3 == 0 ? "1" : "0")}");
        string made = _folder["splits/labels.csv"];
        Directory.CreateDirectory(Path.GetDirectoryName(made)!);
        SplitReport report = Write(new SplitRequest { Data = new DataOptions { Data = table }, Table = made });
        Assert.Equal(["train", "val", "test"], report.Parts.Select(p => p.Name));
        Assert.Equal([70, 10, 20], report.Parts.Select(p => p.Images));
        Assert.Equal([35, 5, 10], report.Parts.Select(p => p.Patients!.Value));

        DataSplits read = DataReader.Read(new DataOptions { Data = made, AllowRareFindings = true });
        Assert.Equal([70, 10, 20], new[] { read.Train, read.Val, read.Test! }.Select(s => s.Items.Count));
        Assert.Equal(report.Parts[2].Counts, read.Test!.CountLabels());
        CsvCells cells = CsvCells.Read(made);
        Assert.Equal(["image", "patient", "age", "f", "g", "split"], cells.Header);
        Assert.Equal(Enumerable.Range(0, 100).Select(i => ($"../images/{i}.png", $"{20 + i}; or so")),
            cells.Rows.Select(r => (r.Cells[0], r.Cells[2])));
    }

    // WORKFLOW C8: a table that is matched by what is no path keeps all of its columns, and gets the files' names and the headers'
    // patients.
    [Fact]
    public void Write_TableMatchedByAccession_KeepsItsColumnsAndAddsFilesAndPatients()
    {
        using var hospital = new HospitalFolder();
        string table = hospital.WriteWorkbook("befunde.xlsx", hospital.Table(i => i.Accession));
        Write(new SplitRequest { Data = new DataOptions { Data = table, ImageRoot = hospital.Root }, Table = hospital["split.csv"] });
        CsvCells made = CsvCells.Read(hospital["split.csv"]);
        Assert.Equal(["image", "lfd", "Untersuchung", "Alter", .. hospital.Findings, "patient", "split"], made.Header);
        Assert.Equal(hospital.Images.Select(i => (string[])["export/" + i.File, $"{i.Number + 100}", i.Accession,
            $"{40 + (i.Number % 30)}", .. i.Labels,
            i.Patient]), made.Rows.Select(r => r.Cells[..^1]));
        Assert.All(made.Rows.GroupBy(r => r.Cells[^2]), g => Assert.Single(g.Select(r => r.Cells[^1]).Distinct()));

        // A row of a whole examination becomes one for each of its images.
        Write(new SplitRequest
        {
            Data = new DataOptions { Data = table, ImageRoot = hospital.Root, Views = ["all"], StudyLabels = true },
            Table = hospital["all.csv"],
        });
        Assert.Equal(70, CsvCells.Read(hospital["all.csv"]).Rows.Count);
        DataSplits read = DataReader.Read(new DataOptions { Data = hospital["all.csv"], Views = ["all"], AllowRareFindings = true });
        Assert.Equal(70, read.Train.Items.Count + read.Val.Items.Count + read.Test!.Items.Count);
    }

    [Fact]
    public void Write_SplitList_NamesFindingsAndReplacesNothingUnasked()
    {
        _folder.Images(Enumerable.Range(0, 40).Select(i => $"{i}.png"));
        Fill(40, i => $"{i}.png");
        string list = _folder.Write("list.txt", string.Concat(Enumerable.Range(0, 40).Select(i => $"{i}.png {i % 2} 0\n")));
        var request = new SplitRequest
        {
            Data = new DataOptions { Data = list, Findings = ["a", "b"] },
            Table = _folder["folds.csv"],
            Folds = 4,
        };
        SplitReport report = Write(request);
        Assert.Equal(["image", "fold", "a", "b"], CsvCells.Read(request.Table).Header);
        Assert.Equal(["1", "2", "3", "4"], CsvCells.Read(request.Table).Rows.Select(r => r.Cells[1]).Distinct().Order());
        Assert.All(report.Parts, p => Assert.Equal(new LabelCounts(5, 5, 0), p.Counts[0]));
        Assert.Null(report.Parts[0].Patients);
        Assert.Contains(report.Notes, n => n.Contains("No patients are known", StringComparison.Ordinal));
        Assert.Contains("--overwrite", Assert.Throws<RadaptException>(() => Write(request)).Message, StringComparison.Ordinal);
        byte[] before = File.ReadAllBytes(request.Table);
        Write(request with { Force = true });
        Assert.Equal(before, File.ReadAllBytes(request.Table)); // the same seed
    }

    // radapt data split says that finetune --folds draws the folds that it wrote.
    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    public void Write_Folds_AreThoseThatFineTuningDraws(long seed)
    {
        string table = WriteTable("image,patient,f,g", i => $"images/{i}.png,p{i / 3},{i % 2},{(i % 5 == 0 ? 1 : 0)}");
        var request = new SplitRequest
        {
            Data = new DataOptions { Data = table, Seed = seed },
            Table = _folder["folds.csv"],
            Folds = 4,
        };
        Write(request);
        ILookup<string, string> written = CsvCells.Read(request.Table).Rows.ToLookup(r => r.Cells[^1], r => Path.GetFileName(r.Cells[0]));
        for (int fold = 1; fold <= 4; fold++)
        {
            DataSplits read = DataReader.Read(
                new DataOptions { Data = request.Table, Folds = 4, Fold = fold, SplitSeed = seed, AllowRareFindings = true });
            Assert.Equal(written[$"{fold}"].Order(), read.Test!.Items.Select(i => Path.GetFileName(i.Path)).Order());
        }
    }

    [Fact]
    public void Write_FilesOfTheSameContent_StayTogetherAcrossPatients()
    {
        string table = WriteTable("image,patient,f", i => $"images/{i}.png,p{i},{i % 2}");
        for (int i = 0; i < 30; i++)
        {
            File.Copy(_folder[$"images/{i}.png"], _folder[$"images/{i + 50}.png"], overwrite: true);
        }

        SplitReport report = Write(new SplitRequest
        {
            Data = new DataOptions { Data = table },
            Table = _folder["out.csv"],
            Shares = [50, 50],
        });
        Assert.Contains(report.Notes, n => n.Contains("30 files have the same content as another file, and are kept", StringComparison.Ordinal));
        Dictionary<string, string> split = CsvCells.Read(_folder["out.csv"]).Rows.ToDictionary(r => r.Cells[0], r => r.Cells[3]);
        Assert.All(Enumerable.Range(0, 30), i => Assert.Equal(split[$"images/{i}.png"], split[$"images/{i + 50}.png"]));
    }

    [Fact]
    public void Write_SourceWithASplit_ReplacesItAndSaysSo()
    {
        string table = WriteTable("image,Split,f", i => $"images/{i}.png,train,{i % 2}");
        SplitReport report = Write(new SplitRequest { Data = new DataOptions { Data = table }, Table = _folder["out.csv"] });
        Assert.Contains(report.Notes, n => n.Contains("'Split' is replaced", StringComparison.Ordinal));
        Assert.Equal(["image", "f", "split"], CsvCells.Read(_folder["out.csv"]).Header);
        Assert.Equal(100, CsvCells.Read(_folder["out.csv"]).Rows.Count);
    }

    [Fact] // K17
    public void Write_OntoItsSource_IsRefusedEvenWhenAskedTo()
    {
        string table = WriteTable("image,f", i => $"images/{i}.png,{i % 2}");
        string before = File.ReadAllText(table);
        RadaptException error = Assert.Throws<RadaptException>(() => Write(new SplitRequest
        {
            Data = new DataOptions { Data = table },
            Table = table,
            Force = true,
        }));
        Assert.Contains("an input of this command", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllText(table));
    }

    [Theory]
    [InlineData(1, "2 to 100")]
    [InlineData(101, "2 to 100")]
    public void Write_BadFolds_SaysSo(int folds, string expected) =>
        Assert.Contains(expected, Assert.Throws<RadaptException>(() =>
            Write(new SplitRequest
            {
                Data = new DataOptions { Data = "x.csv" },
                Table = "y.csv",
                Folds = folds,
            })).Message, StringComparison.Ordinal);

    [Fact]
    public void Write_Cancelled_LeavesNothing()
    {
        string table = WriteTable("image,f", i => $"images/{i}.png,{i % 2}");
        Assert.Throws<OperationCanceledException>(() =>
            SplitTable.Write(new SplitRequest
            {
                Data = new DataOptions { Data = table },
                Table = _folder["out.csv"],
            }, new CancellationToken(canceled: true)));
        Assert.Equal([table], Directory.GetFiles(_folder.Path));
    }

    private static SplitReport Write(SplitRequest request) => SplitTable.Write(request, TestContext.Current.CancellationToken);

    private string WriteTable(string header, Func<int, string> row)
    {
        _folder.Images(Enumerable.Range(0, 100).Select(i => $"images/{i}.png"));
        Fill(100, i => $"images/{i}.png");
        return _folder.Write("labels.csv", $"{header}\n{string.Concat(Enumerable.Range(0, 100).Select(i => row(i) + "\n"))}");
    }

    // Same length, different content.
    private void Fill(int count, Func<int, string> name)
    {
        for (int i = 0; i < count; i++)
        {
            File.WriteAllText(_folder[name(i)], new string('x', 5000) + $"{i:D4}" + new string('y', 100));
        }
    }
}
