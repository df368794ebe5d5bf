using System.Globalization;
using Radapt.Checkpoints;
using Radapt.Datasets;
using Radapt.Datasets.Tables;
using Radapt.Inference;
using Radapt.Metrics;
using Radapt.Runs;
using Radapt.Runs.Predictions;
using Radapt.Studies;
using Radapt.Tests.Training;
using Radapt.Training;
using static TorchSharp.torch;

namespace Radapt.Tests.Inference;

/// <summary>M13: images are ranked by their logits, since probabilities of logits above 16.6 are all 1 in float32.</summary>
public sealed class SaturatedLogitsTests(TinyRuns runs) : IClassFixture<TinyRuns>
{
    // One of two positives is above both negatives, the other between them: 3 of 4 pairs are in order.
    private static readonly float[] s_logits = [40, 45, 42, 20];
    private static readonly sbyte[] s_labels = [1, 1, 0, 0];
    private const double Auroc = 0.75;

    [Fact]
    public void Write_SaturatedLogits_TablesKeepTheirOrder()
    {
        using var folder = new TemporaryFolder();
        PredictionTable.Write(folder["predictions.csv"], Scored(), name => name);
        CsvCells table = CsvCells.Read(folder["predictions.csv"]);
        Assert.Equal(["image", "f", "label:f", "logit:f"], table.Header);
        Assert.Equal(s_logits, table.Rows.Select(r => float.Parse(r.Cells[3], CultureInfo.InvariantCulture)));
        MultiLabelMetrics pooled = PooledPredictions.Write([new RunFolder(folder.Path)], folder["pooled.csv"]).ComputeMetrics();
        Assert.Equal(Auroc, pooled.MeanAuroc!.Value, 1e-12);

        RocTable.Write(folder["roc.csv"], Scored());
        Assert.Equal(5, CsvCells.Read(folder["roc.csv"]).Rows.Count); // a point for every image, and the first
    }

    [Fact]
    public void Write_LogitsAbove17_HaveProbabilitiesOfTheirOwn()
    {
        using var folder = new TemporaryFolder();
        new PredictionFile(["f"], [], ["run"]).Write(folder["p.csv"], PredictionFormat.Csv,
            new[] { 17f, 18f, 20f }.Select((l, i) => PredictionRow.From(new Prediction($"{i}", [1f], null) { Logits = [l] }, [])));
        double[] probabilities =
            [.. CsvCells.Read(folder["p.csv"]).Rows.Select(r => double.Parse(r.Cells[1], CultureInfo.InvariantCulture))];
        Assert.Equal(probabilities.Order(), probabilities);
        Assert.Equal(3, probabilities.Distinct().Count());
        Assert.Equal(1 / (1 + Math.Exp(-18)), probabilities[1], 1e-15);
    }

    [Fact]
    public void Score_HeadTurnedRoundAndAThousandTimesAsSure_TurnsTheAurocRound()
    {
        RunSummary run = runs.Run("method full", "epochs 2", "lr 1e-3");
        string adapter = Path.Combine(run.Folder, "adapter.safetensors");
        string scaled = Path.Combine(run.Folder, "scaled.safetensors");
        using (NewDisposeScope())
        {
            using CheckpointFile file = CheckpointFile.Open(adapter);
            SafetensorsWriter.Write(
                scaled,
                file.Tensors.ToDictionary(t => t.Name,
                    t => t.Name.StartsWith("head.", StringComparison.Ordinal) ? file.ReadTensor(t.Name) * -1024 : file.ReadTensor(t.Name)),
                file.Metadata);
        }

        using FineTuning same = runs.Prepare();
        (ScoredImages plain, ScoredImages sure) = (Score(adapter, same.Data.Train), Score(scaled, same.Data.Train));
        Assert.Contains(1f, sure.Probabilities);
        Assert.NotNull(plain.Metrics.MeanAuroc);
        // a power of two keeps every bit
        Assert.All(plain.Metrics.Findings.Zip(sure.Metrics.Findings),
            f => Assert.Equal(1 - f.First.Auroc!.Value, f.Second.Auroc!.Value, 1e-12));
    }

    private static ScoredImages Score(string adapter, LabelledImages images)
    {
        using Predictor predictor = Predictor.Open(adapter);
        return predictor.Score(images, cancellation: TestContext.Current.CancellationToken);
    }

    private static ScoredImages Scored() => new(
        new LabelledImages(["f"], [.. s_labels.Select((l, i) => new LabelledImage($"{i}.png", $"{i}.png", null, [l]))]), s_logits,
        MultiLabelMetrics.Compute(["f"], s_labels, s_logits));
}
