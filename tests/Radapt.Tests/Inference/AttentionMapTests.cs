using Radapt.Adaptation;
using Radapt.Compute;
using Radapt.Inference;
using Radapt.Models;
using static TorchSharp.torch;

namespace Radapt.Tests.Inference;

public sealed class AttentionMapTests
{
    private static readonly BackboneShape s_shape = new(8, 4, 2, 32, 2); // 2 x 2 patches, two blocks, two heads
    private const int Tokens = 5;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void AttentionRollout_UniformAttention_IsTheProductOfHalves(int depth)
    {
        using var scope = NewDisposeScope();
        using Classifier classifier = Create(Pooling.ClassToken, s_shape with { Depth = depth });
        using (no_grad())
        {
            foreach (Block block in classifier.Encoder.blocks)
            {
                block.attn.qkv.weight.zero_(); // all tokens alike: each takes a fifth of each
            }
        }

        float[] heat = [.. AttentionRollout.Compute(classifier, Images()).data<float>()];
        double expected = (1 - Math.Pow(0.5, depth)) / Tokens; // (I + U)^d / 2^d = I / 2^d + (1 - 1 / 2^d) U
        Assert.Equal(3 * 4, heat.Length);
        Assert.All(heat, h => Assert.Equal(expected, h, 6));
    }

    [Theory]
    [InlineData(Pooling.Mean)]
    [InlineData(Pooling.ClassToken)]
    [InlineData(Pooling.ClassAndMean)]
    public void AttentionRollout_AnyAttention_IsThatOfTheFormula(Pooling pooling)
    {
        using var scope = NewDisposeScope();
        using Classifier classifier = Create(pooling);
        double[][,] blocks = Attention(classifier, image: 1);
        double[,] rollout = Multiply(Half(blocks[1]), Half(blocks[0]));
        float[] heat = [.. AttentionRollout.Compute(classifier, Images())[1].flatten().data<float>()];
        for (int patch = 0; patch < 4; patch++)
        {
            Assert.Equal(Read(rollout, pooling, 1 + patch), heat[patch], 5);
        }

        static double[,] Half(double[,] attention) => Map((i, j) => (attention[i, j] + (i == j ? 1 : 0)) / 2);
    }

    // The gradients by finite differences, the formula in loops.
    [Theory]
    [InlineData(Pooling.Mean)]
    [InlineData(Pooling.ClassToken)]
    public void GradientAttention_AnyAttention_IsThatOfTheFormula(Pooling pooling)
    {
        const double Epsilon = 1e-2;
        using var scope = NewDisposeScope();
        using Classifier classifier = Create(pooling);
        double[,] relevance = Map((i, j) => i == j ? 1 : 0);
        for (int block = 0; block < 2; block++)
        {
            double[,] raising = Map((_, _) => 0.0);
            double[][,] heads = [Attention(classifier, 0, head: 0)[block], Attention(classifier, 0, head: 1)[block]];
            for (int head = 0; head < 2; head++)
            {
                for (int i = 0; i < Tokens; i++)
                {
                    for (int j = 0; j < Tokens; j++)
                    {
                        double slope = (Logit(classifier, block, head, i, j, Epsilon) - Logit(classifier, block, head, i, j,
                            -Epsilon)) / (2 * Epsilon);
                        raising[i, j] += Math.Max(0, slope * heads[head][i, j]) / 2;
                    }
                }
            }

            double[,] added = Multiply(raising, relevance), before = relevance;
            relevance = Map((i, j) => before[i, j] + added[i, j]);
        }

        double[,] result = Map((i, j) => relevance[i, j] - (i == j ? 1 : 0));
        float[] heat = [.. GradientAttention.Compute(classifier, Images(), 1)[0].flatten().data<float>()];
        double largest = heat.Max();
        Assert.True(largest > 0);
        for (int patch = 0; patch < 4; patch++)
        {
            Assert.InRange(heat[patch], Read(result, pooling, 1 + patch) - (0.01 * largest), Read(result, pooling, 1 + patch)
                + (0.01 * largest));
        }
    }

    [Fact]
    public void Compute_Maps_LeaveTheClassifierAsItWas()
    {
        using var scope = NewDisposeScope();
        using Classifier classifier = Create(Pooling.Mean);
        float[] before = [.. classifier.Forward(Images(), ForwardPass.Evaluation).data<float>()];
        AttentionRollout.Compute(classifier, Images());
        GradientAttention.Compute(classifier, Images(), 0);
        Assert.All(classifier.Encoder.blocks, b => Assert.Null(b.attn.Observer));
        Assert.Equal(before, classifier.Forward(Images(), ForwardPass.Evaluation).data<float>());
    }

    [Fact]
    public void Attention_Observed_GivesWhatItGivesUnobserved()
    {
        using var scope = NewDisposeScope();
        using Classifier classifier = Create(Pooling.Mean);
        float[] plain = [.. classifier.Forward(Images(), ForwardPass.Evaluation).data<float>()];
        using var observed = new ObservedAttention(classifier, hasGradients: false);
        float[] seen = [.. classifier.Forward(Images(), ForwardPass.Evaluation).data<float>()];
        Assert.All(plain.Zip(seen), p => Assert.Equal(p.First, p.Second, 1e-5f));
        Assert.Equal(2, observed.Blocks.Count);
        Assert.All(observed.Blocks, b => Assert.All(b.sum([-1]).data<float>().ToArray(), s => Assert.Equal(1, s, 1e-5f)));
    }

    [Fact]
    public void HeatShare_Maps_AreComparedWithMasksPixelByPixel()
    {
        byte[] mask = new byte[16]; // 4 x 4 pixels, 2 x 2 patches; half of the first patch and all of the last
        foreach (int pixel in (int[])[0, 1, 10, 11, 14, 15])
        {
            mask[pixel] = 255;
        }

        Assert.Equal(0.5, HeatShare.Compute([1, 0, 0, 0], mask));
        Assert.Equal((0.5 + 3) / 5, HeatShare.Compute([1, 1, -7, 3], mask));
        Assert.Equal(6 / 16.0, HeatShare.Compute([2, 2, 2, 2], mask)); // the mask's share of the image
        Assert.Null(HeatShare.Compute([0, 0, -1, 0], mask));
        float[] centre = HeatShare.Centre(4);
        Assert.Equal(centre.Max(), centre[5]);
        Assert.Equal(Math.Exp(-0.5 * 2 * 1.5 * 1.5), centre[0], 6); // 0.375 from the middle twice, in deviations of 0.25
    }

    private static Classifier Create(Pooling pooling, BackboneShape? shape = null)
    {
        var classifier = new Classifier(shape ?? s_shape, 2, pooling, dropPath: 0, ComputePlan.Float32);
        Initialisation.FromScratch(classifier.Encoder, 1);
        classifier.Head.Initialise(1);
        using var noGradient = no_grad();
        classifier.Head.head.weight.copy_(randn(classifier.Head.head.weight.shape, generator: new Generator(2)));
        foreach (Block block in classifier.Encoder.blocks)
        {
            block.attn.qkv.weight.mul_(8); // attention that differs from token to token
        }

        foreach ((string _, Tensor tensor) in classifier.Tensors())
        {
            tensor.requires_grad = false;
        }

        return classifier;
    }

    private static Tensor Images() => randn(3, 1, 8, 8, generator: new Generator(5));

    private static double[][,] Attention(Classifier classifier, int image, int? head = null)
    {
        using var noGradient = no_grad();
        using var observed = new ObservedAttention(classifier, hasGradients: false);
        classifier.Forward(Images(), ForwardPass.Evaluation);
        return [.. observed.Blocks.Select(b =>
        {
            Tensor one = head is { } h ? b[image, h] : b[image].mean([0]);
            float[] values = [.. one.flatten().data<float>()];
            return Map((i, j) => values[(i * Tokens) + j]);
        })];
    }

    // The logit of finding 1 of image 0 where one entry of the attention is another.
    private static double Logit(Classifier classifier, int block, int head, int row, int column, double more)
    {
        using var noGradient = no_grad();
        classifier.Encoder.blocks[block].attn.Observer = attention =>
        {
            Tensor changed = attention.clone();
            changed[0, head, row, column].add_(more);
            return changed;
        };
        double logit = classifier.Forward(Images(), ForwardPass.Evaluation)[0, 1].item<float>();
        classifier.Encoder.blocks[block].attn.Observer = null;
        return logit;
    }

    private static double Read(double[,] relations, Pooling pooling, int column)
    {
        double mean = Enumerable.Range(1, 4).Average(row => relations[row, column]), token = relations[0, column];
        return pooling switch { Pooling.Mean => mean, Pooling.ClassToken => token, _ => (mean + token) / 2 };
    }

    private static double[,] Map(Func<int, int, double> value)
    {
        double[,] matrix = new double[Tokens, Tokens];
        for (int i = 0; i < Tokens; i++)
        {
            for (int j = 0; j < Tokens; j++)
            {
                matrix[i, j] = value(i, j);
            }
        }

        return matrix;
    }

    private static double[,] Multiply(double[,] a, double[,] b) =>
        Map((i, j) => Enumerable.Range(0, Tokens).Sum(k => a[i, k] * b[k, j]));
}
