using CsCheck;
using Radapt.Batching;

namespace Radapt.Tests.Batching;

public class EpochOrderTests
{
    [Fact]
    public void Training_AnySizes_HoldsEveryItemOnceAndDropsLessThanABatch() =>
        Gen.Select(Gen.Int[0, 200], Gen.Int[1, 50], Gen.Long, Gen.Int[0, 100]).Sample((items, size, seed, epoch) =>
        {
            IReadOnlyList<int[]> batches = EpochOrder.Training(items, size, seed, epoch);
            int[] all = [.. batches.SelectMany(b => b)];
            Assert.Equal(all.Length, all.Distinct().Count());
            Assert.All(all, i => Assert.InRange(i, 0, items - 1));
            Assert.Equal(items >= size ? items / size * size : items, all.Length);
            Assert.Equal(batches.Select(b => b.ToArray()), EpochOrder.Training(items, size, seed, epoch));
        });

    [Fact]
    public void Training_OtherEpochOrSeed_GivesAnotherOrder()
    {
        int[] Order(long seed, int epoch) => [.. EpochOrder.Training(100, 10, seed, epoch).SelectMany(b => b)];
        Assert.NotEqual(Order(0, 0), Order(0, 1));
        Assert.NotEqual(Order(0, 0), Order(1, 0));
    }

    [Fact]
    public void Evaluation_PartialBatch_IsKeptAndInOrder()
    {
        IReadOnlyList<int[]> batches = EpochOrder.Evaluation(7, 3);
        Assert.Equal([[0, 1, 2], [3, 4, 5], [6]], batches);
        Assert.Empty(EpochOrder.Evaluation(0, 3));
    }
}
