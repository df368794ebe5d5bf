using Radapt.Batching;
using Radapt.Models;
using static TorchSharp.torch;

namespace Radapt.Pretraining.Reports;

/// <summary>
/// Images and reports that are not learned from, and what they tell of a model: how well it predicts masked patches and masked words, and
/// how much of the latter it reads in the image. For that, the words are predicted once more with what the encoder has seen of another
/// image, whose report says something else: where the image tells nothing, both perplexities are equal.
/// </summary>
/// <param name="images">Images at <see cref="MaskedAutoencoder.ImageSide"/>.</param>
/// <param name="reports">Their reports, in the same order.</param>
internal sealed class HeldOutRecords(ImageBatches images, ReportTokens reports)
{
    /// <summary>Name of the mean loss of masked patches among the figures of an epoch.</summary>
    public const string ImageLoss = "image_loss";

    /// <summary>Name of the mean loss of reports.</summary>
    public const string ReportLoss = "report_loss";

    /// <summary>Name of the perplexity of masked word pieces: exp of their mean surprise.</summary>
    public const string Perplexity = "perplexity";

    /// <summary>Name of the same perplexity where the decoder is told of another image.</summary>
    public const string OtherImagePerplexity = "perplexity_other_image";

    /// <summary>Batches of images.</summary>
    public int Batches => images.EvaluationBatches;

    /// <summary>The images.</summary>
    public ImageBatches Images => images;

    /// <summary>Measures a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="settings">Masks and targets; the draws are the same whenever it is called.</param>
    /// <param name="onBatch">Told batches and images done.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>
    /// The figures by name. Without masked words there is no perplexity; without two different reports there is none with another image.
    /// </returns>
    public IReadOnlyDictionary<string, double> Measure(
        MaskedRecordModel model, MaskedRecordSettings settings, Action<int, int> onBatch, CancellationToken cancellation)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        (double imageLoss, Tensor means) = MeasureImages(model, settings, onBatch, cancellation); // (n, D)
        WordFigures own = MeasureReports(model, settings, means, cancellation);
        var figures = new OrderedDictionary<string, double>
        {
            [ImageLoss] = imageLoss,
            [ReportLoss] = own.Loss,
        };
        if (own.Masked == 0)
        {
            return figures;
        }

        figures[Perplexity] = own.Perplexity;
        if (OtherImages() is { } others)
        {
            Tensor otherMeans = means.index_select(0, tensor(others, device: means.device));
            figures[OtherImagePerplexity] = MeasureReports(model, settings, otherMeans, cancellation).Perplexity;
        }

        return figures;
    }

    private (double Loss, Tensor Means) MeasureImages(
        MaskedRecordModel model, MaskedRecordSettings settings, Action<int, int> onBatch, CancellationToken cancellation)
    {
        double sum = 0;
        (int batches, int done) = (0, 0);
        var means = new List<Tensor>();
        foreach (ImageBatch batch in images.Evaluation(cancellation: cancellation))
        {
            using (batch)
            {
                using var scope = NewDisposeScope();
                Tensor large = model.Images.Encoder.ToTensor(batch); // (B, 1, 2S, 2S)
                PatchMask mask = settings.Mask(
                    batch.Items.AsSpan(0, batch.Count), model.Images.Encoder.Shape, MaskedTask.EvaluationStep);
                Tensor latent = model.Images.Encode(model.Images.ToEncoderSize(large), mask, ForwardPass.Evaluation);
                means.Add(model.ImageMean(latent, ForwardPass.Evaluation).MoveToOuterDisposeScope());
                sum += batch.Count
                    * model.Images.Loss(latent, large, mask, settings.NormalisedTargets, ForwardPass.Evaluation).item<float>();
                done += batch.Count;
            }

            onBatch(++batches, done);
        }

        return (sum / done, cat(means));
    }

    private WordFigures MeasureReports(
        MaskedRecordModel model, MaskedRecordSettings settings, Tensor means, CancellationToken cancellation)
    {
        double maskedSum = 0, lossSum = 0;
        long maskedCount = 0;
        foreach (int[] items in Enumerable.Range(0, reports.Count).Chunk(images.BatchSize))
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            MaskedReports masked = reports.Mask(items, settings.Seed, MaskedTask.EvaluationStep);
            float[] surprise = model.Reports.Surprise(masked, means[items[0]..(items[^1] + 1)]); // (B N)
            double[] maskedSurprise = [.. surprise.Index().Where(s => masked.IsMasked(s.Index)).Select(s => (double)s.Item)];
            maskedSum += maskedSurprise.Sum();
            maskedCount += maskedSurprise.Length;
            (long[] positions, float[] weights) = masked.MaskedPositions();
            lossSum += settings.MaskedPositionsOnly ? items.Length * positions.Zip(weights, (p, w) => (double)surprise[p] * w).Sum()
                : surprise.Sum(s => (double)s) / masked.Length;
        }

        return new WordFigures(lossSum / reports.Count, maskedSum, maskedCount);
    }

    // For each image another whose report differs, far from it in the table, where images of one patient are neighbours.
    private long[]? OtherImages()
    {
        int count = reports.Count;
        var others = new long[count];
        for (int i = 0; i < count; i++)
        {
            int other = Enumerable.Range(0, count).Select(k => (i + (count / 2) + k) % count)
                .FirstOrDefault(j => !reports.AreEqual(i, j), -1);
            if (other < 0)
            {
                return null;
            }

            others[i] = other;
        }

        return others;
    }

    private readonly record struct WordFigures(double Loss, double MaskedSurprise, long Masked)
    {
        public double Perplexity => Math.Exp(MaskedSurprise / Masked);
    }
}
