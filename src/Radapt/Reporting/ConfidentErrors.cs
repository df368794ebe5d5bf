using Radapt.Adaptation;
using Radapt.Batching;
using Radapt.Compute;
using Radapt.Datasets;
using Radapt.Imaging;
using Radapt.Imaging.Dicom.Codecs;
using Radapt.Inference;
using Radapt.Studies;
using static TorchSharp.torch;

namespace Radapt.Reporting;

/// <summary>An image about which the model is sure and wrong.</summary>
/// <param name="Finding">The finding.</param>
/// <param name="HasFinding">What the label says; the model says the opposite.</param>
/// <param name="Probability">The model's score, 0 to 1.</param>
/// <param name="Side">Pixels of a side of the picture.</param>
/// <param name="Png">The picture as the model sees it.</param>
/// <param name="Rollout">Attention rollout, (G, G) row by row; empty: not defined for the method.</param>
/// <param name="Gradient">Gradient-weighted attention for the finding.</param>
internal sealed record ConfidentError(
    string Finding, bool HasFinding, double Probability, int Side, byte[] Png, float[] Rollout, float[] Gradient)
{
    /// <summary>What the image is called; null: names are not shown.</summary>
    public string? Name { get; init; }
}

/// <summary>Finds the most confident errors of a run and looks at them again.</summary>
internal static class ConfidentErrors
{
    /// <summary>Of every finding, images without it that score highest, and images with it that score lowest.</summary>
    /// <param name="run">The run; its data and base weights must be where they were.</param>
    /// <param name="count">Images of each kind and finding, at most.</param>
    /// <param name="codecs">Where DICOM files in JPEG-LS and JPEG 2000 are decoded; null: in processes of its own.</param>
    /// <exception cref="RadaptException">Data or weights are not there any more, or an image cannot be read.</exception>
    public static IReadOnlyList<ConfidentError> Find(ReportedRun run, int count, CodecProcess? codecs)
    {
        Row[] rows = [.. run.Findings.SelectMany((_, f) => Worst(run, f, count))];
        return [.. FoldedRuns.Expand(run.Folder).SelectMany(folder => Look(run, folder, rows, codecs))
            .OrderBy(e => Array.IndexOf(rows, e.Row)).Select(e => e.Error)];
    }

    private static IEnumerable<Row> Worst(ReportedRun run, int finding, int count)
    {
        int findings = run.Findings.Count;
        IEnumerable<Row> rows = run.Scores.Images.Select((image, i) => new Row(
            image, finding, run.Scores.Labels[(i * findings) + finding], run.Scores.Logits[(i * findings) + finding]));
        return rows.Where(r => r is { Label: 0, Logit: > 0 }).OrderByDescending(r => r.Logit).Take(count)
            .Concat(rows.Where(r => r is { Label: 1, Logit: < 0 }).OrderBy(r => r.Logit).Take(count));
    }

    // Those that this run tested.
    private static List<(Row Row, ConfidentError Error)> Look(ReportedRun run, string folder, Row[] rows, CodecProcess? codecs)
    {
        (LabelledImages images, IReadOnlyDictionary<string, LabelledImage> byName) = TestedImages.Find(run, folder);
        using AdaptedModel model = AdaptedModel.Open(folder, weights: null, ComputePlan.Float32);
        model.Classifier.Adapters?.Merge();
        var errors = new List<(Row, ConfidentError)>();
        foreach (IGrouping<string, Row> image in rows.Where(r => byName.ContainsKey(r.Image)).GroupBy(r => r.Image))
        {
            var batches = new ImageBatches(images with { Items = [byName[image.Key]] }, model.Description.Preprocessing, 1, 1,
                codecs: codecs);
            foreach (ImageBatch batch in batches.Evaluation())
            {
                using (batch)
                {
                    errors.AddRange(image.Select(row => (row, Look(run, model, batch, row, byName[row.Image].Name))));
                }
            }
        }

        return errors;
    }

    private static ConfidentError Look(ReportedRun run, AdaptedModel model, ImageBatch batch, Row row, string name)
    {
        using var scope = NewDisposeScope();
        Classifier classifier = model.Classifier;
        Preprocessing preprocessing = model.Description.Preprocessing;
        Tensor pixels = classifier.ToTensor(batch);
        bool hasMaps = classifier.Encoder.TokenAdapter is null;
        byte[] gray = [.. pixels[0, 0].flatten().data<float>().Select(v =>
            (byte)Math.Clamp(Math.Round(255 * ((v * preprocessing.Std) + preprocessing.Mean)), 0, 255))];
        return new ConfidentError(
            run.Findings[row.Finding], row.Label == 1, Scoring.Probability(row.Logit), preprocessing.ImageSize,
            GrayPng.Encode(gray, preprocessing.ImageSize, System.IO.Compression.CompressionLevel.SmallestSize),
            hasMaps ? Values(AttentionRollout.Compute(classifier, pixels)) : [],
            hasMaps ? Values(GradientAttention.Compute(classifier, pixels, row.Finding)) : [])
        {
            Name = run.ShowsNames ? name : null,
        };

        static float[] Values(Tensor map) => [.. map.flatten().data<float>()];
    }

    private sealed record Row(string Image, int Finding, sbyte Label, float Logit);
}
