using System.Globalization;
using System.Text;
using Radapt.Adaptation;
using Radapt.Batching;
using Radapt.Compute;
using Radapt.Datasets;
using Radapt.Imaging;
using Radapt.Inference;
using Radapt.Recipes;
using Radapt.Training;
using static TorchSharp.torch;

namespace Radapt.Bench;

/// <summary>
/// How much of heat maps is inside the masks of phantoms, by finding: of a run's maps, of a random map, and of a map that is warmest in
/// the middle, which knows nothing of the image.
/// </summary>
internal static class HeatMapTable
{
    private const int BatchSize = 32;
    private const int Seed = 1; // of the random maps

    /// <summary>The table as Markdown: means over the test images that have the finding.</summary>
    /// <param name="run">A run on the folder that <c>radapt data phantoms</c> wrote, masks included.</param>
    /// <exception cref="RadaptException">The run, its data or a mask cannot be read.</exception>
    public static string Create(string run)
    {
        LabelledImages images = EvaluationImages.FromRun([RecipeFile.Read(Path.Combine(run, "recipe.yaml"))], "test", [], run);
        using AdaptedModel model = AdaptedModel.Open(run, weights: null, ComputePlan.Float32);
        model.Classifier.Adapters?.Merge();
        var table = new StringBuilder("| finding | images | mask, share of the image | random map | centre | attention rollout | gradient-weighted | patch evidence |\n"
            + "|---|---|---|---|---|---|---|---|\n");
        for (int finding = 0; finding < images.Findings.Count; finding++)
        {
            LabelledImages with = images with { Items = [.. images.Items.Where(i => i.Labels[finding] == 1)] };
            table.Append(CultureInfo.InvariantCulture, $"| {images.Findings[finding]} | {with.Items.Count} |");
            table.AppendJoin('|', Means(model, with, finding).Select(m => m is { } share
                ? share.ToString(" .000 ", CultureInfo.InvariantCulture) : " – ")).Append("|\n");
        }

        return table.ToString();
    }

    private static double?[] Means(AdaptedModel model, LabelledImages images, int finding)
    {
        Preprocessing preprocessing = model.Description.Preprocessing;
        var shares = Enumerable.Range(0, 6).Select(_ => new List<double>()).ToArray();
        int image = 0;
        foreach (ImageBatch batch in new ImageBatches(images, preprocessing, BatchSize, threads: 1).Evaluation())
        {
            using (batch)
            {
                using var scope = NewDisposeScope();
                Tensor pixels = model.Classifier.ToTensor(batch);
                Tensor?[] maps =
                [
                    AttentionRollout.Compute(model.Classifier, pixels), GradientAttention.Compute(model.Classifier, pixels, finding),
                    model.Classifier.Pooling == Pooling.Mean ? PatchEvidence.Compute(model.Classifier, pixels, finding) : null,
                ];
                int grid = model.Classifier.Encoder.Shape.Grid;
                for (int i = 0; i < batch.Count; i++, image++)
                {
                    byte[] mask = Mask(images.Items[image], images.Findings[finding], preprocessing);
                    shares[0].Add(mask.Count(m => m != 0) / (double)mask.Length);
                    Add(shares[1], RandomMap(grid, image), mask);
                    Add(shares[2], HeatShare.Centre(grid), mask);
                    for (int m = 0; m < maps.Length; m++)
                    {
                        if (maps[m] is { } map)
                        {
                            Add(shares[3 + m], [.. map[i].flatten().data<float>()], mask);
                        }
                    }
                }
            }
        }

        return [.. shares.Select(s => s.Count == 0 ? (double?)null : s.Average())];
    }

    private static void Add(List<double> shares, float[] heat, byte[] mask)
    {
        if (HeatShare.Compute(heat, mask) is { } share)
        {
            shares.Add(share);
        }
    }

    private static float[] RandomMap(int grid, int image)
    {
        var random = new Random(Seed + image);
        return [.. Enumerable.Range(0, grid * grid).Select(_ => random.NextSingle())];
    }

    // As the model sees it: half covered pixels and more.
    private static byte[] Mask(LabelledImage image, string finding, Preprocessing preprocessing)
    {
        string folder = Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(image.Path)!)!, "masks");
        string file = Path.Combine(folder, $"{Path.GetFileNameWithoutExtension(image.Path)}.{finding}.png");
        byte[] gray = new byte[preprocessing.ImageSize * preprocessing.ImageSize];
        EvaluationTransform.ResizeAndCrop(RadiographReader.Read(file), preprocessing, gray);
        return [.. gray.Select(g => g >= 128 ? (byte)255 : (byte)0)];
    }
}
