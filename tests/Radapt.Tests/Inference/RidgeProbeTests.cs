using Radapt.Inference;
using Radapt.Metrics;
using static TorchSharp.torch;

namespace Radapt.Tests.Inference;

public sealed class RidgeProbeTests
{
    private static readonly string[] s_patients = [.. Enumerable.Range(0, 60).Select(i => $"p{i}")];

    [Fact]
    public void Score_LabelsThatAreLinearInFeatures_AreFound()
    {
        using var scope = NewDisposeScope();
        (Tensor train, sbyte[] labels) = Linear(60, seed: 1);
        (Tensor test, sbyte[] truth) = Linear(200, seed: 2);

        float[] scores = RidgeProbe.Score(train, labels, s_patients, test);

        Assert.True(BinaryMetrics.Auroc(truth, [.. scores.Select(s => (double)s)]) > 0.95);
    }

    /// <summary>The solution at one penalty, against the normal equations solved directly.</summary>
    [Fact]
    public void Score_OneInformativeChannel_SolvesTheNormalEquations()
    {
        using var scope = NewDisposeScope();
        Tensor train = tensor(Enumerable.Range(0, 60).Select(i => i % 2 == 0 ? -3.0 : 5.0).ToArray()).view(60, 1);
        sbyte[] labels = [.. Enumerable.Range(0, 60).Select(i => (sbyte)(i % 2))];

        float[] scores = RidgeProbe.Score(train, labels, s_patients, tensor(new[] { -3.0, 5.0, 1.0 }).view(3, 1));

        // Standardised, the channel is -1 or 1: x^T x = 60, x^T y = 30, and the mean squared length is 1. Labels without noise need the
        // least penalty.
        double weight = 30 / (60 + RidgeProbe.Penalties[0]);
        Assert.Equal([(float)(0.5 - weight), (float)(0.5 + weight), 0.5f], scores);
    }

    [Fact]
    public void Score_UnknownLabels_AreLeftOutFindingByFinding()
    {
        using var scope = NewDisposeScope();
        (Tensor train, sbyte[] labels) = Linear(60, seed: 1);
        sbyte[] two = [.. labels.SelectMany((l, i) => new[] { l, i < 40 ? l : (sbyte)-1 })];

        float[] scores = RidgeProbe.Score(train, two, s_patients, train);
        float[] alone = RidgeProbe.Score(train[..40], labels.AsSpan(0, 40), s_patients[..40], train[..40]);

        double[] second = [.. Enumerable.Range(0, 40).Select(i => (double)scores[(2 * i) + 1])];
        Assert.True(BinaryMetrics.Auroc(labels.AsSpan(0, 40), second) > 0.95);
        Assert.NotEqual(alone, second.Select(s => (float)s)); // channels are standardised over all images, labelled or not
    }

    [Fact]
    public void Score_NothingKnown_IsZero() =>
        Assert.Equal([0f, 0f], RidgeProbe.Score(ones(2, 3), [-1, -1], ["a", "b"], ones(2, 3)));

    /// <summary>
    /// Images of one patient are alike. Were they in different folds, the least penalty would look best; the penalty that is chosen over
    /// whole patients scores other patients better.
    /// </summary>
    [Fact]
    public void Score_ManyImagesOfFewPatients_AreCrossValidatedByPatient()
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

        double whole = Auroc(RidgeProbe.Score(train, labels, [.. patient.Select(p => $"p{p}")], test));
        double mixed = Auroc(RidgeProbe.Score(train, labels, [.. patient.Select((_, i) => $"image{i}")], test));

        Assert.True(whole > mixed, $"{whole:f3} by patient, {mixed:f3} by image");

        double Auroc(float[] scores) => BinaryMetrics.Auroc(truth, [.. scores.Select(s => (double)s)])!.Value;
    }

    // The label is the sign of the first of twelve channels, whose scales differ.
    private static (Tensor Features, sbyte[] Labels) Linear(int n, int seed)
    {
        var random = new Random(seed);
        double[] values = [.. Enumerable.Range(0, n * 12).Select(i => (random.NextDouble() - 0.5) * Math.Pow(10, i % 12 % 4))];
        return (tensor(values).view(n, 12), [.. Enumerable.Range(0, n).Select(i => (sbyte)(values[i * 12] > 0 ? 1 : 0))]);
    }
}
