using System.Text.Json.Nodes;
using Radapt.Datasets;
using Radapt.Datasets.Splits;
using static Radapt.Tests.Datasets.Published.PublishedTesting;

namespace Radapt.Tests.Datasets.Published;

/// <summary>The paper's published lists, read as <c>--data</c> reads them.</summary>
public class PaperListsTests
{
    [Theory]
    [InlineData("nih", "NIH_ChestX-ray", "100%", "train_list")]
    [InlineData("nih", "NIH_ChestX-ray", "10%", "train_10")]
    [InlineData("nih", "NIH_ChestX-ray", "1%", "train_1")]
    [InlineData("chexpert", "CheXpert", "10%", "train_10")]
    [InlineData("chexpert", "CheXpert", "1%", "train_1")]
    [InlineData("rsna", "RSNA_Pneumonia", "100%", "train_list")]
    [InlineData("rsna", "RSNA_Pneumonia", "10%", "train_10")]
    [InlineData("rsna", "RSNA_Pneumonia", "1%", "train_1")]
    public void Read_PublishedLists_HaveTheCountedImagesAndPositivesPerFinding(string prefix, string folder, string fraction, string train)
    {
        string root = Repository.RealData("paper-splits");
        JsonObject files = JsonNode.Parse(File.ReadAllText(Path.Combine(root, "counts.json")))!["files"]!.AsObject();
        DataParts parts = Read($"{prefix}:{Path.Combine(root, folder)}", new DataOptions
        {
            LabelFraction = LabelFraction.Parse(fraction),
        }).Parts;
        Assert.Equal(fraction != "100%", parts.IsFraction);
        foreach ((string list, List<LocatedRow> rows) in new[] { train, "val_list", "test_list" }.Zip(parts.Parts))
        {
            JsonObject expected = files[$"{folder}/{list}.txt"]!.AsObject();
            Assert.Equal((int)expected["lines"]!, rows.Count);
            Assert.Equal(
                expected["positives_per_class"]!.AsObject().Select(p => (p.Key, (int)p.Value!)),
                parts.Findings.Select((finding, f) => (finding, rows.Count(r => r.Row.Labels[f] == 1))));
            Assert.Equal((int)expected["all_zero_lines"]!, rows.Count(r => r.Row.Labels.All(l => l == 0)));
        }
    }

    [Fact]
    public void Read_PublishedLists_ShareNoPatientBetweenSplits()
    {
        string root = Repository.RealData("paper-splits");
        int[] Patients(string data, string fraction)
        {
            DataParts parts = Read(data, new DataOptions { LabelFraction = LabelFraction.Parse(fraction) }).Parts;
            string[][] patients = [.. parts.Parts.Select(p => p.Select(r => r.Row.Patient!).Distinct().ToArray())];
            Assert.Equal(patients.Sum(p => p.Length), patients.SelectMany(p => p).Distinct().Count());
            return [.. patients.Select(p => p.Length)];
        }

        Assert.Equal([21528, 3090, 6187], Patients($"nih:{Path.Combine(root, "NIH_ChestX-ray")}", "100%"));
        Assert.Equal([200, 500], Patients($"chexpert:{Path.Combine(root, "CheXpert")}", "10%").Skip(1)); // CheXpert's own counts
    }
}
