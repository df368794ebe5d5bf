using Radapt.Adaptation;
using Radapt.Batching;
using Radapt.Compute;
using Radapt.Datasets;
using Radapt.Imaging;
using Radapt.Inference;
using Radapt.Pages;
using static TorchSharp.torch;

namespace Radapt.Studies.Demo;

/// <summary>Where a fine-tuned model of the demo keeps its evidence for a finding, on test images that have the finding.</summary>
/// <param name="Finding">Its name.</param>
/// <param name="Pictures">Images, and the logit of each.</param>
/// <param name="Scale">The strongest contribution, which all pictures of the finding share.</param>
internal sealed record DemoEvidence(string Finding, IReadOnlyList<(EvidencePicture Picture, float Logit)> Pictures, double Scale)
{
    private const int Shown = 6; // images of a finding
    private const int BatchSize = 32;

    /// <summary>Computes the maps of every finding.</summary>
    /// <param name="run">A fine-tuned run.</param>
    /// <param name="labelled">The labelled images, with masks.</param>
    /// <param name="plan">Precision and threads.</param>
    /// <exception cref="RadaptException">The run or an image cannot be read.</exception>
    public static IReadOnlyList<DemoEvidence> Compute(string run, string labelled, ComputePlan plan)
    {
        LabelledImages test = DataReader.ReadOne(labelled, new DataOptions { PlainNames = true }, Split.Names[2]);
        using AdaptedModel model = AdaptedModel.Open(run, weights: null, plan);
        model.Classifier.Adapters?.Merge();
        Preprocessing preprocessing = model.Description.Preprocessing;
        var batches = new ImageBatches(test, preprocessing, BatchSize, threads: 1);
        return [.. test.Findings.Select((finding, f) => ForFinding(finding, f, model.Classifier, batches, preprocessing))];
    }

    private static DemoEvidence ForFinding(
        string finding, int number, Classifier classifier, ImageBatches batches, Preprocessing preprocessing)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        IReadOnlyList<LabelledImage> images = batches.Images.Items;
        var maps = new List<Tensor>();
        var logits = new List<float>();
        foreach (ImageBatch batch in batches.Evaluation())
        {
            using (batch)
            {
                using var inner = NewDisposeScope();
                Tensor pixels = classifier.ToTensor(batch);
                maps.Add(PatchEvidence.Compute(classifier, pixels, number).MoveToOuterDisposeScope());
                logits.AddRange(Scoring.Logits(classifier, batch).Where((_, i) => i % batches.Images.Findings.Count == number));
            }
        }

        Tensor all = cat(maps).flatten(1); // (N, L)
        long[] without = [.. images.Index().Where(i => i.Item.Labels[number] == 0).Select(i => (long)i.Index)];
        Tensor usual = all[tensor(without)].mean([0], keepdim: true); // (1, L)
        int[] shown = [.. images.Index().Where(i => i.Item.Labels[number] == 1).Take(Shown).Select(i => i.Index)];
        float[][] evidence = [.. shown.Select(i => all[i].Plus(usual[0], -1).data<float>().ToArray())];
        double scale = evidence.SelectMany(e => e).Select(Math.Abs).DefaultIfEmpty(1).Max();
        return new DemoEvidence(finding,
            [.. shown.Zip(evidence, (i, e) => (Picture(images[i], finding, e, preprocessing), logits[i]))], Math.Max(scale, 1e-6));
    }

    private static EvidencePicture Picture(LabelledImage image, string finding, float[] evidence, Preprocessing preprocessing)
    {
        int side = preprocessing.ImageSize;
        byte[] gray = Gray(image.Path, preprocessing);
        string folder = Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(image.Path)!)!, "masks");
        string mask = Path.Combine(folder, $"{Path.GetFileNameWithoutExtension(image.Path)}.{finding}.png");
        return new EvidencePicture(side, GrayPng.Encode(gray, side, System.IO.Compression.CompressionLevel.SmallestSize), evidence,
            File.Exists(mask) ? Gray(mask, preprocessing) : null);
    }

    private static byte[] Gray(string path, Preprocessing preprocessing)
    {
        byte[] gray = new byte[preprocessing.ImageSize * preprocessing.ImageSize];
        EvaluationTransform.ResizeAndCrop(RadiographReader.Read(path), preprocessing, gray);
        return gray;
    }
}
