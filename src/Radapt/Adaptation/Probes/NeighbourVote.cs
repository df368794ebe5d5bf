using Radapt.Compute;
using static TorchSharp.torch;

namespace Radapt.Adaptation.Probes;

/// <summary>
/// A head that stores the features of the training images and lets the nearest of them vote, those by cosine similarity. A vote counts
/// exp((similarity - 1) / 0.07), as in DINO's evaluations (Caron et al. 2021). One more neighbour of mean weight votes with the share of
/// positives, so that no probability is 0 or 1. Owns its tensors.
/// </summary>
internal sealed class NeighbourVote : IDisposable
{
    private const double Temperature = 0.07;

    private readonly Tensor _mean;     // (C): of the training features, subtracted before similarities are taken
    private readonly Tensor _features; // (n, C): of length 1
    private readonly Tensor _labels;   // (n, F): 1, 0, or -1 where unknown
    private readonly Tensor _counts;   // (F): neighbours that vote
    private readonly Tensor _shares;   // (F): share of positives

    /// <param name="images">n.</param>
    /// <param name="channels">C.</param>
    /// <param name="findings">F.</param>
    /// <param name="device">Where they are computed with.</param>
    public NeighbourVote(int images, int channels, int findings, Device device)
    {
        _mean = New(channels);
        _features = New(images, channels);
        _labels = New(images, findings);
        _counts = New(findings);
        _shares = New(findings);

        Tensor New(params long[] shape) => empty(shape, dtype: ScalarType.Float32, device: device).DetachFromDisposeScope();
    }

    /// <summary>Its tensors by the names that adapter files have for them, float32.</summary>
    public IEnumerable<(string Name, Tensor Tensor)> Tensors() =>
    [
        ("neighbours.mean", _mean), ("neighbours.features", _features), ("neighbours.labels", _labels),
        ("neighbours.counts", _counts), ("neighbours.shares", _shares),
    ];

    /// <summary>
    /// Stores images, in the order of their first channel: their order says nothing of the table that they were listed in.
    /// </summary>
    /// <param name="data">The images.</param>
    /// <param name="counts">(F) neighbours that vote; null: nothing is known of the finding.</param>
    public void Store(ProbeData data, IReadOnlyList<double?> counts)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        Tensor mean = data.Features.mean([0]).to(ScalarType.Float32);
        Tensor unit = Directions(data.Features, mean); // (n, C)
        Tensor order = unit[.., 0].argsort(0);
        Tensor labels = tensor(data.Labels.Select(l => (float)l).ToArray()).view(data.Images, data.Findings);
        _mean.CopyInPlace(mean);
        _features.CopyInPlace(unit[order]);
        _labels.CopyInPlace(labels[order]);
        _counts.CopyInPlace(tensor(counts.Select(c => (float)(c ?? 0)).ToArray()));
        _shares.CopyInPlace(tensor(Enumerable.Range(0, data.Findings).Select(f => (float)Share(data.Known(f).Labels)).ToArray()));
    }

    /// <summary>The votes on some images.</summary>
    /// <param name="features">(B, C), as those that are stored were given.</param>
    /// <returns>(B, F) before the sigmoid, float32</returns>
    public Tensor Logits(Tensor features)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        Tensor similarities = Directions(features, _mean).matmul(_features.t()); // (B, n)
        (int findings, float[] counts, float[] shares) = ((int)_labels.shape[1], Values(_counts), Values(_shares));
        return stack(Enumerable.Range(0, findings).Select(f => Logits(f, (int)counts[f], shares[f])), 1).MoveToOuterDisposeScope();

        Tensor Logits(int finding, int count, double share)
        {
            Tensor labels = _labels[.., finding];
            Tensor known = labels.ge(zeros_like(labels)).nonzero().flatten();
            return known.shape[0] == 0 || count == 0 ? zeros(features.shape[0], device: features.device)
                : Vote(similarities.index_select(1, known), labels[known], [count], share)[0];
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach ((_, Tensor tensor) in Tensors())
        {
            tensor.Dispose();
        }
    }

    /// <summary>Features less their mean, at length 1; one that equals the mean stays 0.</summary>
    public static Tensor Directions(Tensor features, Tensor mean) =>
        nn.functional.normalize(features.to(ScalarType.Float32) - mean, dim: 1);

    /// <summary>The share of positives, one more of each class assumed.</summary>
    public static double Share(double[] labels) => (labels.Count(l => l == 1) + 1.0) / (labels.Length + 2);

    /// <summary>The votes of so many neighbours.</summary>
    /// <param name="similarities">(B, n) cosines.</param>
    /// <param name="labels">(n): 1 or 0.</param>
    /// <param name="counts">Numbers of neighbours, in ascending order; at most n vote.</param>
    /// <param name="share">The share of positives.</param>
    /// <returns>For each number (B), before the sigmoid</returns>
    public static Tensor[] Vote(Tensor similarities, Tensor labels, IReadOnlyList<int> counts, double share)
    {
        int most = (int)Math.Min(counts[^1], similarities.shape[1]);
        (Tensor nearest, Tensor places) = similarities.topk(most, dim: 1); // (B, most), the nearest first
        Tensor weights = nearest.Plus(-1).DividedBy(Temperature).exp();
        Tensor votes = labels[places] * weights;
        return [.. counts.Select(count =>
        {
            int n = Math.Min(count, most);
            Tensor all = weights.narrow(1, 0, n).sum(1);
            Tensor present = votes.narrow(1, 0, n).sum(1);
            Tensor prior = all.DividedBy(n);
            return present.Plus(prior, share).log() - (all - present).Plus(prior, 1 - share).log();
        })];
    }

    private static float[] Values(Tensor tensor) => tensor.cpu().data<float>().ToArray();
}
