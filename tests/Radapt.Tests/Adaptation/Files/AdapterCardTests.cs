using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.ML.OnnxRuntime;
using Radapt.Adaptation.Files;
using Radapt.Adaptation.Peft;
using Radapt.Checkpoints;
using Radapt.Export;
using Radapt.Metrics;

namespace Radapt.Tests.Adaptation.Files;

public class AdapterCardTests
{
    [Fact]
    public void WriteCard_ThenDescribe_IsTheCardAndTheTensorsAreTheSame()
    {
        using var saved = new SavedAdapter();
        float[] before = SavedAdapter.Logits(saved.Adapter);
        AdapterFile.WriteCard(saved.Adapter, Card(saved));
        AdapterCard read = AdapterFile.Describe(saved.Adapter).Card!;
        Assert.Equal(Card(saved).ToJson(), read.ToJson());
        Assert.Equal((0.875, 0.75, 0.25), (read.Findings[0].Auroc!.Value, read.Findings[0].Auroc!.Lower!.Value,
            read.Findings[0].Thresholds[ThresholdRule.Youden]));
        Assert.Equal(before, SavedAdapter.Logits(saved.Adapter));
        AdapterFile.RequireSound(saved.Adapter);

        AdapterFile.WriteCard(saved.Adapter, Card(saved) with { Radapt = "0.2.0" });
        Assert.Equal("0.2.0", AdapterFile.Describe(saved.Adapter).Card!.Radapt);
    }

    [Fact]
    public void Rows_Card_SayDataFiguresThresholdsGuardsAndWhatItIsNotFor()
    {
        using var saved = new SavedAdapter();
        AdapterFile.WriteCard(saved.Adapter, Card(saved));
        Dictionary<string, string> rows = CardRows.Create(AdapterFile.Describe(saved.Adapter)).ToDictionary(r => r.Label, r => r.Text);
        Assert.Contains("lora (rank 4)", rows["Model"], StringComparison.Ordinal);
        Assert.Equal("120 images of 100 patients", rows["Data, train"]);
        Assert.Equal("40 images", rows["Data, test"]);
        Assert.Equal("mean 0.800", rows["AUROC, test"]);
        Assert.Equal("test AUROC 0.875 (0.750 to 0.950) (15 of 40 positive); average precision 0.500; calibrated (temperature 2.000); "
            + "threshold youden 0.531; conformal answers at 90 %", rows["Effusion"]);
        Assert.Equal("no AUROC on the test images (0 of 40 positive); not calibrated; no positive image", rows["Pleural \"Other\""]);
        Assert.Contains("60 images", rows["Calibration, thresholds"], StringComparison.Ordinal);
        Assert.Contains("frontal", rows["Accepts"], StringComparison.Ordinal);
        Assert.Contains("Clinical decisions", rows["Not for"], StringComparison.Ordinal);
    }

    [Fact]
    public void Describe_FileOfAnOlderVersion_HasNoCardAndSaysSo()
    {
        using var saved = new SavedAdapter();
        AdapterDescription adapter = AdapterFile.Describe(saved.Adapter);
        Assert.Null(adapter.Card);
        CardRow row = Assert.Single(CardRows.Create(adapter), r => r.Label == "Model card");
        Assert.StartsWith("none: the file is from an older version", row.Text, StringComparison.Ordinal);
        Assert.Contains(CardRows.Create(adapter), r => r.Label == "Not for");
    }

    [Theory]
    [InlineData("huge", "characters")]
    [InlineData("null", "empty")]
    [InlineData("[]", "not one that radapt writes")]
    [InlineData("not json", "not one that radapt writes")]
    [InlineData("deep", "not one that radapt writes")]
    [InlineData("$.radapt = 7", "not one that radapt writes")]
    [InlineData("$.method = null", "not one that radapt writes")]
    [InlineData("$.parameters = \"many\"", "not one that radapt writes")]
    [InlineData("$.parameters = -1", "out of range")]
    [InlineData("$.data = []", "not one that radapt writes")]
    [InlineData("$.data.train = null", "empty entry")]
    [InlineData("$.data.train.images = 1e99", "not one that radapt writes")]
    [InlineData("$.data.train.images = -5", "out of range")]
    [InlineData("$.findings = []", "findings are others")]
    [InlineData("$.findings = [null, null]", "empty entry")]
    [InlineData("$.findings.0.name = \"Nodule\"", "findings are others")]
    [InlineData("$.findings.0.auroc.value = 1e999", "out of range")]
    [InlineData("$.findings.0.auroc.value = 1.5", "out of range")]
    [InlineData("$.findings.0.thresholds = {\"youden\": \"NaN\"}", "not one that radapt writes")]
    [InlineData("$.findings.0.thresholds = {\"best\": 1}", "not one that radapt writes")]
    [InlineData("$.findings.0.scaling.slope = 0", "out of range")]
    [InlineData("$.not_for = [null]", "empty entry")]
    [InlineData("$.schema = 99", "unknown to this version")]
    public void Describe_HostileCard_IsRefusedInOneLine(string change, string expected)
    {
        using var saved = new SavedAdapter();
        using var scope = TorchSharp.torch.NewDisposeScope();
        var metadata = new Dictionary<string, string>(saved.Description.ToMetadata()) { ["card"] = Hostile(Card(saved), change) };
        SafetensorsWriter.Write(saved["hostile.safetensors"], AdapterFile.Read(saved.Adapter), metadata, checksum: true);
        RadaptException e = Assert.Throws<RadaptException>(() => AdapterFile.Describe(saved["hostile.safetensors"]));
        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
        Assert.InRange(e.Message.Length, 50, 400);
    }

    [Theory]
    [InlineData("native", false, true)]
    [InlineData("timm", false, false)] // other programs change tensors and keep the metadata
    [InlineData("native", true, false)] // the figures are those of its own base weights
    public void Merge_AdapterWithCard_KeepsItWhereItsFiguresHold(string dialect, bool otherBase, bool isKept)
    {
        using var saved = new SavedAdapter();
        AdapterFile.WriteCard(saved.Adapter, Card(saved));
        AdapterMerge.Run(saved.Adapter, saved["merged.safetensors"], dialect, otherBase ? saved.OtherBase : null, force: otherBase);
        AdapterDescription merged = AdapterFile.Describe(saved["merged.safetensors"]);
        Assert.Equal(isKept, merged.Card is not null);
        Assert.Contains(CardRows.Create(merged), r => r.Text.Contains(isKept ? "lora (rank 4)" : "none: ", StringComparison.Ordinal));
    }

    [Fact]
    public void ExportToPeftAndImport_AdapterWithCard_LosesIt()
    {
        using var saved = new SavedAdapter();
        AdapterFile.WriteCard(saved.Adapter, Card(saved));
        AdapterExport.ToPeft(saved.Adapter, saved["peft"]);
        using (CheckpointFile file = CheckpointFile.Open(Path.Combine(saved["peft"], PeftFolder.TensorsFile)))
        {
            Assert.DoesNotContain("radapt.card", file.Metadata.Keys);
        }

        AdapterImport.Run(new ImportRequest(saved["peft"], saved["back"]) { Weights = saved.Base });
        Assert.Null(AdapterFile.Describe(saved["back"]).Card);
    }

    [Fact]
    public void Average_AdaptersWithCards_HasNone()
    {
        using var saved = new SavedAdapter();
        AdapterFile.WriteCard(saved.Adapter, Card(saved));
        AdapterDescription first = AdapterFile.Describe(saved.Adapter);
        AdapterAverage.Write(saved["mean.safetensors"], first with
        {
            Soup = [new SoupPart("a", 0.9), new SoupPart("b", 0.8)],
        }, [saved.Adapter, saved.Adapter]);
        AdapterDescription mean = AdapterFile.Describe(saved["mean.safetensors"]);
        Assert.Null(mean.Card);
        Assert.Contains(CardRows.Create(mean), r => r.Text.Contains("the mean of 2 runs", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ExportToOnnx_AdapterWithCard_HasItInTheMetadata(bool int8)
    {
        using var saved = new SavedAdapter();
        AdapterFile.WriteCard(saved.Adapter, Card(saved));
        OnnxExport.Write(saved.Adapter, saved["model.onnx"], int8: int8);
        using var session = new InferenceSession(saved["model.onnx"]);
        JsonElement card = JsonDocument.Parse(session.ModelMetadata.CustomMetadataMap["radapt.card"]).RootElement;
        Assert.Equal(120, card.GetProperty("data").GetProperty("train").GetProperty("images").GetInt32());
        Assert.Equal(int8 ? 1 : 0, card.GetProperty("notes").GetArrayLength());
    }

    private static AdapterCard Card(SavedAdapter saved) => new()
    {
        Radapt = "0.1.0",
        Method = "lora (rank 4)",
        TrainedParameters = 10,
        Parameters = 100,
        Data = new Dictionary<string, CardPart>
        {
            ["train"] = new(120, 100, [40, 3], [80, 100]),
            ["test"] = new(40, null, [15, 0], [25, 40]),
        },
        FiguresOf = "test",
        MeanAuroc = new CardFigure(0.8, null, null),
        Findings =
        [
            new CardFinding(saved.Description.Findings[0])
            {
                Auroc = new CardFigure(0.875, 0.75, 0.95),
                AveragePrecision = new CardFigure(0.5, null, null),
                Scaling = new LogitScaling(LogitScalingKind.Temperature, 0, 0.5),
                Thresholds = new Dictionary<ThresholdRule, double> { [ThresholdRule.Youden] = 0.25 },
                Sets = new ConformalSets(0.1, -1, 1),
            },
            new CardFinding(saved.Description.Findings[1]) { Missing = "no positive image" },
        ],
        FittedOn = "60 images, the validation images",
    };

    // The card with one value changed, such as "$.data.train.images = -5"; or another text.
    private static string Hostile(AdapterCard card, string change)
    {
        switch (change)
        {
            case "huge":
                return (card with { Notes = [new string('x', 3_000_000)] }).ToJson();
            case "deep":
                return string.Concat(Enumerable.Repeat("{\"data\":", 5000)) + "1" + new string('}', 5000);
            case not ['$', ..]:
                return change;
        }

        string[] sides = change.Split(" = ");
        string[] path = sides[0].Split('.')[1..];
        JsonNode json = JsonNode.Parse(card.ToJson())!;
        JsonNode place = path[..^1].Aggregate(json, (node, step) => int.TryParse(step, out int index) ? node[index]! : node[step]!);
        place[path[^1]] = JsonNode.Parse(sides[1]);
        return json.ToJsonString();
    }
}
