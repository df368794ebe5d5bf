using Radapt.Compute;
using Radapt.Compute.Passes;
using static TorchSharp.torch;

namespace Radapt.Tests.Compute.Passes;

/// <summary>
/// Every pass gives the same bits with vectors of 512, 256 and 128 bits; the tests of the functions compare the width that the processor
/// has with the formula. All widths run on every processor.
/// </summary>
public class PassWidthTests
{
    private static readonly int[] s_widths = [512, 256, 128];

    [Fact]
    public void Adam_NumbersBeyondTheLastVector_AreUpdatedAlikeAtEveryWidth()
    {
        using var scope = NewDisposeScope();
        (Tensor tensor, Tensor gradient, Tensor mean, Tensor square) = (randn(1003), randn(1003), randn(1003), rand(1003));
        var factors = new AdamPass.Factors(0.99f, 0.9f, 0.999f, 0.01f, 0.5f, 1e-8f);
        Tensor[] updated = AssertEqualAtEveryWidth(bits =>
        {
            Tensor[] own = [tensor.clone(), mean.clone(), square.clone()];
            AdamPass.Apply(own[0], gradient, own[1], own[2], factors, 1, bits);
            return own;
        });

        Tensor expectedMean = mean.Times(0.9).Plus(gradient, 0.1);
        Tensor expectedSquare = square.Times(0.999).Plus(gradient * gradient, 0.001);
        Tensor expected = tensor.Times(0.99).Plus(expectedMean / expectedSquare.sqrt().DividedBy(0.5), -0.01);
        Assert.True(allclose(expectedMean, updated[1], 1e-5, 1e-6) && allclose(expectedSquare, updated[2], 1e-5, 1e-6));
        Assert.True(allclose(expected, updated[0], 1e-5, 1e-5));
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(0.5)]
    [InlineData(1e-10)]
    public void DropoutMask_EveryWidth_IsTheHashOfKeyAndNumber(double probability)
    {
        ulong key = new KeyedRandom(3, RandomPurpose.Dropout, 1, 2).NextUInt64();
        var mask = new DropoutMask(new KeyedRandom(3, RandomPurpose.Dropout, 1, 2), probability);
        float[] expected = [.. Enumerable.Range(0, 1003).Select(i =>
        {
            uint x = unchecked((uint)i + (uint)key);
            x = unchecked((x ^ (x >> 16)) * 0x7FEB352Du);
            x = unchecked(((x ^ (x >> 15)) ^ (uint)(key >> 32)) * 0x846CA68Bu);
            return (x ^ (x >> 16)) < (uint)(probability * (1L << 32)) ? 0 : (float)(1 / (1 - probability));
        })];
        Assert.All(s_widths, bits =>
        {
            var actual = new float[expected.Length];
            mask.Fill(actual, bits);
            Assert.Equal(expected, actual);
        });
    }

    [Fact]
    public void BFloat16_EveryUpperHalfAndTies_AreRoundedAsTheLibraryDoes()
    {
        using var scope = NewDisposeScope();
        uint[] lower = [0, 1, 0x7FFF, 0x8000, 0x8001, 0xFFFF]; // exact, just above, below a tie, tie, above a tie, just below the next
        float[] numbers = [.. Enumerable.Range(0, 1 << 16)
            .SelectMany(i => lower.Select(l => BitConverter.UInt32BitsToSingle(((uint)i << 16) | l)))];
        Tensor expected = tensor(numbers).to(ScalarType.BFloat16);
        Tensor[] rounded = AssertEqualAtEveryWidth(bits =>
        {
            (Tensor narrow, Tensor back) = (empty([numbers.Length], ScalarType.BFloat16), empty(numbers.Length));
            Tensor source = tensor(numbers);
            var work = new RoundTrip(TensorAddress.Get(source), TensorAddress.Get(narrow), TensorAddress.Get(back));
            Pass.Share(numbers.Length / Pass.Lanes, 1, work, bits);
            return [narrow, back];
        });
        Tensor isNumber = expected.isnan().logical_not();
        Assert.True(rounded[0].isnan().Equals(expected.isnan()));
        Assert.True(rounded[0].masked_select(isNumber).Equals(expected.masked_select(isNumber)));
        Assert.True(rounded[1].masked_select(isNumber).Equals(expected.to(ScalarType.Float32).masked_select(isNumber)));
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    public void Norm_SumAndGradients_AreEqualAtEveryWidth(ScalarType type)
    {
        using var scope = NewDisposeScope();
        (Tensor tokens, Tensor branch, Tensor channels) = (randn(2, 7, 80), randn(2, 7, 80).to(type), randn(80));
        (Tensor weight, Tensor bias, float[] samples) = (randn(80), randn(80), [1.25f, 0]);
        (Tensor aboveSum, Tensor aboveNormed) = (randn(2, 7, 80), randn(2, 7, 80).to(type));
        AssertEqualAtEveryWidth(bits =>
        {
            var layout = new NormPass.Layout(80, 7, 1e-6, 2) { VectorBits = bits };
            (Tensor sum, Tensor normed, Tensor statistics) = (empty_like(tokens), empty_like(branch), empty(14, 2));
            (Tensor ofTokens, Tensor ofBranch, Tensor ofNorm) = (empty_like(tokens), empty_like(branch), empty(2, 80));
            NormPass.Apply(tokens, branch, samples, channels, weight, bias, sum, normed, statistics, layout);
            NormPass.Differentiate(sum, statistics, weight, samples, channels, aboveSum, aboveNormed, ofTokens, ofBranch, ofNorm, layout);
            return [sum, normed, statistics, ofTokens, ofBranch, ofNorm];
        });
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(4, false)]
    [InlineData(13, true)]
    public void LowRank_OutputAndGradients_AreEqualAtEveryWidth(int rank, bool dropout)
    {
        using var scope = NewDisposeScope();
        DropoutMask? mask = dropout ? new DropoutMask(new KeyedRandom(3, RandomPurpose.Dropout, 1, 2), 0.2) : null;
        (Tensor x, Tensor a, Tensor b, Tensor above) = (randn(11, 48), randn(2 * rank, 48), randn(2 * rank, 32), randn(11, 96));
        AssertEqualAtEveryWidth(bits => LowRank<Float32>(ScalarType.Float32, bits));
        AssertEqualAtEveryWidth(bits => LowRank<Radapt.Compute.Passes.BFloat16>(ScalarType.BFloat16, bits));

        Tensor[] LowRank<T>(ScalarType type, int bits)
            where T : struct, IElement
        {
            var layout = new LowRankPass.Layout(11, 48, 96, 32, rank, [0, 2], 2) { VectorBits = bits };
            (Tensor input, Tensor gradient) = (x.to(type), above.to(type));
            (Tensor output, Tensor ofX) = (ones([11, 96], type), ones([11, 48], type));
            (Tensor low, Tensor ofA, Tensor ofB) = (empty(11, 2 * rank), empty_like(a), empty_like(b));
            (nint px, nint pl) = (TensorAddress.Get(input), TensorAddress.Get(low));
            (nint pa, nint pb) = (TensorAddress.Get(a), TensorAddress.Get(b));
            LowRankPass.Apply<T>(px, pa, pb, TensorAddress.Get(output), pl, mask, layout);
            LowRankPass.Differentiate<T>(
                px, pa, pb, pl, TensorAddress.Get(gradient),
                TensorAddress.Get(ofX), TensorAddress.Get(ofA), TensorAddress.Get(ofB), mask, layout);
            return [output, low, ofX, ofA, ofB];
        }
    }

    [Theory]
    [InlineData(16)]
    [InlineData(37)]
    [InlineData(48)]
    public void Softmax_ValuesAndGradients_AreEqualAtEveryWidth(int n)
    {
        using var scope = NewDisposeScope();
        (Tensor scores, Tensor above) = (randn(5, n).Times(4).to(ScalarType.BFloat16), randn(5, n).to(ScalarType.BFloat16));
        AssertEqualAtEveryWidth(bits =>
        {
            (Tensor probabilities, Tensor gradient) = (scores.clone(), above.clone());
            SoftmaxPass.Apply(probabilities, 0.5f, 2, bits);
            SoftmaxPass.Differentiate(gradient, probabilities, 0.5f, 2, bits);
            return [probabilities, gradient];
        });
    }

    [Fact]
    public void GeluGradient_EveryWidth_IsEqual()
    {
        using var scope = NewDisposeScope();
        (Tensor x, Tensor above) = (randn(3, 720).to(ScalarType.BFloat16), randn(3, 720).to(ScalarType.BFloat16));
        AssertEqualAtEveryWidth(bits =>
        {
            Tensor gradient = empty_like(x);
            GeluPass.Differentiate(x, above, gradient, 2, bits);
            return [gradient];
        });
    }

    [Fact]
    public void FloatGelu_EveryWidth_IsEqual()
    {
        using var scope = NewDisposeScope();
        (Tensor x, Tensor above) = (randn(3, 720).Times(4), randn(3, 720));
        AssertEqualAtEveryWidth(bits =>
        {
            (Tensor output, Tensor gradient) = (empty_like(x), empty_like(x));
            FloatGeluPass.Apply(x, output, 2, bits);
            FloatGeluPass.Differentiate(x, above, gradient, 2, bits);
            return [output, gradient];
        });
    }

    [Theory]
    [InlineData(12)]
    [InlineData(64)]
    public void Heads_SplitAndJoined_AreTheRowsAtEveryWidth(int width)
    {
        using var scope = NewDisposeScope();
        Tensor rows = randn(2, 5, 3 * 4 * width);
        Tensor expected = rows.view(2, 5, 3, 4, width).permute(2, 0, 3, 1, 4).reshape(3, 8, 5, width);
        Assert.All(s_widths, bits =>
        {
            Tensor split = HeadsPass.Split(rows, 3, 4, 2, bits);
            Assert.True(split.Equals(expected));
            Tensor joined = zeros_like(rows);
            for (int part = 0; part < 3; part++)
            {
                HeadsPass.Join(split[part], joined, part, 4, 2, bits);
            }

            Assert.True(joined.Equals(rows));
        });
    }

    private static Tensor[] AssertEqualAtEveryWidth(Func<int, Tensor[]> compute)
    {
        Tensor[] first = compute(s_widths[0]);
        foreach (int bits in s_widths[1..])
        {
            Tensor[] other = compute(bits);
            Assert.All(
                first.Zip(other),
                pair => Assert.True(Bytes(pair.First).SequenceEqual(Bytes(pair.Second)), $"{bits} bits differ from {s_widths[0]}."));
        }

        return first;
    }

    private static unsafe ReadOnlySpan<byte> Bytes(Tensor tensor) =>
        new((void*)TensorAddress.Get(tensor), checked((int)(tensor.numel() * tensor.element_size())));

    // Rows are sixteen numbers each.
    private readonly struct RoundTrip(nint source, nint narrow, nint back) : IRowWork
    {
        public void Run<V>(int part, long first, long end)
            where V : struct, ILanes<V>
        {
            for (nint i = (nint)first * Pass.Lanes; i < end * Pass.Lanes; i += Pass.Lanes)
            {
                Radapt.Compute.Passes.BFloat16.Store(Float32.Load<V>(source, i), narrow, i);
                Float32.Store(Radapt.Compute.Passes.BFloat16.Load<V>(narrow, i), back, i);
            }
        }
    }
}
