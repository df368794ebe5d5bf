using Radapt.Distribution;
using static TorchSharp.torch;

namespace Radapt.Tests.Distribution;

public sealed class GradientSumTests
{
    // The sizes are not divisible by the ranks, some tensors are smaller than the number of ranks, and segments cut tensors apart.
    [Theory]
    [InlineData(1, new[] { 3 }, 1 << 24)]
    [InlineData(2, new[] { 7, 13 }, 1 << 24)]
    [InlineData(3, new[] { 1, 1, 5 }, 1 << 24)]
    [InlineData(5, new[] { 2, 31, 1, 1000 }, 1 << 24)]
    [InlineData(2, new[] { 7, 13, 40 }, 8)]
    [InlineData(3, new[] { 100, 1, 17 }, 10)]
    public void Add_AwkwardSizes_IsTheSumInTheOrderOfTheBatches(int ranks, int[] sizes, int segment)
    {
        const int Rounds = 2;
        float[][][] gradients = [.. Enumerable.Range(0, Rounds * ranks).Select(b => Draw(b, sizes))];
        var sums = new float[ranks][][];
        Exception?[] errors = ThreadGroup.Run(ranks, group =>
        {
            using var scope = NewDisposeScope();
            (string Name, Tensor Tensor)[] trained = [.. sizes.Select((n, i) => ($"{i}", zeros(n).requires_grad_()))];
            var sum = new GradientSum(group, trained, segment);
            for (int round = 0; round < Rounds; round++)
            {
                Give(trained, gradients[(round * ranks) + group.Rank]);
                sum.Add();
                Assert.All(trained, t => Assert.Null(t.Tensor.grad));
            }

            sum.Finish();
            sums[group.Rank] = [.. trained.Select(t => t.Tensor.grad!.data<float>().ToArray())];
            long numbers = sizes.Sum() + sizes.Length;
            long padded = ranks * (1 + (numbers / Math.Min(segment, numbers))); // at most, in numbers
            Assert.InRange(group.Sent, (Rounds + 1) * 4L * (numbers - ranks) * (ranks - 1) / ranks,
                (Rounds + 1) * 4 * (numbers + padded) * (ranks - 1) / ranks);
        });
        Assert.All(errors, Assert.Null);
        float[][] expected = [.. sizes.Select((_, i) => gradients.Select(g => g[i])
            .Aggregate((sum, next) => [.. sum.Zip(next, (a, b) => a + b)]))];
        Assert.All(sums, s => Assert.Equal(Bits(expected), Bits(s)));
        if (ranks * Rounds > 2 && sizes.Sum() > 20)
        {
            // The order matters: the sum from the last batch to the first has other bits.
            float[][] reversed = [.. sizes.Select((_, i) => gradients.Reverse().Select(g => g[i])
                .Aggregate((sum, next) => [.. sum.Zip(next, (a, b) => a + b)]))];
            Assert.NotEqual(Bits(reversed), Bits(sums[0]));
        }
    }

    [Fact]
    public void Finish_TensorsThatSomeOrNoRankHasAGradientOf_AreAsInOneProcess()
    {
        ThreadGroup.Run(3, group =>
        {
            using var scope = NewDisposeScope();
            (string Name, Tensor Tensor)[] trained = [.. new[] { "none", "last rank", "zero" }.Select(n => (n, zeros(2).requires_grad_()))];
            var sum = new GradientSum(group, trained);
            for (int update = 0; update < 2; update++)
            {
                if (group.Rank == 2)
                {
                    trained[1].Tensor.grad = tensor(new[] { -0f, 3f });
                }

                trained[2].Tensor.grad = tensor(new[] { -0f, group.Rank == 1 ? 0f : -0f });
                sum.Add();
                sum.Finish();
                Assert.Null(trained[0].Tensor.grad);
                Assert.Equal(Bits([[-0f, 3f], [-0f, 0f]]), Bits([.. trained[1..].Select(t => t.Tensor.grad!.data<float>().ToArray())]));
                trained[1].Tensor.grad = null;
            }
        }).ToList().ForEach(Assert.Null);
    }

    private static float[][] Draw(int batch, int[] sizes)
    {
        var random = new Random(batch);
        return [.. sizes.Select(n => Enumerable.Range(0, n).Select(_ =>
             (float)((random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-6, 6))))
            .ToArray())];
    }

    private static void Give((string Name, Tensor Tensor)[] trained, float[][] gradients)
    {
        foreach (((_, Tensor t), float[] gradient) in trained.Zip(gradients))
        {
            t.grad = tensor(gradient);
        }
    }

    private static IEnumerable<int> Bits(float[][] tensors) => tensors.SelectMany(t => t.Select(BitConverter.SingleToInt32Bits));
}
