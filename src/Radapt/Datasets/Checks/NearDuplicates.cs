namespace Radapt.Datasets.Checks;

/// <summary>
/// Pairs of pictures whose hashes differ in few bits, without comparing all with all: multi-index hashing (Norouzi, Punjani and Fleet
/// 2012). Hashes that
/// differ in at most 20 bits agree in at least one of 21 words, so only those that share a word are compared.
/// </summary>
internal static class NearDuplicates
{
    /// <summary>The largest distance that is searched.</summary>
    public const int LargestDistance = Words - 1;

    private const int Words = 21;
    private const int WordBits = PictureHash.Bits / Words;

    /// <summary>All pairs (earlier, later) of at most this distance.</summary>
    public static List<(int First, int Second, int Distance)> Find(
        IReadOnlyList<PictureHash> hashes, int distance, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(distance, LargestDistance);
        var found = new Dictionary<(int, int), int>();
        var keys = new ushort[hashes.Count];
        for (int word = 0; word < Words; word++)
        {
            cancellation.ThrowIfCancellationRequested();
            var order = new int[hashes.Count];
            for (int i = 0; i < keys.Length; i++)
            {
                keys[i] = Key(hashes[i], word);
                order[i] = i;
            }

            var sorted = (ushort[])keys.Clone();
            Array.Sort(sorted, order);
            PictureHash[] inOrder = [.. order.Select(i => hashes[i])]; // side by side, since they are read again and again
            for (int start = 0, end; start < sorted.Length; start = end)
            {
                for (end = start + 1; end < sorted.Length && sorted[end] == sorted[start]; end++)
                {
                    for (int other = start; other < end; other++)
                    {
                        int d = PictureHash.Distance(inOrder[other], inOrder[end]);
                        if (d <= distance)
                        {
                            found[(Math.Min(order[other], order[end]), Math.Max(order[other], order[end]))] = d;
                        }
                    }
                }
            }
        }

        return [.. found.Select(p => (p.Key.Item1, p.Key.Item2, p.Value)).Order()];
    }

    // The bits of a word are 21 apart, in other rows and columns: neighbouring bits go together, and words of them would be few different
    // ones.
    private static ushort Key(in PictureHash hash, int word)
    {
        int key = 0;
        for (int b = 0; b < WordBits; b++)
        {
            int bit = (b * Words) + word;
            ulong of = (bit / 64) switch { 0 => hash.A, 1 => hash.B, 2 => hash.C, _ => hash.D };
            key |= (int)((of >> (bit % 64)) & 1) << b;
        }

        return (ushort)key;
    }
}
