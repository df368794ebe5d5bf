using Radapt.Compute;

namespace Radapt.Batching;

/// <summary>Which items are in which batch. A function of its arguments alone: resuming at batch k is skipping the first k.</summary>
internal static class EpochOrder
{
    /// <summary>
    /// The batches of a training epoch: all items in random order, cut into batches of one size. What is left over is dropped, unless
    /// it is all there is. With a reshuffle every epoch no item is left out for good.
    /// </summary>
    public static IReadOnlyList<int[]> Training(int items, int batchSize, long seed, int epoch)
    {
        int[] order = Ascending(items);
        new KeyedRandom(seed, RandomPurpose.Shuffle, epoch).Shuffle<int>(order);
        return Cut(order, batchSize, dropPartial: items >= batchSize);
    }

    /// <summary>All items in their own order; the last batch may be smaller.</summary>
    public static IReadOnlyList<int[]> Evaluation(int items, int batchSize) => Cut(Ascending(items), batchSize, dropPartial: false);

    private static int[] Ascending(int count) => [.. Enumerable.Range(0, count)];

    private static List<int[]> Cut(int[] order, int batchSize, bool dropPartial)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batchSize);
        List<int[]> batches = [.. order.Chunk(batchSize)];
        if (dropPartial && batches.Count > 0 && batches[^1].Length < batchSize)
        {
            batches.RemoveAt(batches.Count - 1);
        }

        return batches;
    }
}
