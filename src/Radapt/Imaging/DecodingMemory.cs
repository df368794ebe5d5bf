namespace Radapt.Imaging;

/// <summary>
/// Memory that all threads together may take while they decode. Images that need more than is left wait, in the order in which they came,
/// so
/// that many large ones at once take turns instead of the machine's memory.
/// </summary>
/// <param name="limit">Bytes. An image that needs more takes all of it, and so is decoded alone.</param>
internal sealed class DecodingMemory(long limit)
{
    private readonly object _gate = new();
    private long _used;
    private long _arrived;
    private long _served;

    /// <summary>The process's: 1 GiB, which holds ten radiographs of 20 million pixels at once.</summary>
    public static DecodingMemory Shared { get; } = new(1L << 30);

    /// <summary>Waits for memory, and takes it until the lease is disposed. A thread takes one lease at a time.</summary>
    public Lease Take(long bytes)
    {
        bytes = Math.Min(bytes, limit);
        if (bytes <= 0)
        {
            return new Lease(this, 0);
        }

        lock (_gate)
        {
            long turn = _arrived++;
            while (turn != _served || _used + bytes > limit)
            {
                Monitor.Wait(_gate);
            }

            _served++;
            _used += bytes;
            Monitor.PulseAll(_gate);
        }

        return new Lease(this, bytes);
    }

    private void Return(long bytes)
    {
        lock (_gate)
        {
            _used -= bytes;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Memory that was taken.</summary>
    public readonly struct Lease(DecodingMemory owner, long bytes) : IDisposable
    {
        /// <summary>Gives it back.</summary>
        public void Dispose() => owner.Return(bytes);
    }
}
