using Radapt.Pretraining.Reports;
using static TorchSharp.torch;

namespace Radapt.Tests.Pretraining.Reports;

public sealed class ReportTokensTests
{
    private const int Length = 12;

    private static readonly WordPieceVocabulary s_vocabulary =
        new(["[PAD]", "[UNK]", "[CLS]", "[MASK]", "a", "##b", "##c", "d"], TextRules.Mrm, "test");

    private static readonly ReportTokens s_tokens =
        new(["abc d abb d d", "d", "", "abcbcbcbcbcbcbc"], new ReportTokenizer(s_vocabulary), Length);

    [Fact]
    public void Mask_AnyDraw_HidesWholeWordsAndNeitherBeginningNorPadding()
    {
        int masked = 0, words = 0;
        for (int step = 0; step < 400; step++)
        {
            MaskedReports reports = s_tokens.Mask([0], seed: 7, step);
            Assert.Equal([2, 4, 5, 6, 7, 4, 5, 5, 7, 7, 0, 0], Numbers(reports.Originals(CPU)));
            Assert.Equal([1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0], Numbers(reports.IsWord(CPU)));
            long[] seen = Numbers(reports.Masked(CPU));
            Assert.Equal((2, 0, 0), (seen[0], seen[10], seen[11]));
            foreach (Range word in new[] { 1..4, 4..5, 5..8, 8..9, 9..10 })
            {
                bool isMasked = seen[word][0] == 3;
                Assert.Equal(isMasked ? [.. seen[word].Select(_ => 3L)] : Numbers(reports.Originals(CPU))[word], seen[word]);
                masked += isMasked ? 1 : 0;
                words++;
            }
        }

        Assert.InRange(masked / (double)words, 0.46, 0.54); // 2,000 draws of one half: 3.6 standard deviations
    }

    /// <summary>The draw belongs to the image and the step, not to the batch; patches are drawn apart from words.</summary>
    [Fact]
    public void Mask_SameImageInAnotherBatch_IsMaskedTheSame()
    {
        long[] together = Numbers(s_tokens.Mask([3, 0], 7, 5).Masked(CPU));
        Assert.Equal(Numbers(s_tokens.Mask([3], 7, 5).Masked(CPU)), together[..Length]);
        Assert.Equal(Numbers(s_tokens.Mask([0], 7, 5).Masked(CPU)), together[Length..]);
        Assert.Equal(8, Enumerable.Range(0, 64).Select(step => string.Join(' ', Numbers(s_tokens.Mask([0], 7, step).Masked(CPU))))
            .Distinct().Take(8).Count());
        Assert.NotEqual(
            Enumerable.Range(0, 16).SelectMany(step => Numbers(s_tokens.Mask([0], 7, step).Masked(CPU))),
            Enumerable.Range(0, 16).SelectMany(step => Numbers(s_tokens.Mask([0], 8, step).Masked(CPU))));
    }

    [Fact]
    public void MaskedPositions_OfABatch_WeighReportsAlike()
    {
        var reports = new MaskedReports(3, 3, [2, 4, 5, 2, 7, 0, 2, 0, 0], [2, 3, 3, 2, 3, 0, 2, 0, 0], [1, 1, 1, 1, 1, 0, 1, 0, 0]);
        (long[] positions, float[] weights) = reports.MaskedPositions();
        Assert.Equal([1, 2, 4], positions);
        Assert.Equal([1 / 6f, 1 / 6f, 1 / 3f], weights);
    }

    [Fact]
    public void Counts_OfReports_AreThoseOfTheirPieces()
    {
        Assert.Equal((4, 1), (s_tokens.Count, s_tokens.Full)); // the last one has more than 11 pieces
        Assert.Equal(0, s_tokens.UnknownShare);
        Assert.Equal(0.25, new ReportTokens(["a x", "d d"], new ReportTokenizer(s_vocabulary), Length).UnknownShare);
        Assert.True(s_tokens.AreEqual(1, 1));
        Assert.False(s_tokens.AreEqual(0, 1));
    }

    private static long[] Numbers(Tensor tensor) => tensor.to(ScalarType.Int64).data<long>().ToArray();
}
