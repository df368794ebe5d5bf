using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Radapt.Distribution;

/// <summary>What ranks tell each other besides gradients: records, texts, and that one of them cannot go on.</summary>
internal static class ProcessGroupMessages
{
    private const int LargestBlock = 1 << 26; // bytes; MPI counts with 32 bits

    /// <summary>Waits for all ranks and gathers a small record of each.</summary>
    /// <returns>The records in the order of the ranks.</returns>
    public static T[] Meet<T>(this IProcessGroup group, T own)
        where T : unmanaged
    {
        var all = new T[group.Size];
        group.Meet(MemoryMarshal.AsBytes(MemoryMarshal.CreateReadOnlySpan(in own, 1)), MemoryMarshal.AsBytes(all.AsSpan()));
        return all;
    }

    /// <summary>Gathers bytes of different number from each rank.</summary>
    public static byte[][] GatherAll(this IProcessGroup group, ReadOnlySpan<byte> own)
    {
        int[] lengths = group.Meet(own.Length);
        int longest = lengths.Max();
        var padded = new byte[longest];
        own.CopyTo(padded);
        var all = new byte[longest * group.Size];
        group.Gather(padded, all);
        return [.. lengths.Select((length, rank) => all.AsSpan(rank * longest, length).ToArray())];
    }

    /// <summary>The text that rank 0 gives.</summary>
    /// <param name="group">The ranks.</param>
    /// <param name="text">Read on rank 0 only.</param>
    public static string Share(this IProcessGroup group, string text = "")
    {
        byte[] bytes = group.Rank == 0 ? Encoding.UTF8.GetBytes(text) : [];
        int length = group.Meet(bytes.Length)[0];
        Array.Resize(ref bytes, length);
        group.BroadcastAll(bytes);
        return Encoding.UTF8.GetString(bytes);
    }

    /// <summary>The record that rank 0 gives, as JSON.</summary>
    /// <param name="group">The ranks.</param>
    /// <param name="value">Read on rank 0 only.</param>
    public static T ShareRecord<T>(this IProcessGroup group, T? value = null)
        where T : class => JsonSerializer.Deserialize<T>(group.Share(value is null ? "" : JsonSerializer.Serialize(value)))!;

    /// <summary>Overwrites bytes of any number on all ranks by those of rank 0.</summary>
    public static void BroadcastAll(this IProcessGroup group, Span<byte> bytes)
    {
        for (int start = 0; start < bytes.Length; start += LargestBlock)
        {
            group.Broadcast(bytes[start..Math.Min(bytes.Length, start + LargestBlock)]);
        }
    }

    /// <summary>Puts blocks together that are dealt out to the ranks: block i is on rank i mod N.</summary>
    /// <param name="group">The ranks.</param>
    /// <param name="own">The blocks of this rank, one after the other.</param>
    /// <param name="lengths">The length of every block.</param>
    /// <returns>All blocks in their order, on all ranks.</returns>
    public static float[] CollectDealt(this IProcessGroup group, ReadOnlySpan<float> own, IReadOnlyList<int> lengths)
    {
        byte[][] ranks = group.GatherAll(MemoryMarshal.AsBytes(own));
        var positions = new int[group.Size];
        var all = new float[lengths.Sum()];
        int start = 0;
        foreach ((int block, int length) in lengths.Index())
        {
            int rank = block % group.Size;
            MemoryMarshal.Cast<byte, float>(ranks[rank]).Slice(positions[rank], length).CopyTo(all.AsSpan(start));
            positions[rank] += length;
            start += length;
        }

        return all;
    }

    /// <summary>
    /// Does work that can fail on any rank, such as reading an image. What is wrong is reported once, by rank 0, with the rank that it is
    /// wrong on; otherwise the ranks that are fine would wait for the other forever.
    /// </summary>
    /// <param name="group">The ranks.</param>
    /// <param name="work">The work; the ranks do not meet in it.</param>
    /// <exception cref="RadaptException">On rank 0: the work failed on a rank.</exception>
    /// <exception cref="OperationCanceledException">On other ranks: the same, and rank 0 reports it.</exception>
    public static void Together(this IProcessGroup group, Action work)
    {
        if (group.Size == 1)
        {
            work();
            return;
        }

        RadaptException? failure = null;
        try
        {
            work();
        }
        catch (RadaptException e)
        {
            failure = e;
        }

        group.ThrowFirst(group.Meet(failure is not null).Contains(true), failure);
    }

    /// <summary>Reports what is wrong on the first of the ranks that have failed.</summary>
    /// <param name="group">The ranks.</param>
    /// <param name="hasFailed">Whether any has, which all know.</param>
    /// <param name="own">What is wrong on this rank; null: nothing.</param>
    /// <inheritdoc cref="Together" path="/exception"/>
    public static void ThrowFirst(this IProcessGroup group, bool hasFailed, RadaptException? own)
    {
        if (!hasFailed)
        {
            return;
        }

        string told = own is null ? "" : $"rank {group.Rank} of {group.Size} (on {Environment.MachineName}): {own.Message}";
        byte[] first = group.GatherAll(Encoding.UTF8.GetBytes(told)).First(m => m.Length > 0);
        throw group.Rank > 0 ? new OperationCanceledException("Rank 0 reports what is wrong.")
            : own ?? new RadaptException(Encoding.UTF8.GetString(first));
    }
}
