using Radapt.Compute;
using static TorchSharp.torch;

namespace Radapt.Inference;

/// <summary>
/// Ridge regression from frozen features to 0/1 labels (Hoerl and Kennard 1970): the closed-form baseline that fine-tuning has to beat. One
/// decomposition serves all penalties, and one of them is chosen per finding by cross-validation over whole patients.
/// </summary>
internal static class RidgeProbe
{
    private const int Folds = 5;

    /// <summary>
    /// Penalties that are tried, relative to the mean squared length of a standardised feature vector, so that they mean the same at every
    /// width and number of images.
    /// </summary>
    public static IReadOnlyList<double> Penalties { get; } = [.. Enumerable.Range(-8, 17).Select(i => Math.Pow(10, i / 2.0))];

    /// <summary>Learns from some images and scores others.</summary>
    /// <param name="train">(n, C) features of the images to learn from.</param>
    /// <param name="labels">(n, F) row-major: 1, 0, or -1 where unknown.</param>
    /// <param name="patients">(n) whose image each is: images of one patient are in one fold.</param>
    /// <param name="test">(m, C) features of the images to score.</param>
    /// <returns>(m, F) row-major. A finding that is known of fewer than two images scores 0 everywhere.</returns>
    public static float[] Score(Tensor train, ReadOnlySpan<sbyte> labels, IReadOnlyList<string> patients, Tensor test)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        int findings = labels.Length / patients.Count;
        var scores = new float[test.shape[0] * findings];
        (Tensor all, Tensor others) = Standardise(train, test);
        int[] folds = FoldsOf(patients);
        for (int f = 0; f < findings; f++)
        {
            var known = new List<long>();
            var values = new List<double>();
            for (int i = 0; i < patients.Count; i++)
            {
                sbyte label = labels[(i * findings) + f];
                if (label >= 0)
                {
                    known.Add(i);
                    values.Add(label);
                }
            }

            if (known.Count < 2)
            {
                continue;
            }

            using var ofFinding = NewDisposeScope();
            Tensor x = all[tensor(known)];
            Tensor y = tensor(values);
            double penalty = Choose(x, y, [.. known.Select(i => folds[i])]);
            double[] predicted = [.. new Fit(x, y).Predict(others, penalty).data<double>()];
            for (int i = 0; i < predicted.Length; i++)
            {
                scores[(i * findings) + f] = (float)predicted[i];
            }
        }

        return scores;
    }

    // The penalty with the least squared error on images of patients that were left out.
    private static double Choose(Tensor x, Tensor y, int[] folds)
    {
        var errors = new double[Penalties.Count];
        foreach (int fold in folds.Distinct())
        {
            using var scope = NewDisposeScope();
            Tensor left = tensor([.. Positions(folds, f => f == fold)]);
            long[] rest = [.. Positions(folds, f => f != fold)];
            if (rest.Length < 2)
            {
                continue;
            }

            Tensor kept = tensor(rest);
            var fit = new Fit(x[kept], y[kept]);
            for (int p = 0; p < errors.Length; p++)
            {
                errors[p] += (fit.Predict(x[left], Penalties[p]) - y[left]).square().sum().item<double>();
            }
        }

        return Penalties[Array.IndexOf(errors, errors.Min())];
    }

    private static IEnumerable<long> Positions(int[] folds, Func<int, bool> isIn) =>
        Enumerable.Range(0, folds.Length).Where(i => isIn(folds[i])).Select(i => (long)i);

    // Patients in the order of first appearance, dealt out in turn: nothing random, so that a baseline is the same every time.
    private static int[] FoldsOf(IReadOnlyList<string> patients)
    {
        var fold = new Dictionary<string, int>();
        return [.. patients.Select(p => fold.TryGetValue(p, out int f) ? f : fold[p] = fold.Count % Folds)];
    }

    // Mean 0 and standard deviation 1 over the images to learn from; a channel that is constant there stays 0.
    private static (Tensor Train, Tensor Test) Standardise(Tensor train, Tensor test)
    {
        Tensor x = train.to(ScalarType.Float64);
        Tensor mean = x.mean([0], keepdim: true);
        Tensor deviation = x.std(0, unbiased: false, keepdim: true);
        Tensor tiny = tensor(1e-12, ScalarType.Float64);
        Tensor scale = where(deviation > tiny, deviation.maximum(tiny).reciprocal(), zeros_like(deviation));
        return ((x - mean) * scale, (test.to(ScalarType.Float64) - mean) * scale);
    }

    /// <summary>The decomposition of the centred features, from which every penalty's solution follows.</summary>
    private sealed class Fit
    {
        private readonly Tensor _mean;     // (1, C)
        private readonly double _offset;   // mean label
        private readonly Tensor _right;    // (C, k): right singular vectors
        private readonly Tensor _squares;  // (k): squared singular values
        private readonly Tensor _product;  // (k): singular values x left singular vectors' products with the labels
        private readonly double _unit;     // what a penalty of 1 is

        public Fit(Tensor x, Tensor y)
        {
            _mean = x.mean([0], keepdim: true);
            _offset = y.mean().item<double>();
            Tensor centred = x - _mean;
            (Tensor u, Tensor s, Tensor vt) = linalg.svd(centred, fullMatrices: false);
            (_right, _squares) = (vt.t(), s.square());
            _product = s * u.t().matmul(y.Plus(-_offset));
            _unit = Math.Max(_squares.sum().item<double>() / x.shape[0], 1e-300);
        }

        public Tensor Predict(Tensor x, double penalty)
        {
            Tensor weights = _right.matmul(_product / _squares.Plus(penalty * _unit)); // (C)
            return (x - _mean).matmul(weights).Plus(_offset);
        }
    }
}
