using Radapt.Adaptation.Lora;
using Radapt.Compute;
using static TorchSharp.torch;

namespace Radapt.Adaptation.Peft;

/// <summary>
/// Between Radapt's LoRA tensors (one rank and scale for all, thirds of qkv stacked) and single low-rank updates, which may each have
/// their own. Every conversion keeps the product scale B A; the caller's dispose scope owns the tensors.
/// </summary>
internal static class LoraPacking
{
    /// <summary>Radapt's tensors to one update per third or projection.</summary>
    /// <param name="settings">What the tensors were trained with.</param>
    /// <param name="tensors"><c>blocks.0.attn.qkv.lora_A</c>, …</param>
    /// <param name="depth">Blocks of the backbone.</param>
    public static IEnumerable<LowRankUpdate> Unpack(LoraOptions settings, IReadOnlyDictionary<string, Tensor> tensors, int depth)
    {
        string[] slots = [.. LoraOptions.AllTargets.Where(settings.Targets.Contains)];
        int thirds = slots.Count(LoraPlace.Thirds.Contains);
        foreach (int block in settings.Blocks.Count > 0 ? settings.Blocks.Order() : Enumerable.Range(0, depth))
        {
            for (int i = 0; i < slots.Length; i++)
            {
                var place = new LoraPlace(block, slots[i]);
                Tensor a = tensors[place.Projection + ".lora_A"]; // (r x thirds, in)
                Tensor b = tensors[place.Projection + ".lora_B"]; // (out / 3 x thirds, r)
                bool whole = !place.IsAttentionInput;
                long rows = whole ? b.shape[0] : b.shape[0] / thirds;
                long first = whole ? 0 : i;
                yield return new LowRankUpdate(
                    place, a.narrow(0, first * settings.Rank, settings.Rank), b.narrow(0, first * rows, rows), settings.Scale);
            }
        }
    }

    /// <summary>
    /// The thirds of one fused projection as one update: A stacked, B block by block with zeros between, so that the rank is the sum of
    /// theirs. Thirds that share their A, as an update that was split from a fused one does, keep its rank.
    /// </summary>
    /// <param name="thirds">Updates of q, k or v of one block, of one rank and scale.</param>
    /// <param name="shareA">Whether they all have the same A.</param>
    public static LowRankUpdate Fuse(IReadOnlyList<LowRankUpdate> thirds, bool shareA)
    {
        (LowRankUpdate first, long rank) = (thirds[0], thirds[0].Rank);
        long columns = shareA ? rank : rank * thirds.Count;
        Tensor b = zeros(3 * first.B.shape[0], columns, first.B.dtype);
        for (int i = 0; i < thirds.Count; i++)
        {
            long row = first.B.shape[0] * IndexOfThird(thirds[i]);
            b.narrow(0, row, first.B.shape[0]).narrow(1, shareA ? 0 : i * rank, rank).CopyInPlace(thirds[i].B);
        }

        Tensor a = shareA ? first.A : cat([.. thirds.Select(t => t.A)], 0); // (columns, in)
        return new LowRankUpdate(first.Place with { Slot = LoraPlace.Fused }, a, b, first.Scale);
    }

    /// <summary>
    /// Updates of fused projections to thirds. Columns of B that are zero in a third in every block do not belong to it: what
    /// <see cref="Fuse"/> made comes back as it was, and only an update that really mixes them repeats its A.
    /// </summary>
    public static IEnumerable<LowRankUpdate> Split(IReadOnlyList<LowRankUpdate> updates)
    {
        LowRankUpdate[] fused = [.. updates.Where(u => u.Place.Slot == LoraPlace.Fused)];
        int widest = fused.Select(u => u.Rank).DefaultIfEmpty().Max();
        int[][] columns = [.. Enumerable.Range(0, 3).Select(t => UsedColumns(fused, t, widest))];
        if (columns.All(c => c.Length == 0))
        {
            columns = [.. columns.Select(_ => Enumerable.Range(0, widest).ToArray())]; // untrained: nothing tells
        }

        foreach (LowRankUpdate update in updates)
        {
            if (update.Place.Slot != LoraPlace.Fused)
            {
                yield return update;
                continue;
            }

            long rows = update.B.shape[0] / 3;
            for (int third = 0; third < 3; third++)
            {
                long[] own = [.. columns[third].Where(c => c < update.Rank).Select(c => (long)c)];
                if (own.Length > 0)
                {
                    Tensor index = tensor(own);
                    yield return new LowRankUpdate(
                        update.Place with
                        {
                            Slot = LoraPlace.Thirds[third],
                        }, update.A.index_select(0, index), update.B.narrow(0, third * rows, rows).index_select(1, index), update.Scale);
                }
            }
        }
    }

    /// <summary>
    /// Updates to Radapt's tensors of one rank and scale: the largest rank, smaller ones filled with zeros; other scales go into B; places
    /// that a target has in some of the adapted blocks only are zeros in the others.
    /// </summary>
    /// <param name="updates">At least one; none of them fused, no place twice, shapes checked.</param>
    /// <param name="depth">Blocks of the backbone.</param>
    /// <param name="dropout">Dropout of the adapter's input, kept for training on.</param>
    public static (MethodOptions Method, IReadOnlyDictionary<string, Tensor> Tensors) Pack(
        IReadOnlyList<LowRankUpdate> updates, int depth, double dropout)
    {
        int rank = updates.Max(u => u.Rank);
        double scale = updates.GroupBy(u => u.Scale).Where(g => g.Key != 0).MaxBy(g => g.Count())?.Key ?? 1; // others are fractions of it
        int[] blocks = [.. updates.Select(u => u.Place.Block).Distinct().Order()];
        string[] targets = [.. LoraOptions.AllTargets.Where(s => updates.Any(u => u.Place.Slot == s))];
        var byPlace = updates.ToDictionary(u => u.Place);
        var tensors = new Dictionary<string, Tensor>();
        foreach (IGrouping<string, LoraPlace> projection in blocks.SelectMany(b => targets.Select(t => new LoraPlace(b, t)))
            .GroupBy(p => p.Projection))
        {
            (Tensor A,
                Tensor B)[] parts =
                    [.. projection.Select(
                        p => byPlace.TryGetValue(p, out LowRankUpdate? u) ? Widened(u, rank, scale)
                            : Zeros(updates.First(o => o.Place.Slot == p.Slot), rank))];
            tensors[projection.Key + ".lora_A"] = cat([.. parts.Select(p => p.A)], 0);
            tensors[projection.Key + ".lora_B"] = cat([.. parts.Select(p => p.B)], 0);
        }

        var settings = new LoraOptions
        {
            Rank = rank,
            Alpha = scale * rank,
            Dropout = dropout,
            Targets = targets,
            Blocks = blocks.Length == depth ? [] : blocks,
        };
        return (settings, tensors);
    }

    /// <summary>Row of a third among the three.</summary>
    public static int IndexOfThird(LowRankUpdate update) => LoraPlace.Thirds.ToList().IndexOf(update.Place.Slot);

    private static (Tensor A, Tensor B) Widened(LowRankUpdate update, int rank, double scale)
    {
        long more = rank - update.Rank;
        Tensor b = update.Scale == scale ? update.B : update.B.Times(update.Scale / scale);
        return more == 0 ? (update.A, b) : (nn.functional.pad(update.A, [0, 0, 0, more]), nn.functional.pad(b, [0, more]));
    }

    private static (Tensor A, Tensor B) Zeros(LowRankUpdate like, int rank) =>
        (zeros(rank, like.A.shape[1], like.A.dtype), zeros(like.B.shape[0], rank, like.B.dtype));

    private static int[] UsedColumns(LowRankUpdate[] fused, int third, int widest)
    {
        var used = new bool[widest];
        foreach (LowRankUpdate update in fused)
        {
            long rows = update.B.shape[0] / 3;
            bool[] nonzero = update.B.narrow(0, third * rows, rows).ne(zeros(1, update.B.dtype)).any(0).data<bool>().ToArray();
            for (int i = 0; i < nonzero.Length; i++)
            {
                used[i] |= nonzero[i];
            }
        }

        return [.. Enumerable.Range(0, widest).Where(i => used[i])];
    }
}
