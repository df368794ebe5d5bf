using Radapt.Datasets;
using Radapt.Datasets.Splits;
using static Radapt.Tests.Datasets.Published.PublishedTesting;

namespace Radapt.Tests.Datasets.Published;

public sealed class NihChestXray14Tests : IDisposable
{
    // As in the file of 2017: two headers hold a comma, and every line ends in one.
    private const string Header =
        "Image Index,Finding Labels,Follow-up #,Patient ID,Patient Age,Patient Gender,View "
            + "Position,OriginalImage[Width,Height],OriginalImagePixelSpacing[x,y],";
    private const int Patients = 64;
    private readonly LabelFolder _folder = new();

    private string Data => "nih:" + _folder.Path;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_OfficialLists_TakesLabelsPatientsAndViewsFromTheTable()
    {
        WriteOfficial();
        (DataParts parts, List<string> notes) = Read(Data);
        Assert.Equal("official", parts.Choice("split-name"));
        Assert.Equal(14, parts.Findings.Count);
        Assert.Equal(("Atelectasis", "Hernia"), (parts.Findings[0], parts.Findings[^1]));
        LocatedRow row = parts.Row("00000002_001.png");
        Assert.Equal(["Effusion", "Pneumonia"], parts.Findings.Where((_, f) => row.Row.Labels[f] == 1));
        Assert.Equal(("2", "AP"), (row.Row.Patient, row.Row.View));
        Assert.All(parts.Labels("00000001_000.png"), l => Assert.Equal(0, l));
        Assert.Contains(notes, n => n.Contains("no validation images", StringComparison.Ordinal)
            && n.Contains("--split-seed 0", StringComparison.Ordinal));
    }

    [Fact]
    public void Read_OfficialLists_DrawAnEighthOfTheTrainingPatientsForValidation()
    {
        WriteOfficial();
        DataParts parts = Read(Data).Parts;
        Assert.Equal(2 * Patients, parts.Sizes().Sum());
        Assert.Equal(32, parts.Parts[2].Count); // test_list.txt
        Assert.InRange(parts.Parts[1].Count, 10, 14);
        string[][] patients = [.. parts.Parts.Select(p => p.Select(r => r.Row.Patient!).Distinct().ToArray())];
        Assert.Empty(patients[0].Intersect(patients[1]));

        // The same whatever the seed of the run and the findings asked for; another with another seed of the split.
        DataParts same = Read(Data, new DataOptions { Seed = 5, Findings = ["Pneumonia"] }).Parts;
        Assert.Equal(parts.Parts[1].Select(r => r.Row.Name), same.Parts[1].Select(r => r.Row.Name));
        Assert.NotEqual(parts.Parts[1].Select(r => r.Row.Name), Read(Data, new DataOptions
        {
            SplitSeed = 1,
        }).Parts.Parts[1].Select(r => r.Row.Name));
    }

    [Theory]
    [InlineData("images_001/images", "images_012/images")]
    [InlineData("images", "images")]
    [InlineData("all_classes", "all_classes")]
    [InlineData(".", ".")]
    public void Read_ImagesWhereverTheyAreUnpacked_AreFound(string first, string second)
    {
        WriteOfficial();
        _folder.Images($"{first}/00000001_000.png", $"{second}/00000060_000.png");
        DataParts parts = Read(Data).Parts;
        Assert.Equal(Path.GetFullPath(_folder[Path.Combine(first, "00000001_000.png")]), parts.Row("00000001_000.png").Path);
        Assert.True(parts.Row("00000001_000.png").Exists && parts.Row("00000060_000.png").Exists);
        Assert.False(parts.Row("00000002_000.png").Exists);
    }

    [Fact]
    public void Read_PaperLists_AreUsedByPreference()
    {
        WriteOfficial();
        WritePaper("splits/");
        (DataParts parts, List<string> notes) = Read(Data);
        Assert.Equal("paper", parts.Choice("split-name"));
        Assert.Equal([3, 2, 1], parts.Sizes());
        Assert.Equal(1, parts.Labels("00000001_000.png")[5]);
        Assert.Equal(("1", "PA"), (parts.Row("00000001_000.png").Row.Patient, parts.Row("00000001_000.png").Row.View));
        Assert.Contains("official", parts.Choices.Single(c => c.Option == "split-name").Reason, StringComparison.Ordinal);
        Assert.Empty(notes);
        Assert.Equal([96, 32], [Read(Data, new DataOptions
        {
            SplitName = "official",
        }).Parts.Sizes().Take(2).Sum(), Read(Data, new DataOptions { SplitName = "official" }).Parts.Parts[2].Count]);
    }

    [Fact]
    public void Read_OnlyPaperLists_NeedNoTable()
    {
        WritePaper("");
        DataParts parts = Read(Data, new DataOptions { Findings = ["Hernia", "Nodule"] }).Parts;
        Assert.Equal(["Hernia", "Nodule"], parts.Findings);
        Assert.Equal([0, 1], parts.Labels("00000001_000.png"));
        Assert.Equal("1", parts.Row("00000001_000.png").Row.Patient);
    }

    [Fact]
    public void Read_LabelFractions_TakeThePapersListsWhereTheyAre()
    {
        WritePaper("");
        _folder.Write("train_1.txt", List(3));
        (DataParts one, List<string> notes) = Read(Data, new DataOptions { LabelFraction = LabelFraction.Parse("1%") });
        Assert.True(one.IsFraction);
        Assert.Equal(["00000003_000.png"], one.Parts[0].Select(r => r.Row.Name));
        Assert.Contains("Label fraction 1%: the paper's list train_1.txt, 1 training images.", notes);

        (DataParts ten, notes) = Read(Data, new DataOptions { LabelFraction = LabelFraction.Parse("0.1") });
        Assert.False(ten.IsFraction);
        Assert.Equal(3, ten.Parts[0].Count);
        Assert.Contains(notes, n => n.Contains("train_10.txt is not there, so 10% is drawn from train_list.txt", StringComparison.Ordinal));
        Assert.False(Read(Data, new DataOptions { LabelFraction = LabelFraction.Parse("5%") }).Parts.IsFraction);
    }

    [Fact]
    public void Read_OnlyTheListOfAFraction_SaysWhichFractionThereIs()
    {
        WritePaper("");
        File.Move(_folder["train_list.txt"], _folder["train_10.txt"]);
        Assert.Equal(3, Read(Data, new DataOptions { LabelFraction = LabelFraction.Parse("10%") }).Parts.Parts[0].Count);
        Refuses(Data, new DataOptions(), "has no train_list.txt to take the training images from; give --label-fraction 10%");
        Refuses(Data, new DataOptions { LabelFraction = LabelFraction.Parse("1%") }, "--label-fraction 1% from");
    }

    [Fact]
    public void Read_TwoTables_TakesTheNewerAndSaysSo()
    {
        WriteOfficial();
        _folder.Write("Data_Entry_2017.csv", File.ReadAllText(_folder["Data_Entry_2017_v2020.csv"])
            .Replace("Effusion|Pneumonia", "Mass", StringComparison.Ordinal));
        (DataParts parts, List<string> notes) = Read(Data);
        Assert.Equal(2, parts.Labels("00000002_001.png").Count(l => l == 1));
        Assert.Contains(notes, n => n.Contains("labels come from Data_Entry_2017_v2020.csv", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Effusion|Pneumonia", "Efusion",
        "Data_Entry_2017_v2020.csv line 5, column 'Finding Labels': 'Efusion' is not a finding of ChestX-ray14")]
    [InlineData("Effusion|Pneumonia", "Effusion|No Finding", "line 5, column 'Finding Labels': 'Effusion|No Finding' contradicts itself")]
    [InlineData("Effusion|Pneumonia", "", "line 5, column 'Finding Labels': the finding is empty")]
    [InlineData("Finding Labels", "Labels", "line 1: the column 'Finding Labels' is missing; it has Image Index, Labels")]
    [InlineData("00000002_001.png", "00000002_000.png", "line 5, column 'Image Index': '00000002_000.png' is already in line 4")]
    public void Read_DamagedTable_SaysWhere(string old, string @new, string message)
    {
        WriteOfficial();
        string file = _folder["Data_Entry_2017_v2020.csv"];
        File.WriteAllText(file, File.ReadAllText(file).Replace(old, @new, StringComparison.Ordinal));
        Refuses(Data, null, message);
    }

    [Fact]
    public void Read_ListsThatDoNotFit_SayWhere()
    {
        WriteOfficial();
        _folder.Write("test_list.txt", "00000050_000.png\n00009999_000.png\n");
        Refuses(Data, null, "test_list.txt line 2: Data_Entry_2017_v2020.csv has no row for '00009999_000.png'");
        _folder.Write("test_list.txt", List(50));
        Refuses(Data, null, "test_list.txt line 1: the official list has only names, but this list has labels, too");
        File.Delete(_folder["train_val_list.txt"]);
        Refuses(Data, null, "has Data_Entry_2017_v2020.csv but no lists");

        WritePaper("");
        _folder.Write("test_list.txt", "00000050_000.png\n");
        Refuses(Data, null, "has names without labels", _folder["splits"]);
        _folder.Write("test_list.txt", List(50)[..^3] + "\n");
        Refuses(Data, null, "test_list.txt has 13 labels per line, but the paper's list of this data set has 14");
        _folder.Write("test_list.txt", List(50).Replace("00000050_000", "a b", StringComparison.Ordinal));
        Refuses(Data, null, "test_list.txt line 1: 'a b.png' is not a name of ChestX-ray14");
    }

    [Fact]
    public void Read_OptionsOfOtherData_AreRefused()
    {
        WriteOfficial();
        Refuses(Data, new DataOptions
        {
            Findings = ["Pleural Effusion"],
        }, "ChestX-ray14 of the NIH has no finding 'Pleural Effusion' (--findings); it has Atelectasis");
        Refuses(Data, new DataOptions { SplitName = "paper" }, "--split-name paper", "it has official (");
        Refuses(Data, new DataOptions { Uncertainty = ["zeros"] }, "--uncertainty is for chexpert:DIR");
        Refuses(Data, new DataOptions { ClassColumn = "x" }, "--class-column is for label tables");
        WritePaper("splits/");
        Refuses(Data, new DataOptions { SplitSeed = 3 }, "--split-seed 3", "nothing is drawn");
    }

    [Fact]
    public void Read_AnotherDataSet_SaysWhatIsExpectedAndFound()
    {
        Refuses(Data, null, "is not ChestX-ray14 of the NIH: expected Data_Entry_2017*.csv", "the folder is empty");
        _folder.Write("train.csv", "Path,Sex,Edema\n");
        _folder.Write("valid.csv", "Path,Sex,Edema\n");
        Refuses(Data, null, "found train.csv, valid.csv; this looks like CheXpert: chexpert:" + _folder.Path);
        Refuses("nih:/nowhere", null, "nih:/nowhere: there is no such folder; write nih:DIR");
        Refuses("NIH:", null, "the folder is missing");
        RadaptException plain = Assert.Throws<RadaptException>(() => DataReader.Read(new DataOptions { Data = _folder.Path }));
        Assert.Contains("contains no labels.csv: it looks like CheXpert: --data chexpert:"
            + _folder.Path, plain.Message, StringComparison.Ordinal);
    }

    // 64 patients with two images each, 48 of them for training; every third has an effusion, the second image of patient 2 pneumonia
    // besides.
    [Theory]
    [InlineData("Patient Age", "58")]
    [InlineData("Patient Gender", "M")]
    [InlineData("View Position", "AP")]
    public void Read_GroupColumn_GivesTheTablesValues(string column, string value)
    {
        WriteOfficial();
        var grouped = new DataOptions { GroupColumn = column };
        Assert.Equal(value, Read(Data, grouped).Parts.Row("00000002_001.png").Row.Group);
        WritePaper("splits/");
        Assert.Equal(column == "View Position" ? "PA" : value, Read(Data, grouped).Parts.Row("00000050_000.png").Row.Group);
        Refuses(Data, new DataOptions { GroupColumn = "Age" }, "--subgroup Age:", "no such column", "Patient Age", "Patient Gender");
    }

    [Fact]
    public void Read_GroupColumnOfPaperListsAlone_SaysWhichTableIsMissing()
    {
        WritePaper("");
        Refuses(Data, new DataOptions { GroupColumn = "Patient Age" }, "--subgroup Patient Age:", "Data_Entry_2017_v2020.csv");
    }

    private void WriteOfficial()
    {
        (int Patient, int Image)[] images = [.. Enumerable.Range(1, Patients).SelectMany(p => new[] { (p, 0), (p, 1) })];
        string Finding((int Patient, int Image) i) => i == (2, 1) ? "Effusion|Pneumonia" : i.Patient % 3 == 0 ? "Effusion" : "No Finding";
        _folder.Write("Data_Entry_2017_v2020.csv", Header + "\n" + string.Concat(images.Select(i =>
            $"{Name(i.Patient, i.Image)},{Finding(i)},{i.Image},{i.Patient},058Y,M,{(i.Image == 0 ? "PA" : "AP")},2682,2749,0.143,0.143,\n")));
        _folder.Write("train_val_list.txt", string.Join("\r\n", images.Where(i => i.Patient <= 48).Select(i => Name(i.Patient, i.Image))));
        _folder.Write("test_list.txt", string.Join("\r\n", images.Where(i => i.Patient > 48).Select(i => Name(i.Patient, i.Image))));
    }

    private void WritePaper(string folder)
    {
        _folder.Write(folder + "train_list.txt", List(1, 2, 3));
        _folder.Write(folder + "val_list.txt", List(10, 11));
        _folder.Write(folder + "test_list.txt", List(50));
    }

    // Every image has a nodule.
    private static string List(params int[] patients) => string.Concat(patients.Select(p => $"{Name(p, 0)} 0 0 0 0 0 1 0 0 0 0 0 0 0 0\n"));

    private static string Name(int patient, int image) => $"{patient:D8}_{image:D3}.png";
}
