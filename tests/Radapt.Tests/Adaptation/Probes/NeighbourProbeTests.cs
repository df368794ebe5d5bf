using Radapt.Adaptation;
using Radapt.Adaptation.Files;
using Radapt.Adaptation.Methods;
using Radapt.Adaptation.Probes;
using Radapt.Compute;
using Radapt.Imaging;
using Radapt.Models;
using Radapt.Tests.Adaptation.Methods;
using static TorchSharp.torch;

namespace Radapt.Tests.Adaptation.Probes;

public sealed class NeighbourProbeTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Every logit against loops over all images, with and without unknown labels.</summary>
    [Fact]
    public void Logits_EqualBruteForce()
    {
        using var scope = NewDisposeScope();
        (double[][] train, sbyte[] labels) = Images(80, seed: 1);
        (double[][] test, _) = Images(30, seed: 2);
        ProbeFit fit = new NeighbourProbe().Fit(new ProbeData(ToTensor(train), labels, Patients(80)), Token);

        float[] logits = fit.Logits(ToTensor(test));

        double[] mean = Mean(train);
        for (int f = 0; f < 2; f++)
        {
            int[] known = [.. Enumerable.Range(0, 80).Where(i => labels[(2 * i) + f] >= 0)];
            for (int i = 0; i < test.Length; i++)
            {
                double expected = Brute(test[i], mean, known, train, labels, f, (int)fit.Chosen[f]!.Value);
                Assert.Equal(expected, logits[(2 * i) + f], 1e-4);
            }
        }
    }

    /// <summary>The number that is chosen has the smallest log loss, and no neighbour is of the image's own fold.</summary>
    [Fact]
    public void Fit_Number_HasTheSmallestLossOutOfFold()
    {
        using var scope = NewDisposeScope();
        (double[][] train, sbyte[] labels) = Images(80, seed: 3);
        string[] patients = [.. Enumerable.Range(0, 80).Select(i => $"p{i / 2}")];
        ProbeFit fit = new NeighbourProbe().Fit(new ProbeData(ToTensor(train), labels, patients), Token);
        double[] mean = Mean(train);
        int[] known = [.. Enumerable.Range(0, 80).Where(i => labels[(2 * i) + 1] >= 0)];
        int[] counts = [.. NeighbourProbe.Counts.Where(c => known.GroupBy(i => fit.Folds[i]).All(g => known.Length - g.Count() >= c))];

        double[] losses = [.. counts.Select(count => known.Sum(i => Loss(i, OutOfFold(i, count))))];

        Assert.Equal(counts[Array.IndexOf(losses, losses.Min())], fit.Chosen[1]);
        Assert.All(known, i => Assert.Equal(OutOfFold(i, (int)fit.Chosen[1]!.Value), fit.OutOfFold[(2 * i) + 1], 1e-4));

        double OutOfFold(int i, int count) =>
            Brute(train[i], mean, [.. known.Where(j => fit.Folds[j] != fit.Folds[i])], train, labels, 1, count);

        double Loss(int i, double logit) => Math.Log(1 + Math.Exp(labels[(2 * i) + 1] == 1 ? -logit : logit));
    }

    /// <summary>The adapter file gives the same logits, holds no order and no names, and a damaged number of images is refused.</summary>
    [Fact]
    public void SaveAndLoad_GivesTheSameVotes()
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        string file = folder["adapter.safetensors"];
        using Classifier fitted = MethodCase.Base();
        var options = new KnnOptions();
        AdaptationMethod.Apply(fitted, options, ComputePlan.Float32, 0);
        Tensor features = fitted.Head.PlainNorm(fitted.Features(Pixels(40, 1), MethodCase.Shape.Depth));
        sbyte[] labels = [.. Enumerable.Range(0, 80).Select(i => (sbyte)(i * 7 % 5 % 2))];
        ProbeFit fit = new NeighbourProbe().Fit(new ProbeData(features, labels, Patients(40)), Token);
        MethodOptions method = fit.SetHead(fitted, options);
        AdapterFile.Save(file, Description(method), fitted.Trained());

        using AdaptedModel loaded = AdaptedModel.Open(file, null, ComputePlan.Float32, force: true);

        Assert.Equal(40, ((KnnOptions)loaded.Description.Method).Images);
        var stored = loaded.Classifier.Trained().ToDictionary(t => t.Name, t => t.Tensor);
        float[] first = [.. stored["neighbours.features"][.., 0].data<float>()];
        Assert.Equal(first.Order(), first);
        Tensor other = fitted.Features(Pixels(6, 2), MethodCase.Shape.Depth);
        // image by image, as the head computes
        Assert.Equal(Enumerable.Range(0, 6).SelectMany(i => fit.Logits(fitted.Head.PlainNorm(other[i..(i + 1)]))),
            [.. loaded.Classifier.Head.ForwardPooled(other, ForwardPass.Evaluation).flatten().data<float>()]);
        RadaptException merge = Assert.Throws<RadaptException>(() => AdapterMerge.Run(file, folder["merged.safetensors"]));
        Assert.Contains("knn", merge.Message, StringComparison.Ordinal);
    }

    private static AdapterDescription Description(MethodOptions method) => new()
    {
        Method = method,
        Backbone = MethodCase.Shape,
        Pooling = Pooling.Mean,
        Findings = ["Effusion", "Edema"],
        Preprocessing = new Preprocessing(16, 16, 0.5, 0.25),
        BaseSha256 = "scratch:0",
    };

    // Written out: similarities, the nearest, their weighted votes, and one more of the share of positives.
    private static double Brute(double[] image, double[] mean, int[] known, double[][] train, sbyte[] labels, int finding, int count)
    {
        double[] own = Direction(image, mean);
        (double Similarity, int Label)[] nearest = [.. known
            .Select(i => (Direction(train[i], mean).Zip(own, (a, b) => a * b).Sum(), (int)labels[(2 * i) + finding]))
            .OrderByDescending(n => n.Item1).Take(count)];
        double share = (known.Count(i => labels[(2 * i) + finding] == 1) + 1.0) / (known.Length + 2);
        double all = nearest.Sum(n => Weight(n.Similarity));
        double present = nearest.Where(n => n.Label == 1).Sum(n => Weight(n.Similarity));
        double prior = all / nearest.Length;
        return Math.Log(present + (share * prior)) - Math.Log(all - present + ((1 - share) * prior));

        static double Weight(double similarity) => Math.Exp((similarity - 1) / 0.07);
    }

    private static double[] Direction(double[] image, double[] mean)
    {
        double[] centred = [.. image.Zip(mean, (v, m) => v - m)];
        double length = Math.Sqrt(centred.Sum(v => v * v));
        return [.. centred.Select(v => v / length)];
    }

    private static double[] Mean(double[][] images) => [.. Enumerable.Range(0, images[0].Length).Select(c => images.Average(i => i[c]))];

    private static Tensor ToTensor(double[][] images) =>
        tensor(images.SelectMany(i => i).Select(v => (float)v).ToArray()).view(images.Length, images[0].Length);

    private static Tensor Pixels(int count, int seed)
    {
        Tensor images = empty(count, 1, 16, 16);
        Initialisation.TruncatedNormal(images, "images", 1, seed);
        return images;
    }

    private static string[] Patients(int count) => [.. Enumerable.Range(0, count).Select(i => $"p{i}")];

    // Two findings: the first is the sign of a channel, the second of another, some unknown.
    private static (double[][] Images, sbyte[] Labels) Images(int n, int seed)
    {
        var random = new Random(seed);
        double[][] images = [.. Enumerable.Range(0, n)
            .Select(_ => Enumerable.Range(0, 5).Select(_ => random.NextDouble() - 0.4).ToArray())];
        return (images, [.. images.SelectMany((v, i) =>
            new[] { (sbyte)(v[0] > 0 ? 1 : 0), i % 7 == 3 ? (sbyte)-1 : (sbyte)(v[1] + (0.3 * v[2]) > 0 ? 1 : 0) })]);
    }
}
