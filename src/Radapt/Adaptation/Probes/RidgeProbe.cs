using Radapt.Compute;
using static TorchSharp.torch;

namespace Radapt.Adaptation.Probes;

/// <summary>
/// Ridge regression from frozen features to 0/1 labels (Hoerl and Kennard 1970): the closed-form baseline that fine-tuning has to beat. One
/// decomposition serves all penalties and all findings that are known of the same images. Its scores are no probabilities; a
/// <see cref="ScoreLink"/> that is fitted to the scores of patients that were left out turns them into logits.
/// </summary>
internal sealed class RidgeProbe : LinearProbe
{
    /// <inheritdoc/>
    protected override (Tensor Weights, Tensor Biases) Solve(Tensor x, Tensor y, CancellationToken cancellation)
    {
        Tensor mean = x.mean([0], keepdim: true); // (1, C)
        Tensor offset = y.mean([0]); // (f)
        Tensor centred = x - mean;
        (Tensor right, Tensor squares, Tensor product) = Decompose(centred, y - offset);
        double unit = Unit(centred);
        Tensor weights = stack(Penalties.Select(p => right.matmul(product / squares.Plus(p * unit).unsqueeze(1)))); // (P, C, f)
        return (weights, offset.Plus(mean[0].matmul(weights), -1));
    }

    /// <inheritdoc/>
    protected override Tensor Loss(Tensor scores, Tensor y) => (scores - y).square();

    /// <inheritdoc/>
    protected override ScoreLink Link(ReadOnlySpan<double> scores, ReadOnlySpan<double> labels) => ScoreLink.Fit(scores, labels);

    // X = U S V^T gives w = V (S U^T y) / (S² + penalty). The eigenvectors of the smaller one of X^T X and X X^T are enough: what squaring
    // loses is far below the smallest penalty.
    private static (Tensor Right, Tensor Squares, Tensor Product) Decompose(Tensor x, Tensor y)
    {
        if (x.shape[0] >= x.shape[1])
        {
            (Tensor values, Tensor v) = linalg.eigh(x.t().matmul(x)); // V: (C, C)
            return (v, nn.functional.relu(values), v.t().matmul(x.t().matmul(y)));
        }

        (Tensor squares, Tensor u) = linalg.eigh(x.matmul(x.t())); // U: (k, k); w = X^T U (U^T y) / (S² + penalty)
        return (x.t().matmul(u), nn.functional.relu(squares), u.t().matmul(y));
    }
}
