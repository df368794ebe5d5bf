using Radapt.Compute;
using static TorchSharp.torch;

namespace Radapt.Adaptation.Probes;

/// <summary>
/// Logistic regression with a squared penalty on the weights (le Cessie and van Houwelingen 1992) from frozen features, by L-BFGS in
/// float64. The sum of the log losses, plus penalty / 2 x squared length of the weights, is minimised from the largest penalty to the
/// smallest, each from the solution before. Its scores are logits already.
/// </summary>
internal sealed class LogisticProbe : LinearProbe
{
    private const double Tolerance = 1e-8; // of the gradient of the mean loss
    private const int Steps = 1000;

    /// <inheritdoc/>
    protected override (Tensor Weights, Tensor Biases) Solve(Tensor x, Tensor y, CancellationToken cancellation)
    {
        Tensor mean = x.mean([0], keepdim: true); // (1, C)
        Tensor centred = x - mean;
        double unit = Unit(centred);
        (Tensor reduced, Tensor? basis) = Reduce(centred); // (k, r)
        var findings = new List<(Tensor Weights, double[] Biases)>();
        for (int f = 0; f < y.shape[1]; f++)
        {
            findings.Add(Path(reduced, y[.., f], unit, cancellation)); // (P, r)
        }

        Tensor weights = stack(findings.Select(f => f.Weights), 2); // (P, r, f)
        weights = basis is null ? weights : basis.matmul(weights); // (P, C, f)
        Tensor biases = stack(findings.Select(f => tensor(f.Biases)), 1); // (P, f)
        return (weights, biases.Plus(mean[0].matmul(weights), -1));
    }

    /// <inheritdoc/>
    protected override Tensor Loss(Tensor scores, Tensor y) =>
        nn.functional.relu(scores).Plus(scores * y, -1).Plus(scores.abs().neg().exp().log1p());

    /// <inheritdoc/>
    protected override ScoreLink Link(ReadOnlySpan<double> scores, ReadOnlySpan<double> labels) => ScoreLink.Identity;

    // Fewer images than channels: the weights are sums of images (the penalty sees to that), so coordinates along the images' singular
    // vectors say all there is. Returns X V and V, or X as it is.
    private static (Tensor Reduced, Tensor? Basis) Reduce(Tensor x)
    {
        if (x.shape[0] >= x.shape[1])
        {
            return (x, null);
        }

        (_, _, Tensor vt) = linalg.svd(x, fullMatrices: false); // (k, C)
        return (x.matmul(vt.t()), vt.t());
    }

    // Weights (P, r) and biases (P) of one finding.
    private static (Tensor Weights, double[] Biases) Path(Tensor x, Tensor y, double unit, CancellationToken cancellation)
    {
        int channels = (int)x.shape[1];
        double images = x.shape[0];
        double positives = y.sum().item<double>();
        double[] point = new double[channels + 1]; // weights, then bias
        point[channels] = Math.Log((positives + 0.5) / (images - positives + 0.5)); // about where it ends without weights
        double[][] points = new double[Penalties.Count][];
        using var scope = NewDisposeScope();
        Tensor transposed = x.t().contiguous();
        for (int p = Penalties.Count - 1; p >= 0; p--)
        {
            cancellation.ThrowIfCancellationRequested();
            double penalty = Penalties[p] * unit;
            points[p] = point = Lbfgs.Minimise(Objective, point, Tolerance, Steps);

            double Objective(ReadOnlySpan<double> at, Span<double> gradient)
            {
                using var inner = NewDisposeScope();
                Tensor w = tensor(at[..channels].ToArray());
                Tensor scores = x.mv(w).Plus(at[channels]);
                Tensor residual = scores.sigmoid() - y;
                double loss = (nn.functional.relu(scores).sum() - scores.dot(y) + scores.abs().neg().exp().log1p().sum()).item<double>();
                transposed.mv(residual).Plus(w, penalty).DividedBy(images).data<double>().CopyTo(gradient);
                gradient[channels] = residual.sum().item<double>() / images;
                return (loss + (penalty / 2 * w.dot(w).item<double>())) / images;
            }
        }

        Tensor weights = tensor(points.SelectMany(q => q[..channels]).ToArray()).view(Penalties.Count, channels);
        return (weights.MoveToOuterDisposeScope(), [.. points.Select(q => q[channels])]);
    }
}
