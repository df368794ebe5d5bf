using Radapt.Adaptation.Probes;
using Radapt.Compute;
using static TorchSharp.torch;

namespace Radapt.Tests.Adaptation.Probes;

public sealed class LogisticProbeTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>
    /// At every penalty that is tried, the solution is that of Newton's method in float64, which needs no line search where it starts close
    /// enough: with more images than channels, and with fewer.
    /// </summary>
    [Theory]
    [InlineData(80, 6, 1)]
    [InlineData(80, 6, 2)]
    [InlineData(30, 50, 3)]
    public void Fit_ChosenPenalty_EqualsNewtonsMethod(int images, int channels, int seed)
    {
        using var scope = NewDisposeScope();
        (Tensor train, sbyte[] labels) = Noisy(images, channels, seed);

        LinearFit fit = new LogisticProbe().Fit(new ProbeData(train, labels, Patients(images)), Token);

        Tensor x = (train - train.mean([0], keepdim: true)) / train.std(0, unbiased: false, keepdim: true);
        double[] expected = Newton(x, labels, fit.Chosen[0]!.Value * channels);
        Assert.All(expected.Zip(fit.Logits(train)), s => Assert.Equal(s.First, s.Second, 1e-4));
        Assert.Equal([ScoreLink.Identity], fit.Links);
    }

    /// <summary>The penalty that is chosen has the smallest log loss on the patients that were left out.</summary>
    [Fact]
    public void Fit_Penalty_HasTheSmallestLossOutOfFold()
    {
        using var scope = NewDisposeScope();
        (Tensor train, sbyte[] labels) = Noisy(60, 8, seed: 4);
        LinearFit fit = new LogisticProbe().Fit(new ProbeData(train, labels, Patients(60)), Token);

        Tensor x = (train - train.mean([0], keepdim: true)) / train.std(0, unbiased: false, keepdim: true);
        var losses = LinearProbe.Penalties.ToDictionary(p => p, p => Enumerable.Range(0, 5).Sum(fold => Loss(p, fold)));
        Assert.Equal(losses.MinBy(l => l.Value).Key, fit.Chosen[0]);

        double Loss(double penalty, int fold)
        {
            long[] left = [.. Enumerable.Range(0, 60).Where(i => fit.Folds[i] == fold).Select(i => (long)i)];
            long[] others = [.. Enumerable.Range(0, 60).Where(i => fit.Folds[i] != fold).Select(i => (long)i)];
            Tensor kept = x[tensor(others)];
            double unit = (kept - kept.mean([0], keepdim: true)).square().sum().item<double>() / others.Length;
            double[] logits = Newton(kept, [.. others.Select(i => labels[i])], penalty * unit, x[tensor(left)]);
            return left.Zip(logits).Sum(p => Math.Log(1 + Math.Exp(labels[p.First] == 1 ? -p.Second : p.Second)));
        }
    }

    [Fact]
    public void Fit_LabelsThatAreSeparable_StayFinite()
    {
        using var scope = NewDisposeScope();
        Tensor train = tensor(Enumerable.Range(0, 40).Select(i => (double)i).ToArray()).view(40, 1);
        LinearFit fit = new LogisticProbe().Fit(
            new ProbeData(train, [.. Enumerable.Range(0, 40).Select(i => (sbyte)(i < 20 ? 0 : 1))], Patients(40)), Token);
        float[] logits = fit.Logits(train);
        Assert.All(logits, l => Assert.True(float.IsFinite(l)));
        Assert.True(logits[0] < -2 && logits[39] > 2);
    }

    [Fact]
    public void Fit_OneClass_GivesItsShare()
    {
        using var scope = NewDisposeScope();
        (Tensor train, _) = Noisy(20, 3, seed: 1);
        LinearFit fit = new LogisticProbe().Fit(new ProbeData(train, new sbyte[20], Patients(20)), Token);
        Assert.All(fit.Logits(train), l => Assert.Equal(Math.Log(1 / 21.0), l, 1e-5));
    }

    private static string[] Patients(int count) => [.. Enumerable.Range(0, count).Select(i => $"p{i}")];

    private static (Tensor Features, sbyte[] Labels) Noisy(int n, int channels, int seed)
    {
        var random = new Random(seed);
        double[] values = [.. Enumerable.Range(0, n * channels).Select(i => (random.NextDouble() - 0.4) * (1 + (i % channels)))];
        return (tensor(values).view(n, channels), [.. Enumerable.Range(0, n)
            .Select(i => 1 / (1 + Math.Exp(-3 * (values[i * channels] - values[(i * channels) + 1]))))
            .Select(p => (sbyte)(random.NextDouble() < p ? 1 : 0))]);
    }

    // Logits of images, or of the images themselves, at the minimum of sum of losses + penalty / 2 |w|²; the bias is not penalised.
    private static double[] Newton(Tensor x, sbyte[] labels, double penalty, Tensor? images = null)
    {
        Tensor withOne = cat([x, ones(x.shape[0], 1, dtype: ScalarType.Float64)], 1);
        int size = (int)withOne.shape[1];
        Tensor y = tensor(labels.Select(l => (double)l).ToArray());
        Tensor penalties = diag(tensor(Enumerable.Range(0, size).Select(i => i < size - 1 ? penalty : 0).ToArray()));
        Tensor w = zeros(size, dtype: ScalarType.Float64);
        for (int step = 0; step < 200; step++)
        {
            Tensor p = withOne.matmul(w).sigmoid();
            Tensor gradient = withOne.t().matmul(p - y).Plus(penalties.matmul(w));
            Tensor curvature = withOne.t().matmul(withOne * (p * p.neg().Plus(1)).unsqueeze(1)).Plus(penalties);
            Tensor change = linalg.solve(curvature, gradient);
            w = w.Plus(change, -1 / Math.Max(1, change.norm().item<double>())); // steps of at most 1
        }

        Tensor scored = images is null ? withOne : cat([images, ones(images.shape[0], 1, dtype: ScalarType.Float64)], 1);
        return [.. scored.matmul(w).data<double>()];
    }
}
