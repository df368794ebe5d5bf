using Radapt.Compute;
using static TorchSharp.torch;

namespace Radapt.Adaptation.Peft;

/// <summary>What LoRA adds to one projection or to a third of a fused one: scale B A.</summary>
/// <param name="Place">What it is added to.</param>
/// <param name="A">(r, in)</param>
/// <param name="B">(out, r)</param>
/// <param name="Scale">alpha / r, or alpha / sqrt r.</param>
internal sealed record LowRankUpdate(LoraPlace Place, Tensor A, Tensor B, double Scale)
{
    /// <summary>Rank r.</summary>
    public int Rank => (int)A.shape[0];

    /// <summary>
    /// Adds it to the projection's weight: (out, in), of a fused one (3 out, in), of which a third has its own rows. Not for an update of
    /// all thirds at once.
    /// </summary>
    public void AddTo(Tensor weight)
    {
        long rows = B.shape[0];
        Tensor target = Place.IsAttentionInput ? weight.narrow(0, LoraPacking.IndexOfThird(this) * rows, rows) : weight;
        target.AddInPlace(B.matmul(A), Scale);
    }
}
