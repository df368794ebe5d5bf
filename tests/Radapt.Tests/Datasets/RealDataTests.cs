using System.Text.Json.Nodes;
using Radapt.Datasets;
using Radapt.Datasets.Tables;

namespace Radapt.Tests.Datasets;

/// <summary>Tables and lists as people publish them.</summary>
public class RealDataTests
{
    [Fact]
    public void Read_PneumoniaMnistTable_GivesThePublishedSplits()
    {
        DataSplits splits = DataReader.Read(new DataOptions { Data = Repository.RealData("pneumoniamnist") });
        Assert.Equal([(3494, 4708), (389, 524), (390, 624)],
            new[] { splits.Train, splits.Val, splits.Test! }.Select(s => (s.CountLabels()[0].Positives, s.Items.Count)));
        Assert.Equal(["pneumonia"], splits.Train.Findings);
    }

    [Theory]
    [InlineData("covid1", 36)]
    [InlineData("covid2", 56)]
    [InlineData("covid3", 53)]
    [InlineData("covid4", 40)]
    public void Read_CovidLists_AgreeWithTheirTable(string name, int test)
    {
        string root = Repository.RealData("covid-cxr");
        string folder = Path.Combine(root, "splits", name);
        DataSplits splits = DataReader.Read(new DataOptions
        {
            Train = Path.Combine(folder, "iscovid_train.txt"),
            Val = Path.Combine(folder, "iscovid_val.txt"),
            Test = Path.Combine(folder, "iscovid_test.txt"),
            ImageRoot = Path.Combine(root, "images"),
            Findings = ["covid"],
        });
        LabelledImages table = DataReader.ReadOne(Path.Combine(root, "labels.csv"), new DataOptions());
        LabelledImage[] all = [.. splits.Train.Items, .. splits.Val.Items, .. splits.Test!.Items];
        Assert.Equal(252, all.Length);
        Assert.Equal(test, splits.Test.Items.Count);
        Assert.Equal(
            table.Items.OrderBy(i => i.Name, StringComparer.Ordinal).Select(i => (i.Path, i.Labels[0])),
            all.OrderBy(i => i.Name, StringComparer.Ordinal).Select(i => (i.Path, i.Labels[0])));
        Assert.Equal(190, table.CountLabels()[0].Positives);
    }

    [Fact]
    public void Read_ThreeClassLists_GiveOneFindingPerClassOrTheSecondOfTwo()
    {
        string root = Repository.RealData("pneumonia-cxr");
        var options = new DataOptions
        {
            Train = Path.Combine(root, "splits", "train.txt"),
            Val = Path.Combine(root, "splits", "val.txt"),
            Test = Path.Combine(root, "splits", "test.txt"),
            ImageRoot = Path.Combine(root, "images"),
            ClassLabels = true,
        };
        DataSplits three = DataReader.Read(options);
        Assert.Equal([300, 300, 69], three.Train.CountLabels().Select(c => c.Positives));
        Assert.Equal(["class_0", "class_1", "class_2"], three.Train.Findings);

        DataSplits two = DataReader.Read(options with { KeepClasses = [0, 1], Findings = ["pneumonia"] });
        Assert.Equal(["pneumonia"], two.Train.Findings);
        Assert.Equal([new LabelCounts(300, 300, 0)], two.Train.CountLabels());
        Assert.Equal([new LabelCounts(123, 127, 0)], two.Test!.CountLabels());
    }

    [Fact]
    public void ReadOne_TableWithClassesAndOddColumns_ReadsWhatIsAskedFor()
    {
        string root = Repository.RealData("pneumonia-cxr");
        LabelledImages images = DataReader.ReadOne(root, new DataOptions { ClassColumn = "label", KeepClasses = [0, 2] });
        Assert.Equal(["label_2"], images.Findings);
        Assert.Equal(new LabelCounts(114, 500, 0), images.CountLabels()[0]);
        Assert.All(images.Items, i => Assert.NotNull(i.Patient));

        RadaptException error = Assert.Throws<RadaptException>(() => DataReader.ReadOne(root, new DataOptions()));
        Assert.Contains("--class-column", error.Message, StringComparison.Ordinal);

        var notes = new List<string>();
        LabelledImages findings = DataReader.ReadOne(Path.Combine(Repository.RealData("covid-cxr"), "findings.csv"), new DataOptions
        {
            Views = ["all"],
        }, notes: notes);
        Assert.Equal(380, findings.Items.Count);
        Assert.Equal(361, findings.CountLabels()[0].Positives);
        Assert.Contains(notes, n => n.Contains("not used: in_covid_splits (membership in a split; --findings uses it anyway), "
            + "finding", StringComparison.Ordinal)); // WORKFLOW A8
    }

    [Fact]
    public void Read_EveryPublishedList_HasTheCountedLinesAndPositives()
    {
        string root = Repository.RealData("paper-splits");
        JsonObject files = JsonNode.Parse(File.ReadAllText(Path.Combine(root, "counts.json")))!["files"]!.AsObject();
        Assert.NotEmpty(files);
        foreach ((string file, JsonNode? expected) in files)
        {
            JsonObject positives = expected!["positives_per_class"]!.AsObject();
            LabelRows rows = SplitList.Read(Path.Combine(root, file + ".gz"), new DataOptions
            {
                Findings = [.. positives.Select(p => p.Key)],
            }, []);
            Assert.Equal((int)expected["lines"]!, rows.Rows.Count);
            Assert.Equal(positives.Select(p => (int)p.Value!), Enumerable.Range(0, positives.Count)
                .Select(f => rows.Rows.Count(r => r.Labels[f] == 1)));
            Assert.DoesNotContain(rows.Rows,
                r => r.Name.Contains(' ', StringComparison.Ordinal) || r.Name.Contains('\r', StringComparison.Ordinal));
        }
    }
}
