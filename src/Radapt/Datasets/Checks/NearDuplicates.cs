namespace Radapt.Datasets.Checks;

/// <summary>
/// Pairs of pictures whose hashes differ in few bits, without comparing all with all: multi-index hashing (Norouzi, Punjani and Fleet 2012). Of 16 words
/// of 16 bits, at least one differs in at most one bit if all together differ in fewer than 32, so it is enough to look up each word and
/// its 16 neighbours.
/// </summary>
internal static class NearDuplicates
{
    /// <summary>The largest distance that is searched exactly.</summary>
    public const int LargestDistance = (2 * Words) - 1;

    private const int Words = 16;

    /// <summary>All pairs (earlier, later) of at most this distance.</summary>
    public static List<(int First, int Second, int Distance)> Find(IReadOnlyList<PictureHash> hashes, int distance, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(distance, LargestDistance);
        var found = new Dictionary<(int, int), int>();
        var keys = new ushort[hashes.Count];
        var starts = new int[(1 << 16) + 1];
        var order = new int[hashes.Count];
        PictureHash[] all = [.. hashes];
        for (int word = 0; word < Words; word++)
        {
            Sort(all, word, keys, starts, order);
            for (int i = 0; i < all.Length; i++)
            {
                if (i % 4096 == 0)
                {
                    cancellation.ThrowIfCancellationRequested();
                }

                for (int flip = -1; flip < 16; flip++)
                {
                    int key = flip < 0 ? keys[i] : keys[i] ^ (1 << flip);
                    for (int at = starts[key]; at < starts[key + 1] && order[at] < i; at++)
                    {
                        int d = PictureHash.Distance(all[order[at]], all[i]);
                        if (d <= distance)
                        {
                            found[(order[at], i)] = d;
                        }
                    }
                }
            }
        }

        return [.. found.Select(p => (p.Key.Item1, p.Key.Item2, p.Value)).Order()];
    }

    // Buckets of one word, by counting; within a bucket in the order of the pictures.
    private static void Sort(PictureHash[] all, int word, ushort[] keys, int[] starts, int[] order)
    {
        Array.Clear(starts);
        for (int i = 0; i < all.Length; i++)
        {
            keys[i] = Key(all[i], word);
            starts[keys[i] + 1]++;
        }

        for (int k = 0; k < 1 << 16; k++)
        {
            starts[k + 1] += starts[k];
        }

        int[] next = starts[..^1];
        for (int i = 0; i < all.Length; i++)
        {
            order[next[keys[i]]++] = i;
        }
    }

    // Bit b of every word comes from another row and column: a picture's neighbouring bits go together, and words of them would fill few buckets.
    private static ushort Key(in PictureHash hash, int word)
    {
        int key = 0;
        for (int row = 0; row < 16; row++)
        {
            int bit = (row * 16) + ((word + (5 * row)) % 16);
            ulong of = (bit / 64) switch { 0 => hash.A, 1 => hash.B, 2 => hash.C, _ => hash.D };
            key |= (int)((of >> (bit % 64)) & 1) << row;
        }

        return (ushort)key;
    }
}
