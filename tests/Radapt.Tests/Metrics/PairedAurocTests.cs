using Radapt.Metrics;

namespace Radapt.Tests.Metrics;

public class PairedAurocTests
{
    private static readonly sbyte[] s_labels = [1, 1, 1, 0, 0, 0, 1, 0];

    [Fact]
    public void Compute_RepeatedImages_AreOnePatientEach()
    {
        double[] a = [0.9, 0.8, 0.3, 0.4, 0.2, 0.1, 0.7, 0.5];
        double[] b = [0.6, 0.7, 0.5, 0.4, 0.3, 0.65, 0.2, 0.1];
        PairedAuroc one = PairedAuroc.Compute(s_labels, a, b, [])!;
        PairedAuroc twice = PairedAuroc.Compute([.. s_labels, .. s_labels], [.. a, .. a], [.. b, .. b],
            [.. Enumerable.Range(0, 16).Select(i => i % 8)])!;
        PairedAuroc naive = PairedAuroc.Compute([.. s_labels, .. s_labels], [.. a, .. a], [.. b, .. b], [])!;
        Assert.Equal(one.StandardError, twice.StandardError, 12);
        Assert.Equal(one.PValue!.Value, twice.PValue!.Value, 12);
        Assert.True(naive.PValue < one.PValue);
    }

    [Fact]
    public void Compute_Swapped_IsTheOppositeDifference()
    {
        double[] a = [0.9, 0.8, 0.3, 0.4, 0.2, 0.1, 0.7, 0.5];
        double[] b = [0.6, 0.7, 0.5, 0.4, 0.3, 0.65, 0.2, 0.1];
        PairedAuroc one = PairedAuroc.Compute(s_labels, a, b, [])!;
        PairedAuroc other = PairedAuroc.Compute(s_labels, b, a, [])!;
        Assert.Equal(-one.Difference, other.Difference, 12);
        Assert.Equal(one.PValue!.Value, other.PValue!.Value, 12);
        Assert.Equal(-one.Interval.Upper, other.Interval.Lower, 12);
    }

    [Fact]
    public void Compute_PerfectAgainstInverted_HasNoPValue()
    {
        double[] perfect = [.. s_labels.Select(l => (double)l)];
        PairedAuroc found = PairedAuroc.Compute(s_labels, perfect, [.. perfect.Select(p => -p)], [])!;
        Assert.Equal(1, found.Difference);
        Assert.Null(found.PValue);
    }

    [Fact]
    public void Compute_OnePositive_IsUndefined() => Assert.Null(PairedAuroc.Compute([1, 0, 0], [1, 2, 3], [3, 2, 1], []));
}
