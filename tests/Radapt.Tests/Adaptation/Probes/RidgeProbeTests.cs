using Radapt.Adaptation.Probes;
using Radapt.Compute;
using Radapt.Metrics;
using static TorchSharp.torch;

namespace Radapt.Tests.Adaptation.Probes;

public sealed class RidgeProbeTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static readonly string[] s_patients = [.. Enumerable.Range(0, 60).Select(i => $"p{i}")];

    [Fact]
    public void Fit_LabelsThatAreLinearInFeatures_AreFound()
    {
        using var scope = NewDisposeScope();
        (Tensor train, sbyte[] labels) = Linear(60, seed: 1);
        (Tensor test, sbyte[] truth) = Linear(200, seed: 2);

        LinearFit fit = new RidgeProbe().Fit(new ProbeData(train, labels, s_patients), Token);

        Assert.True(Auroc(truth, fit.Logits(test)) > 0.95);
        Assert.True(Auroc(labels, [.. fit.OutOfFold]) > 0.9);
    }

    /// <summary>One channel, solved by hand.</summary>
    [Fact]
    public void Fit_OneInformativeChannel_SolvesTheNormalEquations()
    {
        using var scope = NewDisposeScope();
        Tensor train = tensor(Enumerable.Range(0, 60).Select(i => i % 2 == 0 ? -3.0 : 5.0).ToArray()).view(60, 1);
        sbyte[] labels = [.. Enumerable.Range(0, 60).Select(i => (sbyte)(i % 2))];

        LinearFit fit = new RidgeProbe().Fit(new ProbeData(train, labels, s_patients), Token);

        // Standardised, the channel is -1 or 1: x^T x = 60, x^T y = 30, and the mean squared length is 1. Labels without noise need the
        // least penalty.
        Assert.Equal(LinearProbe.Penalties[0], fit.Chosen[0]);
        double weight = 30 / (60 + LinearProbe.Penalties[0]);
        double[] scores = Scores(fit, tensor(new[] { -3.0, 5.0, 1.0 }).view(3, 1));
        Assert.Equal(0.5 - weight, scores[0], 1e-6);
        Assert.Equal(0.5 + weight, scores[1], 1e-6);
        Assert.Equal(0.5, scores[2], 1e-6);
    }

    /// <summary>
    /// More images than channels and fewer take different ways to the same solution: that of the normal equations, solved directly at the
    /// penalty that was chosen.
    /// </summary>
    [Theory]
    [InlineData(60, 12)]
    [InlineData(60, 100)]
    public void Fit_ManyChannels_EqualsADirectSolve(int images, int channels)
    {
        using var scope = NewDisposeScope();
        var random = new Random(5);
        Tensor train = tensor(Enumerable.Range(0, images * channels).Select(i => (random.NextDouble() - 0.3) * (1 + (i % 7))).ToArray())
            .view(images, channels);
        sbyte[] labels = [.. Enumerable.Range(0, images)
            .Select(i => (sbyte)(train[i, 0].item<double>() + random.NextDouble() > 0.5 ? 1 : 0))];

        LinearFit fit = new RidgeProbe().Fit(new ProbeData(train, labels, s_patients), Token);

        Tensor x = (train - train.mean([0], keepdim: true)) / train.std(0, unbiased: false, keepdim: true);
        Tensor y = tensor(labels.Select(l => (double)l).ToArray());
        double penalty = fit.Chosen[0]!.Value * channels; // of standardised features, the mean squared length is the number of channels
        Tensor solution = linalg.solve(x.t().matmul(x).Plus(eye(channels, dtype: ScalarType.Float64).Times(penalty)),
            x.t().matmul(y.Plus(-y.mean().item<double>())));
        double[] expected = [.. x.matmul(solution).Plus(y.mean().item<double>()).data<double>()];
        Assert.All(expected.Zip(Scores(fit, train)), s => Assert.Equal(s.First, s.Second, 2e-6)); // logits are rounded to float32
    }

    [Fact]
    public void Fit_OutOfFold_IsTheFitOfTheOtherPatients()
    {
        using var scope = NewDisposeScope();
        (Tensor train, sbyte[] labels) = Linear(60, seed: 1);
        LinearFit fit = new RidgeProbe().Fit(new ProbeData(train, labels, s_patients), Token);

        Assert.Equal([12, 12, 12, 12, 12], fit.Folds.CountBy(f => f).OrderBy(f => f.Key).Select(f => f.Value));
        long[] others = [.. Enumerable.Range(0, 60).Where(i => fit.Folds[i] != fit.Folds[0]).Select(i => (long)i)];
        Tensor mean = train.mean([0], keepdim: true);
        Tensor all = (train - mean) / train.std(0, unbiased: false, keepdim: true); // standardised over all
        Tensor x = all[tensor(others)];
        Tensor centred = x - x.mean([0], keepdim: true);
        Tensor y = tensor(others.Select(i => (double)labels[i]).ToArray());
        double unit = centred.square().sum().item<double>() / others.Length;
        Tensor w = linalg.solve(
            centred.t().matmul(centred).Plus(eye(12, dtype: ScalarType.Float64).Times(fit.Chosen[0]!.Value * unit)),
            centred.t().matmul(y.Plus(-y.mean().item<double>())));
        double score = (all[0] - x.mean([0])).matmul(w).item<double>() + y.mean().item<double>();
        Assert.Equal((fit.Links[0].Slope * score) + fit.Links[0].Offset, fit.OutOfFold[0], 1e-5);
    }

    [Fact]
    public void Fit_UnknownLabels_AreLeftOutFindingByFinding()
    {
        using var scope = NewDisposeScope();
        (Tensor train, sbyte[] labels) = Linear(60, seed: 1);
        sbyte[] two = [.. labels.SelectMany((l, i) => new[] { l, i < 40 ? l : (sbyte)-1 })];
        sbyte[] wrong = [.. labels.SelectMany((l, i) => new[] { l, i < 40 ? l : (sbyte)(1 - l) })];

        LinearFit fit = new RidgeProbe().Fit(new ProbeData(train, two, s_patients), Token);
        LinearFit misled = new RidgeProbe().Fit(new ProbeData(train, wrong, s_patients), Token);

        double right = Auroc(labels, Column(fit.Logits(train), 1));
        Assert.True(right > 0.9, $"{right:f3}");
        Assert.True(right > Auroc(labels, Column(misled.Logits(train), 1)));
        Assert.All(Enumerable.Range(40, 20), i => Assert.True(float.IsNaN(fit.OutOfFold[(2 * i) + 1])));
    }

    [Fact]
    public void Fit_NothingKnown_IsZero()
    {
        using var scope = NewDisposeScope();
        LinearFit fit = new RidgeProbe().Fit(new ProbeData(ones(2, 3), [-1, -1], ["a", "b"]), Token);
        Assert.Equal([0f, 0f], fit.Logits(ones(2, 3)));
        Assert.Null(fit.Chosen[0]);
    }

    /// <summary>One class only: every probability is the share of positives, one of each class added.</summary>
    [Fact]
    public void Fit_OneClass_GivesItsShare()
    {
        using var scope = NewDisposeScope();
        (Tensor train, _) = Linear(60, seed: 1);
        LinearFit fit = new RidgeProbe().Fit(new ProbeData(train, [.. Enumerable.Repeat((sbyte)1, 60)], s_patients), Token);
        Assert.All(fit.Logits(train), l => Assert.Equal(Math.Log(61.0), l, 1e-5));
    }

    /// <summary>The mean probability is the share of positives, and scores far apart are sure: what a link is for.</summary>
    [Fact]
    public void Fit_Probabilities_AreCalibratedOnNewImages()
    {
        using var scope = NewDisposeScope();
        (Tensor train, sbyte[] labels) = Noisy(2000, seed: 3);
        (Tensor test, sbyte[] truth) = Noisy(4000, seed: 4);
        LinearFit fit = new RidgeProbe().Fit(new ProbeData(train, labels, [.. Enumerable.Range(0, 2000).Select(i => $"p{i}")]), Token);

        double[] probability = [.. fit.Logits(test).Select(l => 1 / (1 + Math.Exp(-(double)l)))];

        Assert.Equal(truth.Average(t => t), probability.Average(), 0.03);
        foreach ((double from, double to) in new[] { (0.0, 0.1), (0.1, 0.3), (0.3, 0.7), (0.7, 1.0) })
        {
            int[] bin = [.. Enumerable.Range(0, 4000).Where(i => probability[i] >= from && probability[i] < to)];
            Assert.True(bin.Length > 50);
            Assert.Equal(bin.Average(i => truth[i]), bin.Average(i => probability[i]), 0.07);
        }
    }

    /// <summary>
    /// Images of one patient are alike. Were they in different folds, the least penalty would look best; the penalty that is chosen over
    /// whole patients scores other patients better.
    /// </summary>
    [Fact]
    public void Fit_ManyImagesOfFewPatients_AreCrossValidatedByPatient()
    {
        using var scope = NewDisposeScope();
        var random = new Random(3);
        const int Patients = 30, Each = 10, Channels = 60;
        double[][] own = [.. Enumerable.Range(0, Patients).Select(_ => Enumerable.Range(0, Channels)
            .Select(_ => random.NextDouble() - 0.5).ToArray())];
        sbyte[] label = [.. own.Select(o => (sbyte)(o[0] + (0.5 * (random.NextDouble() - 0.5)) > 0 ? 1 : 0))];
        int[] patient = [.. Enumerable.Range(0, Patients * Each).Select(i => i / Each)];
        Tensor train = tensor(patient.SelectMany(p => own[p].Select(v => v + (0.01 * random.NextDouble()))).ToArray())
            .view(Patients * Each, Channels);
        sbyte[] labels = [.. patient.Select(p => label[p])];
        double[] fresh = [.. Enumerable.Range(0, 400 * Channels).Select(_ => random.NextDouble() - 0.5)];
        sbyte[] truth = [.. Enumerable.Range(0, 400).Select(i => (sbyte)(fresh[i * Channels] > 0 ? 1 : 0))];
        Tensor test = tensor(fresh).view(400, Channels);

        double whole = Fit(patient.Select(p => $"p{p}"));
        double mixed = Fit(patient.Select((_, i) => $"image{i}"));

        Assert.True(whole > mixed, $"{whole:f3} by patient, {mixed:f3} by image");

        double Fit(IEnumerable<string> patients) =>
            Auroc(truth, new RidgeProbe().Fit(new ProbeData(train, labels, [.. patients]), Token).Logits(test));
    }

    private static double Auroc(sbyte[] labels, IEnumerable<float> scores) =>
        BinaryMetrics.Auroc(labels, [.. scores.Select(s => (double)s)])!.Value;

    private static float[] Column(float[] values, int finding) => [.. values.Where((_, i) => i % 2 == finding)];

    // Before the link.
    private static double[] Scores(LinearFit fit, Tensor features) =>
        [.. fit.Logits(features).Select(l => (l - fit.Links[0].Offset) / fit.Links[0].Slope)];

    // The label is the sign of the first of twelve channels, whose scales differ.
    private static (Tensor Features, sbyte[] Labels) Linear(int n, int seed)
    {
        var random = new Random(seed);
        double[] values = [.. Enumerable.Range(0, n * 12).Select(i => (random.NextDouble() - 0.5) * Math.Pow(10, i % 12 % 4))];
        return (tensor(values).view(n, 12), [.. Enumerable.Range(0, n).Select(i => (sbyte)(values[i * 12] > 0 ? 1 : 0))]);
    }

    // A fifth of positives, by a logistic model of the first channel.
    private static (Tensor Features, sbyte[] Labels) Noisy(int n, int seed)
    {
        var random = new Random(seed);
        double[] values = [.. Enumerable.Range(0, n * 5).Select(_ => Enumerable.Range(0, 12).Sum(_ => random.NextDouble()) - 6)];
        return (tensor(values).view(n, 5), [.. Enumerable.Range(0, n)
            .Select(i => (sbyte)(random.NextDouble() < 1 / (1 + Math.Exp(2 - (2 * values[i * 5]))) ? 1 : 0))]);
    }
}
