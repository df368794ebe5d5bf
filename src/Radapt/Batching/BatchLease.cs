namespace Radapt.Batching;

/// <summary>
/// A filled batch, borrowed from a <see cref="BatchLoader{TBatch}"/> until disposed; its buffers are used again afterwards.
/// </summary>
internal sealed class BatchLease<TBatch> : IDisposable
    where TBatch : class
{
    private readonly BatchPool<TBatch> _pool;
    private TBatch? _batch;

    public BatchLease(TBatch batch, int[] items, BatchPool<TBatch> pool)
    {
        _batch = batch;
        _pool = pool;
        Items = items;
    }

    /// <summary>The item in each slot. A batch may have fewer items than its buffers have slots.</summary>
    public IReadOnlyList<int> Items { get; }

    /// <summary>The buffers.</summary>
    public TBatch Batch => _batch ?? throw new ObjectDisposedException(nameof(BatchLease<>), "The batch went back to the loader.");

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _batch, null) is { } batch)
        {
            _pool.Return(batch);
        }
    }
}

/// <summary>Batches waiting to be filled again. Holds as many as were ever in use at one time.</summary>
internal sealed class BatchPool<TBatch>(Func<TBatch> allocate)
    where TBatch : class
{
    private readonly Stack<TBatch> _free = new();
    private readonly Lock _lock = new();

    /// <summary>How many batches were ever allocated.</summary>
    public int Allocated { get; private set; }

    public TBatch Rent()
    {
        lock (_lock)
        {
            if (_free.TryPop(out TBatch? batch))
            {
                return batch;
            }

            batch = allocate();
            Allocated++;
            return batch;
        }
    }

    public void Return(TBatch batch)
    {
        lock (_lock)
        {
            _free.Push(batch);
        }
    }
}
