using Radapt.Datasets;
using Radapt.Datasets.Splits;
using static Radapt.Tests.Datasets.Published.PublishedTesting;

namespace Radapt.Tests.Datasets.Published;

public sealed class CheXpertTests : IDisposable
{
    private const string Header =
        "Path,Sex,Age,Frontal/Lateral,AP/PA,No Finding,Enlarged Cardiomediastinum,Cardiomegaly,Lung Opacity,Lung "
            + "Lesion,Edema,Consolidation,Pneumonia,Atelectasis,Pneumothorax,Pleural Effusion,Pleural Other,Fracture,Support Devices\n";

    // Cardiomegaly uncertain, edema uncertain, consolidation blank, atelectasis uncertain, effusion absent; a fracture is uncertain, an
    // opacity present.
    private const string Uncertain = "Female,68,Frontal,AP,,,-1.0,1.0,,-1.0,,,-1.0,,0.0,,-1.0,1.0\n";
    private const string Healthy = "Male,50,Lateral,,1.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0\n";
    private const string Train = "CheXpert-v1.0-small/train/patient00001/study2/view1_frontal.jpg";
    private const string Valid = "CheXpert-v1.0-small/valid/patient64541/study1/view1_lateral.jpg";
    private const string Test = "CheXpert-v1.0-small/test/patient64741/study1/view1_frontal.jpg";
    private readonly LabelFolder _folder = new();

    private string Data => "chexpert:" + _folder.Path;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_OfficialTables_TakesThePapersFiveUnderThePapersPolicy()
    {
        WriteOfficial();
        (DataParts parts, List<string> notes) = Read(Data);
        Assert.Equal(["Atelectasis", "Cardiomegaly", "Consolidation", "Edema", "Pleural Effusion"], parts.Findings);
        Assert.Equal([1, 0, 0, 1, 0], parts.Labels(Train));
        Assert.Equal("official", parts.Choice("split-name"));
        Assert.Equal(["paper"], Assert.IsType<string[]>(parts.Choice("uncertainty")));
        Assert.Contains("ones for Atelectasis, Edema, Pleural Effusion", parts.Choices.Single(c => c.Option == "uncertainty").Reason,
            StringComparison.Ordinal);
        Assert.Contains(notes,
            n => n.Contains(
                "train.csv: uncertain labels of 1 images: Atelectasis 1, Cardiomegaly 1, Consolidation 0, Edema 1, Pleural Effusion 0",
                    StringComparison.Ordinal));
        Assert.Equal([1, 1, 1], parts.Sizes());
    }

    [Theory]
    [InlineData("ignore", new sbyte[] { -1, -1, -1, -1, 0 })]
    [InlineData("zeros", new sbyte[] { 0, 0, 0, 0, 0 })]
    [InlineData("ones", new sbyte[] { 1, 1, 0, 1, 0 })]
    [InlineData("paper", new sbyte[] { 1, 0, 0, 1, 0 })]
    [InlineData("zeros,Edema=ones,Consolidation=ignore", new sbyte[] { 0, 0, -1, 1, 0 })]
    [InlineData("Cardiomegaly=ignore", new sbyte[] { 1, -1, 0, 1, 0 })]
    public void Read_UncertaintyPolicies_DecideUncertainAndBlankLabels(string policy, sbyte[] labels)
    {
        WriteOfficial();
        Assert.Equal(labels, Read(Data, new DataOptions { Uncertainty = policy.Split(',') }).Parts.Labels(Train));
    }

    [Fact]
    public void Read_OtherFindings_AreSelectableInAnyOrder()
    {
        WriteOfficial();
        DataParts parts = Read(Data, new DataOptions
        {
            Findings = ["Fracture", "Lung Opacity", "No Finding"],
            Uncertainty = ["paper", "Fracture=ones"],
        }).Parts;
        Assert.Equal([1, 1, 0], parts.Labels(Train));
        Assert.Equal([0, 0, 1], parts.Labels(Valid));
    }

    [Fact]
    public void Read_Paths_GivePatientStudyViewAndFile()
    {
        WriteOfficial();
        _folder.Images("train/patient00001/study2/view1_frontal.jpg");
        DataParts parts = Read(Data).Parts;
        LocatedRow train = parts.Row(Train);
        Assert.Equal(("patient00001", "patient00001/study2", "AP"), (train.Row.Patient, train.Row.Study, train.Row.View));
        Assert.Equal("Lateral", parts.Row(Valid).Row.View);
        Assert.Equal(_folder["train/patient00001/study2/view1_frontal.jpg"], train.Path);
        Assert.True(train.Exists);
        Assert.False(parts.Row(Test).Exists);
    }

    [Theory]
    [InlineData("CheXpert-v1.0-small")]
    [InlineData("CheXpert-v1.0")]
    public void Read_TheFolderAbove_IsUnderstood(string release)
    {
        WriteOfficial(release + "/");
        _folder.Images(release + "/train/patient00001/study2/view1_frontal.jpg");
        Assert.True(Read(Data).Parts.Row(Train).Exists);
    }

    [Fact]
    public void Read_NoTestTable_IsSaid()
    {
        WriteOfficial();
        File.Delete(_folder["test.csv"]);
        (DataParts parts, List<string> notes) = Read(Data);
        Assert.Equal([1, 1, 0], parts.Sizes());
        Assert.Contains(notes, n => n.EndsWith("there is no test.csv, so nothing is tested.", StringComparison.Ordinal));
        _folder.Write("test_labels.csv",
            "Path,Atelectasis,Cardiomegaly,Consolidation,Edema,Pleural Effusion\ntest/patient64741/study1/view1_frontal.jpg,1,0,0,0,1\n");
        Assert.Equal([1, 0, 0, 0, 1], Read(Data).Parts.Labels("test/patient64741/study1/view1_frontal.jpg"));
    }

    [Fact]
    public void Read_PaperLists_GiveLabelsAsTheyAre()
    {
        WritePaper();
        DataParts parts = Read(Data, new DataOptions
        {
            LabelFraction = LabelFraction.Parse("10%"),
            Findings = ["Edema", "Atelectasis"],
        }).Parts;
        Assert.True(parts.IsFraction);
        Assert.Equal("paper", parts.Choice("split-name"));
        Assert.Equal([1, 0], parts.Labels(Train)); // the list says no atelectasis
        Assert.Equal("patient00001/study2", parts.Row(Train).Row.Study);
        Refuses(Data, new DataOptions(), "has no train_list.txt", "give --label-fraction 10%");
    }

    [Fact]
    public void Read_PaperListsWithTables_TakeAllOfTrainCsvAndOtherLabelsFromIt()
    {
        WritePaper();
        WriteOfficial();
        (DataParts all, List<string> notes) = Read(Data);
        Assert.Equal([1, 0, 0, 1, 0], all.Labels(Train));
        Assert.Contains(notes, n => n.Contains("training images are those of train.csv", StringComparison.Ordinal));

        DataOptions ten = new() { LabelFraction = LabelFraction.Parse("10%") };
        Assert.Equal([0, 0, 0, 1, 0], Read(Data, ten).Parts.Labels(Train));
        Assert.Equal([0, 0, 0, 1, 0], Read(Data, ten with { Uncertainty = ["paper"] }).Parts.Labels(Train));
        (DataParts ignored, notes) = Read(Data, ten with { Uncertainty = ["ignore"] });
        Assert.Equal([-1, -1, -1, -1, 0], ignored.Labels(Train));
        Assert.Contains(notes, n => n.Contains("labels of the paper's images come from train.csv", StringComparison.Ordinal));
        Assert.Equal([1], Read(Data, ten with { Findings = ["Lung Opacity"] }).Parts.Labels(Train));
    }

    [Fact]
    public void Read_PaperListsWithoutTables_RefuseWhatTheyCannotSay()
    {
        WritePaper();
        DataOptions ten = new() { LabelFraction = LabelFraction.Parse("10%") };
        Refuses(Data, ten with { Uncertainty = ["ignore"] }, "train.csv is missing", "with the paper's uncertainty policy");
        Refuses(Data, ten with { Findings = ["Fracture"] }, "train.csv is missing");
    }

    [Theory]
    [InlineData("-1.0,1.0,,-1.0", "2,1.0,,-1.0", "train.csv line 2, column 'Cardiomegaly': '2' is neither 1, 0, -1 (uncertain) nor empty")]
    [InlineData("/train/patient00001/study2/view1_frontal.jpg", "/train/one.jpg",
        "train.csv line 2: 'CheXpert-v1.0-small/train/one.jpg' is not a path of CheXpert")]
    [InlineData(",Edema,", ",Oedema,", "train.csv line 1: the column 'Edema' is missing")]
    public void Read_DamagedTable_SaysWhere(string old, string @new, string message)
    {
        WriteOfficial();
        File.WriteAllText(_folder["train.csv"], File.ReadAllText(_folder["train.csv"]).Replace(old, @new, StringComparison.Ordinal));
        Refuses(Data, null, message);
    }

    [Theory]
    [InlineData("some", "'some' is not ignore, zeros, ones, paper or FINDING=")]
    [InlineData("Edema=paper", "'Edema=paper' is not")]
    [InlineData("zeros,ones", "only one policy can be for all findings")]
    [InlineData("Oedema=ones", "there is no finding 'Oedema'; there are No Finding")]
    [InlineData("Edema=ones,Edema=zeros", "this finding has two policies")]
    public void Read_UnknownPolicy_IsRefused(string policy, string message)
    {
        WriteOfficial();
        Refuses(Data, new DataOptions { Uncertainty = policy.Split(',') }, message);
    }

    [Theory]
    [InlineData("Sex", "Female", "Male")]
    [InlineData("Age", "68", "50")]
    [InlineData("Frontal/Lateral", "Frontal", "Lateral")]
    [InlineData("AP/PA", "AP", null)]
    public void Read_GroupColumn_GivesTheTablesValues(string column, string train, string? test)
    {
        var grouped = new DataOptions { GroupColumn = column };
        WriteOfficial();
        DataParts parts = Read(Data, grouped).Parts;
        Assert.Equal((train, test), (parts.Row(Train).Row.Group, parts.Row(Test).Row.Group));
        WritePaper();
        parts = Read(Data, grouped with { LabelFraction = LabelFraction.Parse("10%") }).Parts;
        Assert.Equal((train, test), (parts.Row(Train).Row.Group, parts.Row(Test).Row.Group));
        Assert.Equal([1, 0, 0, 0, 0], parts.Labels(Test)); // the lists' labels all the same
        Refuses(Data, new DataOptions { GroupColumn = "sex" }, "--subgroup sex:", "it has", "Sex", "Age");
    }

    private void WriteOfficial(string folder = "")
    {
        _folder.Write(folder + "train.csv", Header + $"{Train},{Uncertain}");
        _folder.Write(folder + "valid.csv", Header + $"{Valid},{Healthy}");
        _folder.Write(folder + "test.csv", Header + $"{Test},{Healthy}");
    }

    private void WritePaper()
    {
        _folder.Write("train_10.txt", $"{Train} 0 0 0 1 0\n");
        _folder.Write("val_list.txt", $"{Valid} 0 1 0 0 0\n");
        _folder.Write("test_list.txt", $"{Test} 1 0 0 0 0\n");
    }
}
