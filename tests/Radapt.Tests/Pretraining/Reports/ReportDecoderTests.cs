using Radapt.Compute;
using Radapt.Models;
using Radapt.Pretraining.Reports;
using static TorchSharp.torch;

namespace Radapt.Tests.Pretraining.Reports;

public sealed class ReportDecoderTests
{
    private const int Vocabulary = 11;

    private static readonly BackboneShape s_encoder = new(32, 8, 2, 48, 3);

    [Theory]
    [InlineData("float32")]
    [InlineData("bfloat16")]
    public void Predict_Batch_GivesScoresOfEveryPosition(string precision)
    {
        using var scope = NewDisposeScope();
        using ReportDecoder decoder = Decoder(precision: precision);
        Tensor image = decoder.ImageMean(rand(2, 5, 48), ForwardPass.Evaluation);
        Assert.Equal([2, 24], image.shape);
        Tensor scores = decoder.Predict(Reports(), image, ForwardPass.Evaluation);
        Assert.Equal([2, 6, Vocabulary], scores.shape);
        Assert.Equal(ScalarType.Float32, scores.dtype);
    }

    /// <summary>Nothing attends to padding, so more of it changes no prediction of a word.</summary>
    [Fact]
    public void Predict_MorePadding_GivesWordsTheSameScores()
    {
        using var scope = NewDisposeScope();
        using ReportDecoder decoder = Decoder();
        Tensor image = rand(1, 24);
        var brief = new MaskedReports(1, 4, [2, 4, 5, 6], [2, 3, 5, 6], [1, 1, 1, 1]);
        var padded = new MaskedReports(1, 6, [2, 4, 5, 6, 0, 0], [2, 3, 5, 6, 0, 0], [1, 1, 1, 1, 0, 0]);
        Tensor expected = decoder.Predict(brief, image, ForwardPass.Evaluation);
        Assert.True(decoder.Predict(padded, image, ForwardPass.Evaluation)[.., ..4, ..].allclose(expected, rtol: 1e-5, atol: 1e-6));
    }

    [Fact]
    public void Loss_EitherKind_IsTheMeanOfTheSurpriseThere()
    {
        using var scope = NewDisposeScope();
        using ReportDecoder decoder = Decoder();
        MaskedReports reports = Reports();
        Tensor image = rand(2, 24);
        float[] surprise = decoder.Surprise(reports, image);

        Assert.Equal(surprise.Average(), decoder.Loss(reports, image, maskedOnly: false, ForwardPass.Evaluation).item<float>(), 1e-5);
        // masked: positions 1 and 2 of the first report, 3 of the second
        double expected = (((surprise[1] + surprise[2]) / 2) + surprise[6 + 3]) / 2;
        Assert.Equal(expected, decoder.Loss(reports, image, maskedOnly: true, ForwardPass.Evaluation).item<float>(), 1e-5);
    }

    [Fact]
    public void Loss_NothingMasked_IsZeroWithGradients()
    {
        using var scope = NewDisposeScope();
        using ReportDecoder decoder = Decoder();
        decoder.bert_mlp.weight.requires_grad_(true);
        Tensor image = decoder.ImageMean(rand(1, 4, 48), ForwardPass.Evaluation);
        Tensor loss = decoder.Loss(new MaskedReports(1, 2, [2, 4], [2, 4], [1, 1]), image, maskedOnly: true, ForwardPass.Evaluation);
        loss.backward();
        Assert.Equal(0, loss.item<float>());
        Assert.Equal(0, decoder.bert_mlp.weight.grad!.abs().max().item<float>());
    }

    /// <summary>Dropout depends on the key of the pass alone, and every layer draws its own.</summary>
    [Fact]
    public void Predict_Training_DropsByTheKeyOfThePass()
    {
        using var scope = NewDisposeScope();
        using ReportDecoder decoder = Decoder(dropout: 0.3);
        Tensor image = rand(2, 24);
        Tensor At(long step) => decoder.Predict(Reports(), image, new ForwardPass(true, 5, step));
        Assert.True(At(3).Equals(At(3)));
        Assert.False(At(3).allclose(At(4)));
        Assert.False(At(3).allclose(decoder.Predict(Reports(), image, ForwardPass.Evaluation)));
    }

    [Fact]
    public void Loss_Gradients_LeaveThePaddingsEmbeddingAndThePoolerAlone()
    {
        using var scope = NewDisposeScope();
        using ReportDecoder decoder = Decoder();
        (string Name, TorchSharp.Modules.Parameter Tensor)[] trained = [.. decoder.Trained()];
        foreach ((_, TorchSharp.Modules.Parameter tensor) in trained)
        {
            tensor.requires_grad_(true);
        }

        decoder.Loss(Reports(), decoder.ImageMean(rand(2, 4, 48), ForwardPass.Evaluation), maskedOnly: false, ForwardPass.Evaluation)
            .backward();

        Assert.All(trained, t => Assert.True(t.Tensor.grad is not null, t.Name));
        Assert.DoesNotContain(trained, t => t.Name.Contains("pooler", StringComparison.Ordinal));
        Tensor words = decoder.bert_encoder.model.bert.embeddings.word_embeddings.weight.grad!;
        Assert.Equal(0, words[0].abs().max().item<float>());
        Assert.True(words[2].abs().max().item<float>() > 0);
    }

    [Fact]
    public void For_Encoders_IsMrmsForLargeOnesAndHalfForSmallOnes()
    {
        Assert.Equal(new ReportDecoderShape(30_000, 384, 6, 6, 100) { Inner = 1536 },
            ReportDecoderShape.For(new BackboneShape(224, 16, 12, 768, 12), 30_000));
        Assert.Equal(new ReportDecoderShape(500, 96, 3, 3, 100), ReportDecoderShape.For(new BackboneShape(64, 8, 6, 192, 3), 500));
    }

    private static MaskedReports Reports() => new(2, 6, [2, 4, 5, 6, 0, 0, 2, 7, 8, 9, 10, 0], [2, 3, 3, 6, 0, 0, 2, 7, 8, 3, 10, 0],
        [1, 1, 1, 1, 0, 0, 1, 1, 1, 1, 1, 0]);

    private static ReportDecoder Decoder(double dropout = 0.1, string precision = "float32")
    {
        var decoder = new ReportDecoder(s_encoder, new ReportDecoderShape(Vocabulary, 24, 2, 3, 8) { Dropout = dropout }, padding: 0,
            new Kernels(new ComputePlan(precision, "cpu", 1)));
        decoder.Initialise(3);
        return decoder;
    }
}
