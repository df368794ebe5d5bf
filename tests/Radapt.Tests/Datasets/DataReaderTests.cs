using System.Text;
using Radapt.Datasets;
using Radapt.Datasets.Matching;
using Radapt.Datasets.Splits;

namespace Radapt.Tests.Datasets;

public sealed class DataReaderTests : IDisposable
{
    private readonly LabelFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_SoundTable_GivesItsSplitsAndSaysWhatColumnsAre()
    {
        DataSplits splits = DataReader.Read(new DataOptions { Data = _folder.WriteTable() });
        Assert.Equal([24, 6, 6], new[] { splits.Train, splits.Val, splits.Test! }.Select(s => s.Items.Count));
        Assert.Equal("p3", splits.Train.Items[3].Patient);
        Assert.True(Path.IsPathFullyQualified(splits.Train.Items[3].Path));
        Assert.Equal(2, splits.Notes.Count);
        Assert.StartsWith("The test set is small: 6 images of 6 patients. For an AUROC of 0.8, the 95 % interval would be f ± 0.",
            splits.Notes[0],
            StringComparison.Ordinal);
        Assert.EndsWith("findings are f (18 present, 18 absent); image: image; patient: patient; split: split.", splits.Notes[1],
            StringComparison.Ordinal);
        Assert.Equal(splits.Train.Items.Select(i => i.Path), DataReader.Read(new DataOptions
        {
            Data = _folder.Path,
        }).Train.Items.Select(i => i.Path));
    }

    [Fact]
    public void Read_NoTestRows_GivesNoTest() =>
        Assert.Null(DataReader.Read(new DataOptions { Data = _folder.WriteTable((line, row) => line < 32 ? row : null) }).Test);

    [Fact]
    public void Read_ImagesInSubfolder_AreFoundWithANote()
    {
        string table = _folder.WriteTable();
        Directory.CreateDirectory(_folder["images"]);
        foreach (string image in Directory.EnumerateFiles(_folder.Path, "*.png"))
        {
            File.Move(image, Path.Combine(_folder["images"], Path.GetFileName(image)));
        }

        DataSplits splits = DataReader.Read(new DataOptions { Data = table });
        Assert.Equal(Path.Combine(_folder["images"], "0.png"), splits.Train.Items[0].Path);
        Assert.Contains(splits.Notes, n => n.EndsWith($"image names are relative to {_folder["images"]}.", StringComparison.Ordinal));
        Assert.Equal(24, DataReader.Read(new DataOptions { Data = table, ImageRoot = _folder.Path }).Train.Items.Count);
        Assert.Equal(24, DataReader.Read(new DataOptions { Data = table, ImageRoot = _folder["images"] }).Train.Items.Count);
    }

    [Fact]
    public void Read_NamesWithoutEnding_AreFoundByIt()
    {
        DataSplits splits = DataReader.Read(new DataOptions
        {
            Data = _folder.WriteTable((_, row) => row.Replace(".png", "", StringComparison.Ordinal)),
        });
        Assert.Equal(_folder["0.png"], splits.Train.Items[0].Path);
        Assert.Equal(MatchKind.Stem, splits.Choices.Single(c => c.Option == "match").Value);
    }

    [Theory]
    [InlineData("nih:/nowhere", "nih:/nowhere: there is no such folder; write nih:DIR")]
    [InlineData("/nowhere/labels.csv", "/nowhere/labels.csv does not exist")]
    public void Read_DataThatCannotBeRead_SaysSo(string data, string message) => Refuses(new DataOptions { Data = data }, message);

    [Fact]
    public void Read_OptionsThatDoNotFit_AreRefused()
    {
        string table = _folder.WriteTable();
        Refuses(new DataOptions(), "No data is given");
        Refuses(new DataOptions { Train = table }, "--val is missing");
        Refuses(new DataOptions { Val = table }, "--train is missing");
        Refuses(new DataOptions { Data = table, Train = table }, "exclude each other");
        Refuses(new DataOptions { Data = table, ClassLabels = true }, "--class-column");
        Refuses(new DataOptions { Data = table, ImageRoot = _folder["no"] }, "is not a folder");

        Directory.CreateDirectory(_folder["none"]);
        Refuses(new DataOptions { Data = _folder["none"] }, "contains no labels.csv");
    }

    [Fact]
    public void Read_TableWithoutSplit_GetsOneByPatientThatDependsOnlyOnItsSeed()
    {
        string table =
            _folder.WriteTable((_, row) => row.Replace(",train,", ",", StringComparison.Ordinal)
                .Replace(",val,", ",", StringComparison.Ordinal).Replace(",test,", ",", StringComparison.Ordinal), "image,patient,f");
        var options = new DataOptions { Data = table, AllowRareFindings = true };
        DataSplits splits = DataReader.Read(options);
        Assert.Equal([25, 4, 7], new[] { splits.Train, splits.Val, splits.Test! }.Select(s => s.Items.Count));
        Assert.Equal(36, splits.Drawn.Select(d => d.Image.Patient).Distinct().Count());
        Assert.Contains(splits.Notes,
            n => n.Contains("no column 'split': its images were divided 70 : 10 : 20 by patient", StringComparison.Ordinal));
        Assert.Equal(splits.Drawn, DataReader.Read(options with
        {
            Seed = 5,
            SplitSeed = 0,
        }).Drawn, (a, b) => (a.Image.Name, a.Part) == (b.Image.Name, b.Part));
        Assert.NotEqual(
            splits.Drawn.Select(d => d.Image.Name), DataReader.Read(options with { SplitSeed = 1 }).Drawn.Select(d => d.Image.Name));
        Assert.Null(DataReader.Read(options with { SplitShares = [50, 50] }).Test);
        Refuses(options with { SplitShares = [50, 60] }, "--split-shares 50,60", "add up to 100");
        Refuses(new DataOptions { Data = _folder.WriteTable(), SplitSeed = 1 }, "--split-seed is only for tables without a split");
    }

    [Fact]
    public void ReadOne_TableWithoutSplit_HasNoPartsToTakeFrom()
    {
        string table = _folder.Images("a.png").Write("t.csv", "image,f\na.png,1\n");
        Assert.Single(DataReader.ReadOne(table, new DataOptions()).Items);
        Assert.Contains("no column 'split'",
            Assert.Throws<RadaptException>(() => DataReader.ReadOne(table, new DataOptions(), "test")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ReadOne_Split_TakesItsRowsOrAll()
    {
        string table = _folder.WriteTable((line, row) => line == 2 ? "0.png,p0,,0" : row);
        Assert.Equal(6, DataReader.ReadOne(table, new DataOptions(), "test").Items.Count);
        Assert.Equal(36, DataReader.ReadOne(table, new DataOptions()).Items.Count);
        Assert.Contains("no row of split 'dev'",
            Assert.Throws<RadaptException>(() => DataReader.ReadOne(table, new DataOptions(), "dev")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("eval", "line 5, column 'split': 'eval' is not train, val or test")]
    [InlineData("Anton", "line 5, column 'split': its text")]
    public void Read_UnknownSplit_IsRefused(string split, string message) =>
        Refuses(new DataOptions
        {
            Data = _folder.WriteTable((line, row) => line == 5 ? row.Replace("train", split, StringComparison.Ordinal) : row),
        }, message);

    [Fact]
    public void Read_EmptySplit_LeavesTheRowOutWithANote()
    {
        DataSplits splits = DataReader.Read(new DataOptions
        {
            Data = _folder.WriteTable((line, row) => line is 5 or 6 ? row.Replace("train", "", StringComparison.Ordinal) : row),
        });
        Assert.Equal(22, splits.Train.Items.Count);
        Assert.Contains(splits.Notes, n => n.Contains("2 of 36 rows have an empty cell in column 'split'", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("train", "no row of split 'train'")]
    [InlineData("val", "no row of split 'val'")]
    public void Read_SplitWithoutRows_IsRefused(string split, string message) =>
        Refuses(new DataOptions
        {
            Data = _folder.WriteTable((_, row) => row.Contains(split, StringComparison.Ordinal) ? null : row),
        }, message);

    [Fact]
    public void Read_SameImageInTwoSplits_IsRefusedOrNoted()
    {
        var options = new DataOptions
        {
            Data = _folder.WriteTable(null, more: ["0.png,,val,0", "./2.png,,test,0", "24.png,,test,0", "4.png,,val,0"]),
        };
        const string Rows = "(labels.csv, line 38 in train and val, labels.csv, line 41 in train and val, labels.csv, line 39 in ";
        Refuses(options, "4 images are in two splits", Rows, "--allow-overlap");
        Refuses(options with { PlainNames = true }, "(0.png in train and val, 4.png in train and val, ./2.png in train and test, …)");
        DataSplits splits = DataReader.Read(options with { AllowOverlap = true });
        Assert.Equal(8, splits.Val.Items.Count);
        Assert.Contains(splits.Notes, n => n.Contains("4 images are in two splits", StringComparison.Ordinal));
    }

    [Fact]
    public void Read_SamePatientInTwoSplits_IsRefusedOrNoted()
    {
        var options = new DataOptions
        {
            Data = _folder.WriteTable((line, row) => line == 26 ? row.Replace("p24", "p7", StringComparison.Ordinal) : row),
        };
        Refuses(options, "1 patient is in two splits (that of labels.csv line 26 in train and val)", "--allow-overlap");
        IReadOnlyList<string> notes = DataReader.Read(options with { AllowOverlap = true }).Notes;
        Assert.Contains(notes, n => n.Contains("labels.csv line 26", StringComparison.Ordinal));
        Assert.DoesNotContain(notes, n => n.Contains("p7", StringComparison.Ordinal)); // never who it is
        Assert.NotNull(DataReader.Read(new DataOptions
        {
            Data = _folder.WriteTable((_, row) => string.Join(',', row.Split(',').Select((cell, c) => c == 1 ? "" : cell))),
        }));
    }

    [Fact]
    public void Read_ImageTwiceInASplit_IsDroppedOrRefused()
    {
        DataSplits splits = DataReader.Read(new DataOptions { Data = _folder.WriteTable(null, more: ["3.png,p3,train,1"]) });
        Assert.Equal(24, splits.Train.Items.Count);
        string note = Assert.Single(splits.Notes, n => n.Contains("1 repeated row with the same image and labels was left out", StringComparison.Ordinal));
        Assert.Contains("labels.csv, line 38", note, StringComparison.Ordinal);
        var contradicting = new DataOptions { Data = _folder.WriteTable(null, more: ["3.png,p3,train,0"]) };
        Refuses(contradicting, "lines 5 and 38 give one image different labels");
        Refuses(contradicting with { PlainNames = true }, "lines 5 and 38 give 3.png different labels");
    }

    [Theory]
    [InlineData(9, 15)]
    [InlineData(15, 9)]
    [InlineData(0, 24)]
    [InlineData(24, 0)]
    public void Read_RareFinding_IsRefusedOrNoted(int positives, int negatives)
    {
        string Rare(int line) => line - 2 < positives ? "1" : line - 2 < positives + negatives ? "0" : $"{line % 2}";
        var options = new DataOptions { Data = _folder.WriteTable((line, row) => $"{row},{Rare(line)}", "image,patient,split,f,g") };
        string counts = $"g ({positives} positive, {negatives} negative)";
        Refuses(options, counts, "--allow-rare-findings", "--findings");
        Assert.Contains(DataReader.Read(options with
        {
            AllowRareFindings = true,
        }).Notes, n => n.Contains(counts, StringComparison.Ordinal));
        Assert.Equal(["f"], DataReader.Read(options with { Findings = ["f"] }).Train.Findings);
    }

    [Fact]
    public void Read_TenOfEachClass_IsEnough() => Assert.NotNull(DataReader.Read(new DataOptions
    {
        // 10 and 10 known, 4 unknown
        Data = _folder.WriteTable((line, row) => line is 2 or 4 ? row[..^1] : line is 3 or 5 ? row[..^1] : row),
    }));

    [Fact]
    public void Read_NoFindingWithBothClasses_IsRefusedWhateverIsAllowed() =>
        Refuses(new DataOptions
        {
            Data = _folder.WriteTable((line, row) => line < 26 ? row[..^1] + "0" : row),
            AllowRareFindings = true,
        }, "Nothing can be learned", "f (0 positive, 24 negative)");

    [Fact]
    public void Read_OneClassInValidation_IsRefusedOnlyForAllFindings()
    {
        Refuses(new DataOptions
        {
            Data = _folder.WriteTable((line, row) => line is >= 26 and < 32 ? row[..^1] + "0" : row),
        }, "split 'val' lacks positives or negatives of f (0 positive, 6 negative)");
        Func<int, string, string> Second = (line, row) => row + (line is >= 26 and < 32 ? ",1" : $",{line / 2 % 2}");
        DataSplits splits = DataReader.Read(new DataOptions { Data = _folder.WriteTable(Second, "image,patient,split,f,g") });
        Assert.Contains(splits.Notes,
            n => n.Contains("split 'val' lacks positives or negatives of g (6 positive, 0 negative)", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, true)] // 2 of 36 is above 5 %
    public void Read_MissingImages_AreLeftOutUpToFivePercent(int missing, bool refused)
    {
        var options = new DataOptions { Data = _folder.WriteTable() };
        foreach (int i in Enumerable.Range(3, missing))
        {
            File.Delete(_folder[$"{i}.png"]);
        }

        string said = $"{missing} of 36 rows {(missing == 1 ? "has" : "have")} no image";
        if (refused)
        {
            Refuses(options, said, "labels.csv, line 5, labels.csv, line 6", "--allow-missing-images", "--image-root");
            Refuses(options with { PlainNames = true }, "3.png, 4.png", $"looked for {_folder["3.png"]}");
        }

        DataSplits splits = DataReader.Read(options with { AllowMissingImages = refused });
        Assert.Equal(24 - missing, splits.Train.Items.Count);
        Assert.Contains(splits.Notes, n => n.StartsWith(said, StringComparison.Ordinal));
    }

    // Names are hidden only where patients are known.
    [Fact]
    public void Read_TableWithoutPatients_NamesItsImages()
    {
        static string Without(int line, string row) => string.Join(',', row.Split(',').Where((_, column) => column != 1));
        string table = _folder.WriteTable(Without, "image,split,f", "0.png,val,0", "3.png,train,1");
        var options = new DataOptions { Data = table };
        Refuses(options, "1 image is in two splits (0.png in train and val)");
        IReadOnlyList<string> notes = DataReader.Read(options with { AllowOverlap = true }).Notes;
        Assert.Contains(notes, n => n.Contains("left out (3.png)", StringComparison.Ordinal));
        Array.ForEach(["5.png", "6.png"], name => File.Delete(_folder[name]));
        Refuses(options with { AllowOverlap = true }, "(5.png, 6.png)", $"looked for {_folder["5.png"]}");
    }

    [Fact]
    public void Read_AllImagesOfASplitMissing_IsRefused()
    {
        var options = new DataOptions { Data = _folder.WriteTable(), AllowMissingImages = true };
        foreach (int i in Enumerable.Range(24, 6))
        {
            File.Delete(_folder[$"{i}.png"]);
        }

        Refuses(options, "No usable image is left for split 'val'");
    }

    [Fact]
    public void Read_Lists_TakeNamesAndClassesFromTraining()
    {
        string List(int from, int count, int classes) =>
            string.Concat(Enumerable.Range(from, count).Select(i => $"{i}.png {i % classes}\n"));
        _folder.Images(Enumerable.Range(0, 60).Select(i => $"{i}.png"));
        var options = new DataOptions
        {
            Train = _folder.Write("train.txt", List(0, 40, 3)),
            Val = _folder.Write("val.txt", List(40, 10, 2)), // lacks class 2
            Test = _folder.Write("test.txt", List(50, 10, 3)),
            ImageRoot = _folder.Path,
            ClassLabels = true,
        };
        DataSplits splits = DataReader.Read(options);
        Assert.Equal(["class_0", "class_1", "class_2"], splits.Val.Findings);
        Assert.Equal([5, 5, 0], splits.Val.CountLabels().Select(c => c.Positives));
        Refuses(options with { ClassLabels = false }, "label '2' is neither 0 nor 1", "--class-labels");
    }

    [Fact]
    public void Read_TablesAsParts_IgnoreTheirSplitColumnAndMatchByName()
    {
        _folder.WriteTable();
        string Table(string name, int from, int count, string header, Func<int, string> labels) => _folder.Write(
            name, header + "\n" + string.Concat(Enumerable.Range(from, count).Select(i => $"{i}.png,{labels(i)}\n")));
        DataSplits splits = DataReader.Read(new DataOptions
        {
            Train = Table("train.csv", 0, 24, "image,f,g,split", i => $"{i % 2},{i / 2 % 2},whatever"),
            Val = Table("val.csv", 24, 6, "image,g,f", i => $"{i / 2 % 2},{i % 2}"),
        });
        Assert.Equal(["f", "g"], splits.Val.Findings);
        Assert.Equal([0, 0, 1, 0], splits.Val.Items.Take(2).SelectMany(i => i.Labels));
        Assert.Null(splits.Test);
    }

    [Fact]
    public void Read_LabelFraction_IsDrawnOnlyFromTrainingAndNoted()
    {
        string table = _folder.WriteTable();
        DataSplits splits = DataReader.Read(new DataOptions { Data = table, LabelFraction = LabelFraction.FromShare(0.25), Seed = 3 });
        Assert.Equal([6, 6, 6], new[] { splits.Train, splits.Val, splits.Test! }.Select(s => s.Items.Count));
        Assert.Equal(new LabelCounts(3, 3, 0), splits.Train.CountLabels()[0]);
        Assert.Contains(splits.Notes, n => n == "Label fraction 25 %: 6 of 24 training images of 6 patients are used.");
    }

    [Fact]
    public void Read_HundredThousandRowsWithoutImages_CountsThem()
    {
        const int Rows = 100_000;
        var table = new StringBuilder("image,patient,split,a,b,c,d,e\n");
        for (int i = 0; i < Rows; i++)
        {
            table.Append(System.Globalization.CultureInfo.InvariantCulture,
                $"im/{i:D8}.png,p{i / 3},{(i < 60_000 ? "train" : i < 80_001 ? "val" : "test")},{i % 2},{i / 2 % 2},,{(i % 97 == 0 ? 1 : 0)},{i / 7 % 2}\n");
        }

        string file = _folder.Images("im/00000000.png").Write("big.csv", table.ToString());
        // One image exists, so everything up to the check of the files is done.
        Refuses(new DataOptions { Data = file, Findings = ["a", "b", "d", "e"] }, "99999 of 100000 rows have no image");
    }

    private static void Refuses(DataOptions options, params string[] parts)
    {
        RadaptException error = Assert.Throws<RadaptException>(() => DataReader.Read(options));
        Assert.All(parts, part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
        Assert.DoesNotContain('\n', error.Message);
    }
}
