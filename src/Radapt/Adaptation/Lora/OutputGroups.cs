using static TorchSharp.torch;

namespace Radapt.Adaptation.Lora;

/// <summary>
/// Which equal parts of a projection's output are adapted, each with low-rank factors of its own: thirds of fused qkv, or the whole.
/// </summary>
/// <param name="Count">Equal parts: 3 for fused qkv, else 1.</param>
/// <param name="Adapted">The adapted parts, ascending.</param>
internal sealed record OutputGroups(int Count, IReadOnlyList<int> Adapted)
{
    /// <summary>A projection whose whole output is adapted.</summary>
    public static OutputGroups Whole { get; } = new(1, [0]);

    /// <summary>The adapted thirds of qkv.</summary>
    public static OutputGroups Thirds(IReadOnlyList<string> targets)
    {
        string[] thirds = ["q", "k", "v"];
        return new OutputGroups(3, [.. Enumerable.Range(0, 3).Where(i => targets.Contains(thirds[i]))]);
    }

    /// <summary>
    /// Left factors with the rows of parts that are not adapted as zeros, each part meeting its own rows of the right factors.
    /// </summary>
    /// <param name="left">(out / Count x adapted, r): the adapted parts' factors, stacked</param>
    /// <param name="rank">Rank r of each part.</param>
    /// <returns>(out, r x adapted)</returns>
    public Tensor Expand(Tensor left, int rank)
    {
        if (Count == 1)
        {
            return left;
        }

        long rows = left.shape[0] / Adapted.Count;
        Tensor[] parts = left.split(rows);
        var bands = new Tensor[Count];
        for (int group = 0; group < Count; group++)
        {
            int place = Place(group);
            bands[group] = place < 0
                ? zeros(rows, (long)rank * Adapted.Count, left.dtype, left.device)
                : nn.functional.pad(
                    parts[place], [(long)place * rank, (long)(Adapted.Count - 1 - place) * rank]); // (out/Count, r x adapted)
        }

        return cat(bands, 0);
    }

    /// <summary>One number per adapted row among as many ones as there are other rows: (out / Count x adapted) -> (out).</summary>
    public Tensor AmongOnes(Tensor numbers)
    {
        if (Count == Adapted.Count)
        {
            return numbers;
        }

        long rows = numbers.shape[0] / Adapted.Count;
        Tensor[] parts = numbers.split(rows);
        return cat(
            [.. Enumerable.Range(0, Count)
                .Select(g => Place(g) is var place && place < 0 ? ones(rows, numbers.dtype, numbers.device) : parts[place])], 0);
    }

    /// <summary>The adapted rows alone: (out, …) -> (out / Count x adapted, …).</summary>
    public Tensor Select(Tensor rows) => Count == Adapted.Count ? rows : cat([.. Adapted.Select(g => rows.chunk(Count)[g])], 0);

    private int Place(int group)
    {
        for (int i = 0; i < Adapted.Count; i++)
        {
            if (Adapted[i] == group)
            {
                return i;
            }
        }

        return -1;
    }
}
