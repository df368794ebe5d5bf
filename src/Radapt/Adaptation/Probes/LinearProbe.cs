using Radapt.Compute;
using static TorchSharp.torch;

namespace Radapt.Adaptation.Probes;

/// <summary>
/// A penalised linear model of each finding on standardised features. The penalty is chosen per finding by cross-validation over whole
/// patients: the one with the smallest loss on patients that were left out.
/// </summary>
internal abstract class LinearProbe : HeadProbe
{
    /// <summary>
    /// Penalties that are tried, from the smallest, relative to the mean squared length of a standardised feature vector, so that they mean
    /// the same at every width and number of images.
    /// </summary>
    public static IReadOnlyList<double> Penalties { get; } = [.. Enumerable.Range(-8, 17).Select(i => Math.Pow(10, i / 2.0))];

    /// <inheritdoc/>
    public sealed override string Setting => "penalty";

    /// <inheritdoc/>
    public sealed override LinearFit Fit(ProbeData data, CancellationToken cancellation = default)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        (Tensor mean, Tensor scale, Tensor standardised) = Standardise(data.Features);
        int[] folds = PatientFolds.Assign(data);
        var solutions = new Solution?[data.Findings];
        var outOfFold = new float[data.Labels.Length];
        Array.Fill(outOfFold, float.NaN);
        foreach (IGrouping<string, int> group in Enumerable.Range(0, data.Findings).GroupBy(f => Mask(data, f)))
        {
            Solve(data, [.. group], standardised, folds, solutions, outOfFold, cancellation); // one decomposition for all of them
        }

        Tensor none = zeros_like(mean[0]);
        Tensor weight = stack(solutions.Select(s => s is null ? none : s.Weight * scale[0])); // (F, C)
        Tensor bias = tensor(solutions.Select(s => s?.Bias ?? 0).ToArray()).Plus(weight.matmul(mean[0]), -1);
        return new LinearFit(weight.MoveToOuterDisposeScope(), bias.MoveToOuterDisposeScope())
        {
            Chosen = [.. solutions.Select(s => s?.Penalty)],
            Links = [.. solutions.Select(s => s?.Link ?? ScoreLink.Identity)],
            OutOfFold = outOfFold,
            Folds = folds,
        };
    }

    /// <summary>Solves for several findings that are known of the same images, at all penalties.</summary>
    /// <param name="x">(k, C) standardised features, float64.</param>
    /// <param name="y">(k, f) labels, 1 or 0, float64.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>Weights (P, C, f) and biases (P, f) in the order of <see cref="Penalties"/></returns>
    protected abstract (Tensor Weights, Tensor Biases) Solve(Tensor x, Tensor y, CancellationToken cancellation);

    /// <summary>What cross-validation minimises, for each score: same shape as <paramref name="scores"/>.</summary>
    /// <param name="scores">(P, k, f)</param>
    /// <param name="y">(k, f) labels.</param>
    protected abstract Tensor Loss(Tensor scores, Tensor y);

    /// <summary>How scores become logits.</summary>
    /// <param name="scores">(k) scores, of images that were left out where there are such.</param>
    /// <param name="labels">(k): 1 or 0.</param>
    protected abstract ScoreLink Link(ReadOnlySpan<double> scores, ReadOnlySpan<double> labels);

    /// <summary>What a penalty of 1 is: the mean squared length of the centred features.</summary>
    protected static double Unit(Tensor centred) => Math.Max(centred.square().sum().item<double>() / centred.shape[0], 1e-300);

    private void Solve(ProbeData data, int[] findings, Tensor all, int[] folds, Solution?[] solutions, float[] outOfFold,
        CancellationToken cancellation)
    {
        long[] images = data.Known(findings[0]).Images;
        if (images.Length < 2)
        {
            return;
        }

        double[][] labels = [.. findings.Select(f => data.Known(f).Labels)];
        using var scope = NewDisposeScope();
        Tensor x = images.Length == data.Images ? all : all[tensor(images)]; // (k, C)
        Tensor y = stack(labels.Select(l => tensor(l)), 1); // (k, f)
        List<(long[] Left, Tensor Scores)> left = CrossValidate(x, y, [.. images.Select(i => folds[i])], cancellation);
        (Tensor weights, Tensor biases) = Solve(x, y, cancellation);
        Tensor? errors = left.Count == 0 ? null
            : left.Select(l => Loss(l.Scores, y[tensor(l.Left)]).sum(1)).Aggregate((a, b) => a.Plus(b)); // (P, f)
        for (int j = 0; j < findings.Length; j++)
        {
            // One patient alone leaves nothing to choose by: the penalty that is as large as the features are long.
            int p = errors is null ? Penalties.Count / 2 : SmallestPlace([.. errors[.., j].data<double>()]);
            double[] scores = [.. x.matmul(weights[p, .., j]).Plus(biases[p, j].item<double>()).data<double>()];
            double[] unseen = new double[images.Length];
            Array.Fill(unseen, double.NaN);
            foreach ((long[] positions, Tensor values) in left)
            {
                foreach ((int i, double value) in values[p, .., j].data<double>().ToArray().Index())
                {
                    unseen[positions[i]] = value;
                }
            }

            if (labels[j].Distinct().Count() < 2)
            {
                // Nothing tells positives from negatives: the share of the one class, one more of each class assumed.
                double share = Math.Log((labels[j].Count(l => l == 1) + 1.0) / (labels[j].Count(l => l == 0) + 1.0));
                solutions[findings[j]] = new Solution(Penalties[p], ScoreLink.Identity, zeros_like(x[0]).MoveToOuterDisposeScope(), share);
                continue;
            }

            int[] scored = [.. Enumerable.Range(0, unseen.Length).Where(i => !double.IsNaN(unseen[i]))];
            ScoreLink link = scored.Length == 0 ? Link(scores, labels[j])
                : Link([.. scored.Select(i => unseen[i])], [.. scored.Select(i => labels[j][i])]);
            foreach (int i in scored)
            {
                outOfFold[(images[i] * data.Findings) + findings[j]] = (float)((link.Slope * unseen[i]) + link.Offset);
            }

            solutions[findings[j]] = new Solution(Penalties[p], link,
                weights[p, .., j].Times(link.Slope).MoveToOuterDisposeScope(), (link.Slope * biases[p, j].item<double>()) + link.Offset);
        }
    }

    // Scores (P, left, f) of the images of each fold, by the others.
    private List<(long[] Left, Tensor Scores)> CrossValidate(Tensor x, Tensor y, int[] folds, CancellationToken cancellation)
    {
        var scores = new List<(long[], Tensor)>();
        foreach ((long[] left, long[] rest) in PatientFolds.Sides(folds))
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            Tensor kept = tensor(rest);
            (Tensor weights, Tensor biases) = Solve(x[kept], y[kept], cancellation);
            scores.Add((left, x[tensor(left)].matmul(weights).Plus(biases.unsqueeze(1)).MoveToOuterDisposeScope()));
        }

        return scores;
    }

    // Mean 0 and standard deviation 1 over the images to learn from; a channel that is constant there stays 0.
    private static (Tensor Mean, Tensor Scale, Tensor Standardised) Standardise(Tensor features)
    {
        Tensor x = features.to(ScalarType.Float64);
        Tensor mean = x.mean([0], keepdim: true); // (1, C)
        Tensor deviation = x.std(0, unbiased: false, keepdim: true);
        Tensor tiny = tensor(1e-12, ScalarType.Float64);
        Tensor scale = where(deviation > tiny, deviation.maximum(tiny).reciprocal(), zeros_like(deviation));
        return (mean, scale, (x - mean) * scale);
    }

    private static int SmallestPlace(double[] errors) => Array.IndexOf(errors, errors.Min());

    private static string Mask(ProbeData data, int finding) =>
        string.Create(data.Images, (data, finding), static (text, d) =>
        {
            for (int i = 0; i < text.Length; i++)
            {
                text[i] = d.data.Labels[(i * d.data.Findings) + d.finding] >= 0 ? '1' : '0';
            }
        });

    // Of one finding, on standardised features.
    private sealed record Solution(double Penalty, ScoreLink Link, Tensor Weight, double Bias);
}
