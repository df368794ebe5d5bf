using System.Globalization;
using Microsoft.ML.OnnxRuntime;
using Radapt.Adaptation.Files;
using Radapt.Batching;
using Radapt.Compute;
using Radapt.Datasets;
using Radapt.Export;
using Radapt.Imaging.Dicom.Codecs;
using Radapt.Inference;
using Radapt.Metrics;
using Radapt.Recipes;
using Radapt.Runs;
using Radapt.Training;

namespace Radapt.Bench;

/// <summary>
/// What a run scores on test images in Radapt (float32), and what its exported models score in ONNX Runtime: figures by finding, and how
/// far scores and decisions are from Radapt's.
/// </summary>
/// <param name="run">The run folder.</param>
/// <param name="data">Its data, as for <c>radapt evaluate --data</c>.</param>
/// <param name="codecs">Where JPEG-LS and JPEG 2000 are decoded.</param>
internal sealed class OnnxAccuracy(string run, string data, CodecProcess codecs)
{
    private const int BatchSize = 16;

    private readonly AdapterDescription _adapter = AdapterFile.Describe(run);

    /// <summary>The test images.</summary>
    public LabelledImages Images { get; } = EvaluationImages.FromSource(
        data, RecipeLayer.FromCommandLine(new Dictionary<string, string> { ["data"] = data }), AdapterFile.Describe(run).Findings, "test",
        notes: []);

    /// <summary>(N, F) logits of the test images: Radapt's, ONNX Runtime's in float32, and with 8-bit products.</summary>
    /// <exception cref="RadaptException">The run or its data cannot be read, or the run cannot be exported.</exception>
    public IReadOnlyList<(string Name, float[] Logits)> Score()
    {
        using Predictor predictor = Predictor.Open(run, plan: ComputePlan.Float32, codecs: codecs);
        return
        [
            ("Radapt, float32", [.. predictor.Score(Images, BatchSize).Logits]),
            ("ONNX Runtime, float32", Score(isEightBit: false)),
            ("ONNX Runtime, 8-bit products", Score(isEightBit: true)),
        ];
    }

    /// <summary>The figures as a table in Markdown.</summary>
    /// <inheritdoc cref="Score()" path="/exception"/>
    public IEnumerable<string> ToTable()
    {
        DecisionRules? rules = DecisionRules.Find(run, [AdapterFile.Locate(run)]);
        IReadOnlyList<(string Name, float[] Logits)> all = Score();
        float[] here = all[0].Logits;
        yield return Plural.Count(Images.Items.Count, "test image");
        yield return "";
        yield return $"| | {string.Join(" | ", _adapter.Findings.Select(f => "AUROC, " + f))} | logit, largest difference | mean difference | "
            + "other side of Youden's threshold |";
        yield return $"|---|{string.Concat(_adapter.Findings.Select(_ => "---|"))}---|---|---|";
        foreach ((string name, float[] logits) in all)
        {
            MultiLabelMetrics metrics = MultiLabelMetrics.Compute(_adapter.Findings, Images.FlatLabels(), logits);
            double[] differences = [.. logits.Zip(here, (a, b) => Math.Abs((double)a - b))];
            yield return string.Create(CultureInfo.InvariantCulture,
                $"| {name} | {string.Join(" | ", metrics.Findings.Select(f => f.Auroc?.ToString("0.0000", CultureInfo.InvariantCulture)))} | {differences.Max():0.######} | {differences.Average():0.######} | {Changed(rules, here, logits)} |");
        }
    }

    // Decisions that differ, of those that there are.
    private string Changed(DecisionRules? rules, float[] here, float[] logits)
    {
        (int changed, int decided) = (0, 0);
        for (int i = 0; i < here.Length; i++)
        {
            if (rules?.For(_adapter.Findings[i % _adapter.Findings.Count])?.Thresholds.TryGetValue(
                ThresholdRule.Youden, out double threshold) == true)
            {
                decided++;
                changed += here[i] >= threshold != logits[i] >= threshold ? 1 : 0;
            }
        }

        return decided == 0 ? "" : $"{changed} of {decided}";
    }

    private float[] Score(bool isEightBit)
    {
        string file = Path.Combine(Path.GetTempPath(), $"radapt-bench-{Guid.NewGuid():n}.onnx");
        try
        {
            OnnxExport.Write(run, file, int8: isEightBit);
            using var session = new InferenceSession(file);
            using var options = new RunOptions();
            var logits = new List<float>();
            int side = _adapter.Preprocessing.ImageSize;
            var batches = new ImageBatches(Images, _adapter.Preprocessing, BatchSize, threads: 1, codecs: codecs);
            foreach (ImageBatch batch in batches.Evaluation())
            {
                using (batch)
                {
                    using OrtValue input = OrtValue.CreateTensorValueFromMemory(
                        batch.Values[..(batch.Count * side * side)], [batch.Count, 1, side, side]);
                    using IDisposableReadOnlyCollection<OrtValue> results =
                        session.Run(options, [OnnxTransformer.Images], [input], [OnnxTransformer.Logits]);
                    logits.AddRange(results[0].GetTensorDataAsSpan<float>());
                }
            }

            return [.. logits];
        }
        finally
        {
            File.Delete(file);
        }
    }
}
