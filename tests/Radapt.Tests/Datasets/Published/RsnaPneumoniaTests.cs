using Radapt.Datasets;
using static Radapt.Tests.Datasets.Published.PublishedTesting;

namespace Radapt.Tests.Datasets.Published;

public sealed class RsnaPneumoniaTests : IDisposable
{
    private readonly LabelFolder _folder = new();

    private string Data => "rsna:" + _folder.Path;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_Table_GivesOneRowAnImageAndSharesThemOut()
    {
        WriteOfficial();
        (DataParts parts, List<string> notes) = Read(Data);
        Assert.Equal(["Pneumonia"], parts.Findings);
        Assert.Equal([70, 10, 20], parts.Sizes());
        Assert.Equal([14, 2, 4], parts.Parts.Select(p => p.Count(r => r.Row.Labels[0] == 1)));
        Assert.Equal("drawn", parts.Choice("split-name"));
        Assert.Equal(0L, parts.Choice("split-seed"));
        Assert.Contains(notes, n => n.Contains("70 / 10 / 20 %", StringComparison.Ordinal));
        LocatedRow boxed = parts.Row("stage_2_train_images/id000.dcm");
        Assert.Equal(("id000", 2), (boxed.Row.Patient, boxed.Row.Line));
    }

    [Fact]
    public void ReadOne_AllImages_DrawsNothing()
    {
        WriteOfficial();
        _folder.Images(Enumerable.Range(0, 100).Select(i => $"stage_2_train_images/id{i:D3}.dcm"));
        var notes = new List<string>();
        LabelledImages all = DataReader.ReadOne(Data, new DataOptions(), null, notes);
        Assert.Equal(Enumerable.Range(0, 100).Select(i => $"stage_2_train_images/id{i:D3}.dcm"), all.Items.Select(i => i.Name));
        Assert.DoesNotContain(notes, n => n.Contains("were divided", StringComparison.Ordinal));
        Assert.Equal(20, DataReader.ReadOne(Data, new DataOptions(), "test", notes).Items.Count);
        Assert.Contains(notes, n => n.Contains("were divided", StringComparison.Ordinal));
    }

    [Fact]
    public void Read_Classes_AreFindingsOfTheirOwn()
    {
        WriteOfficial();
        DataParts parts = Read(Data, new DataOptions { Findings = ["Normal", "Pneumonia", "No Lung Opacity / Not Normal"] }).Parts;
        Assert.Equal([0, 1, 0], parts.Labels("stage_2_train_images/id000.dcm"));
        Assert.Equal([1, 0, 0], parts.Labels("stage_2_train_images/id001.dcm"));
        Assert.Equal([0, 0, 1], parts.Labels("stage_2_train_images/id002.dcm"));
    }

    [Fact]
    public void Read_PaperLists_AreUsedByPreference()
    {
        WriteOfficial();
        _folder.Write("train_list.txt", "stage_2_train_images/id000.dcm 1 \nstage_2_train_images/id001.dcm 0 \n");
        _folder.Write("val_list.txt", "stage_2_train_images/id002.dcm 0 \n");
        _folder.Write("test_list.txt", "stage_2_test_images/x.dcm 1 \n");
        _folder.Images("stage_2_train_images/id000.dcm", "stage_2_test_images/x.dcm");
        DataParts parts = Read(Data).Parts;
        Assert.Equal([2, 1, 1], parts.Sizes());
        Assert.Equal("paper", parts.Choice("split-name"));
        Assert.True(parts.Row("stage_2_train_images/id000.dcm").Exists && parts.Row("stage_2_test_images/x.dcm").Exists);
        Refuses(Data, new DataOptions
        {
            Findings = ["Normal"],
        }, "--findings Normal: the paper's lists contain only Pneumonia; also pass --split-name drawn");
        Assert.Equal(100, Read(Data, new DataOptions { SplitName = "drawn", Findings = ["Normal"] }).Parts.Sizes().Sum());
    }

    [Theory]
    [InlineData("stage_2_train_labels.csv", "id001,,,,,0", "id001,,,,,2",
        "stage_2_train_labels.csv line 4, column 'Target': '2' is neither 0 nor 1")]
    [InlineData("stage_2_train_labels.csv", "id001,,,,,0", "id000,,,,,0", "line 4, column 'Target': 0 contradicts line 2")]
    [InlineData("stage_2_train_labels.csv", "Target", "Label",
        "line 1: the column 'Target' is missing; it has patientId, x, y, width, height, Label")]
    [InlineData("stage_2_detailed_class_info.csv", "id001,Normal", "id001,Fine",
        "stage_2_detailed_class_info.csv line 4, column 'class': 'Fine' is not one of Lung Opacity, Normal")]
    [InlineData("stage_2_detailed_class_info.csv", "id001,Normal\n", "", "line 4: stage_2_detailed_class_info.csv has no row for 'id001'")]
    public void Read_DamagedTable_SaysWhere(string file, string old, string @new, string message)
    {
        WriteOfficial();
        File.WriteAllText(_folder[file], File.ReadAllText(_folder[file]).Replace(old, @new, StringComparison.Ordinal));
        Refuses(Data, new DataOptions { Findings = ["Normal", "Pneumonia"] }, message);
    }

    // A hundred images; every fifth has pneumonia, the first of them in two boxes.
    [Fact]
    public void Read_GroupColumn_GivesTheTablesValues()
    {
        WriteOfficial();
        var grouped = new DataOptions { GroupColumn = "class" };
        Assert.Equal(["Lung Opacity", "Normal", "No Lung Opacity / Not Normal"], Enumerable.Range(0, 3)
            .Select(i => Read(Data, grouped).Parts.Row($"stage_2_train_images/id{i:D3}.dcm").Row.Group));
        Assert.Equal("1", Read(Data, grouped with { GroupColumn = "Target" }).Parts.Row("stage_2_train_images/id000.dcm").Row.Group);
        Assert.Null(Read(Data, grouped with { GroupColumn = "PatientSex" }).Parts.Row("stage_2_train_images/id000.dcm").Row.Group);
        Refuses(Data, grouped with { GroupColumn = "age" }, "--subgroup age:", "it has", "class");
    }

    private void WriteOfficial()
    {
        var labels = new List<string> { "patientId,x,y,width,height,Target" };
        var classes = new List<string> { "patientId,class" };
        for (int i = 0; i < 100; i++)
        {
            bool isIll = i % 5 == 0;
            labels.AddRange(Enumerable.Repeat(isIll ? $"id{i:D3},264.0,152.0,213.0,379.0,1" : $"id{i:D3},,,,,0", i == 0 ? 2 : 1));
            classes.AddRange(
                Enumerable.Repeat($"id{i:D3},{(isIll ? "Lung Opacity" : i % 2 == 1 ? "Normal" : "No Lung Opacity / Not Normal")}",
                    i == 0 ? 2 : 1));
        }

        _folder.Write("stage_2_train_labels.csv", string.Join('\n', labels) + "\n");
        _folder.Write("stage_2_detailed_class_info.csv", string.Join('\n', classes) + "\n");
    }
}
