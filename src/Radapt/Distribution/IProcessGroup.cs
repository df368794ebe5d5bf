namespace Radapt.Distribution;

/// <summary>
/// The processes that train one model together, numbered by rank from 0. Every method is a collective one: all ranks call it, in the same
/// order, with the same sizes. Only rank 0 writes files and talks to people. Owned by whoever started it.
/// </summary>
internal interface IProcessGroup
{
    /// <summary>The number of this process, from 0.</summary>
    int Rank { get; }

    /// <summary>How many processes there are; 1: this one by itself.</summary>
    int Size { get; }

    /// <summary>How many of them share the processors that this process may use.</summary>
    int Sharing { get; }

    /// <summary>
    /// Waits until all ranks are here, and gathers a small record of each. Computing takes seconds and its time differs from rank to rank,
    /// so waiting does not occupy a processor. The other methods do, which is why they directly follow this one.
    /// </summary>
    /// <param name="own">The record of this rank, at most a few dozen bytes.</param>
    /// <param name="all">Receives the records of all ranks, in the order of the ranks.</param>
    /// <exception cref="OperationCanceledException">Rank 0 was told to stop while it waited.</exception>
    void Meet(ReadOnlySpan<byte> own, Span<byte> all);

    /// <summary>Overwrites the bytes of all ranks by those of rank 0.</summary>
    void Broadcast(Span<byte> bytes);

    /// <summary>Gathers a block of each rank on all of them, in the order of the ranks.</summary>
    void Gather(ReadOnlySpan<byte> own, Span<byte> all);

    /// <summary>Rank r receives the r-th block of every rank, in the order of the ranks.</summary>
    /// <param name="sent">As many blocks of one size as there are ranks.</param>
    /// <param name="received">The same size.</param>
    void Exchange(ReadOnlySpan<byte> sent, Span<byte> received);
}
