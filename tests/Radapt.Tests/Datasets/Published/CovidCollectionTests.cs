using Radapt.Datasets;
using static Radapt.Tests.Datasets.Published.PublishedTesting;

namespace Radapt.Tests.Datasets.Published;

public sealed class CovidCollectionTests : IDisposable
{
    private readonly LabelFolder _folder = new();

    private string Data => "covid:" + _folder.Path;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_Metadata_KeepsFrontalXRayImages()
    {
        WriteMetadata();
        (DataParts parts, List<string> notes) = Read(Data);
        Assert.Equal(["COVID-19"], parts.Findings);
        Assert.Equal("drawn", parts.Choice("split-name"));
        Assert.Equal(60, parts.Sizes().Sum());
        Assert.Contains(notes,
            n => n.EndsWith(
                "60 frontal X-ray images; left out: 2 of another modality, 2 of other views (L 1, none 1), 2 without a finding.",
                    StringComparison.Ordinal));
        LocatedRow row = parts.Row("0.png");
        Assert.Equal(("7a", "AP Supine", true), (row.Row.Patient, row.Row.View, row.Exists));
        Assert.Equal([1, 1, 1, 0], Read(Data, new DataOptions
        {
            Findings = ["COVID-19", "Viral", "Pneumonia", "Bacterial"],
        }).Parts.Labels("0.png"));
    }

    [Theory]
    [InlineData("Pneumonia/Viral/COVID-19", "Pneumonia,Viral,COVID-19")]
    [InlineData("COVID-19", "Pneumonia,Viral,COVID-19")]
    [InlineData("COVID-19, ARDS", "Pneumonia,Viral,COVID-19,ARDS")]
    [InlineData("Pneumonia/Viral/Influenza/H1N1", "Pneumonia,Viral,Influenza,H1N1")]
    [InlineData("Pneumonia/Bacterial/Staphylococcus/MRSA", "Pneumonia,Bacterial,Staphylococcus,MRSA")]
    [InlineData("Pneumonia/Viral/Herpes ", "Pneumonia,Viral,Herpes")]
    [InlineData("Pneumonia", "Pneumonia")]
    [InlineData("Tuberculosis", "Tuberculosis")]
    [InlineData("No Finding", "No Finding")]
    public void Parse_PathsAndNames_BringWhatIsAboveThem(string cell, string expected)
    {
        sbyte[] labels = Radapt.Datasets.Published.CovidFindings.Parse(cell, name => new RadaptException(name))!;
        Assert.Equal(expected.Split(','), Radapt.Datasets.Published.CovidFindings.Names.Where((_, f) => labels[f] == 1));
    }

    [Fact]
    public void Read_Lists_AreUsedByPreferenceAndNamed()
    {
        WriteMetadata();
        WriteLists("a", 0);
        WriteLists("b", 3);
        DataParts parts = Read(Data).Parts;
        Assert.Equal("a", parts.Choice("split-name"));
        Assert.Equal([6, 3, 3], parts.Sizes());
        Assert.Equal(("7a", "AP Supine"), (parts.Row("0.png").Row.Patient, parts.Row("0.png").Row.View));
        Assert.Equal("3.png", Read(Data, new DataOptions { SplitName = "b" }).Parts.Parts[0][0].Row.Name);
        Assert.Equal([1, 0, 0, 1, 0, 0], Read(Data, new DataOptions
        {
            Findings = ["SARS"],
        }).Parts.Parts[0].Select(r => r.Row.Name is "0.png" or "3.png" ? (sbyte)(1 - r.Row.Labels[0]) : r.Row.Labels[0]));
        Refuses(Data, new DataOptions { SplitName = "c" }, "--split-name c", "it has a (", "b (", "drawn (");

        DataParts named = Read($"{Data}/splits/b").Parts;
        Assert.Equal(("b", "3.png", true), (named.Choice("split-name"), named.Parts[0][0].Row.Name, named.Parts[0][0].Exists));
    }

    [Fact]
    public void Read_ListsWithoutMetadata_SayThatPatientsAreUnknown()
    {
        _folder.Images(Enumerable.Range(0, 12).Select(i => $"images/{i}.png"));
        WriteLists("a", 0);
        (DataParts parts, List<string> notes) = Read(Data);
        Assert.All(parts.Parts.SelectMany(p => p), r => Assert.Null(r.Row.Patient));
        Assert.Contains(notes,
            n => n.EndsWith("the patients of 12 images are not known: there is no metadata.csv.", StringComparison.Ordinal));
        Refuses(Data, new DataOptions
        {
            Findings = ["SARS"],
        }, "iscovid_train.txt line 1: neither metadata.csv nor findings.csv has a row for '0.png', from which SARS would be taken");
    }

    [Theory]
    [InlineData("Pneumonia/Viral/COVID-19", "Pneumonia/Viral/Covid",
        "metadata.csv line 2, column 'finding': 'Covid' is not a finding of the collection (Pneumonia, Viral, COVID-19")]
    [InlineData("finding", "findings", "line 1: the column 'finding' is missing; it has patientid")]
    [InlineData("images,0.png", "images,", "line 2, column 'filename': the image's name is empty")]
    public void Read_DamagedMetadata_SaysWhere(string old, string @new, string message)
    {
        WriteMetadata();
        File.WriteAllText(_folder["metadata.csv"], File.ReadAllText(_folder["metadata.csv"]).Replace(old, @new, StringComparison.Ordinal));
        Refuses(Data, null, message);
    }

    [Fact]
    public void Read_RealCollection_GivesTheLabelsThatWereReadByHand()
    {
        string root = Repository.RealData("covid-cxr");
        string[] columns = ["pneumonia", "viral", "bacterial", "fungal", "covid19", "sars", "ards", "no_finding"];
        string[] names = ["Pneumonia", "Viral", "Bacterial", "Fungal", "COVID-19", "SARS", "ARDS", "No Finding"];
        LabelledImages table = DataReader.ReadOne(Path.Combine(root, "findings.csv"), new DataOptions
        {
            Findings = columns,
            ImageRoot = Path.Combine(root, "images"),
            Views = ["all"],
        });
        var byHand = table.Items.ToDictionary(i => i.Name, i => i.Labels);
        DataParts drawn = Read("covid:" + root, new DataOptions { SplitName = "drawn", Findings = names }).Parts;
        Assert.Equal(344, drawn.Sizes().Sum());
        Assert.All(drawn.Parts.SelectMany(p => p), r => Assert.Equal(byHand[r.Row.Name], r.Row.Labels));

        foreach (int i in Enumerable.Range(1, 4))
        {
            DataParts listed = Read("covid:" + root, new DataOptions { SplitName = $"covid{i}" }).Parts;
            Assert.Equal((252, 190), (listed.Sizes().Sum(), listed.Parts.Sum(p => p.Count(r => r.Row.Labels[0] == 1))));
            Assert.All(listed.Parts.SelectMany(p => p), r => Assert.NotNull(r.Row.Patient));
        }
    }

    private void WriteLists(string name, int from)
    {
        string List(int start, int count) =>
            string.Concat(Enumerable.Range(from + start, count).Select(i => $"{i}.png {(i % 3 == 0 ? 1 : 0)}\n"));
        _folder.Write($"splits/{name}/iscovid_train.txt", List(0, 6));
        _folder.Write($"splits/{name}/iscovid_val.txt", List(6, 3));
        _folder.Write($"splits/{name}/iscovid_test.txt", List(9, 3));
    }

    // Sixty frontal images, every third with COVID-19; then two slices of CT, two other views and two that nobody has read.
    private void WriteMetadata()
    {
        var rows = new List<string> { "patientid,offset,finding,view,modality,folder,filename,clinical_notes" };
        for (int i = 0; i < 66; i++)
        {
            string finding = i >= 64 ? (i == 64 ? "todo" : "Unknown") : i % 3 == 0 ? "Pneumonia/Viral/COVID-19" : "No Finding";
            string view = i switch { 0 => "AP Supine", 62 => "L", 63 => "", _ => "PA" };
            rows.Add(
                $"{(i == 0 ? "7a" : $"p{i}")},{i},{finding},{view},{(i is 60 or 61 ? "CT" : "X-ray")},images,{i}.png,\"fever, "
                    + "cough\nand more\"");
        }

        _folder.Write("metadata.csv", string.Join('\n', rows) + "\n");
        _folder.Images(Enumerable.Range(0, 66).Select(i => $"images/{i}.png"));
    }
}
