using System.Runtime.ExceptionServices;

namespace Radapt.Batching;

/// <summary>
/// Fills batches ahead of their use, on threads of its own (the thread pool's belong to the application). Samples are the unit of work,
/// within a batch and across batches; since each depends on its item alone, any number of threads gives the same batches.
/// </summary>
/// <typeparam name="TBatch">The buffers of a batch, whatever an item is.</typeparam>
internal sealed class BatchLoader<TBatch>
    where TBatch : class
{
    private readonly BatchPool<TBatch> _pool;
    private readonly Action<TBatch, int, int> _fill;
    private readonly int _threads;
    private readonly int _prefetch;

    /// <summary>A loader; threads run only while batches are being read.</summary>
    /// <param name="allocate">Makes the buffers of a batch. Called at most <paramref name="prefetch"/> times more than batches are held at
    /// once.</param>
    /// <param name="fill">Fills a slot of a batch with an item. Runs on several threads at once, for different slots. A slot's earlier
    /// content is arbitrary.</param>
    /// <param name="threads">Number of threads; at least 1.</param>
    /// <param name="prefetch">Batches filled or being filled beyond those handed out; at least 1.</param>
    public BatchLoader(Func<TBatch> allocate, Action<TBatch, int, int> fill, int threads, int prefetch)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(threads);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(prefetch);
        _pool = new BatchPool<TBatch>(allocate);
        _fill = fill;
        _threads = threads;
        _prefetch = prefetch;
    }

    /// <summary>How many batches were ever allocated.</summary>
    public int Allocated => _pool.Allocated;

    /// <summary>
    /// The batches, in order. A failure of <c>fill</c> is thrown when its batch is due; of several in one batch, that of the lowest slot.
    /// The threads have ended when the enumeration ends, by its end, a break, an exception or cancellation.
    /// </summary>
    /// <param name="batches">The items of each batch; to resume at batch k, those from k on.</param>
    /// <param name="cancellation">Ends the enumeration with an <see cref="OperationCanceledException"/>.</param>
    public IEnumerable<BatchLease<TBatch>> Read(IReadOnlyList<int[]> batches, CancellationToken cancellation = default)
    {
        if (batches.Any(b => b.Length == 0))
        {
            throw new ArgumentException("A batch has no items.", nameof(batches));
        }

        return Enumerate(batches, cancellation);
    }

    private IEnumerable<BatchLease<TBatch>> Enumerate(IReadOnlyList<int[]> batches, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var pass = new Pass(batches, _pool, _fill, _prefetch);
        using CancellationTokenRegistration registration = cancellation.Register(pass.Stop);
        Thread[] threads = [.. Enumerable.Range(0, Math.Min(_threads, batches.Sum(b => b.Length)))
            .Select(i => new Thread(pass.Work) { IsBackground = true, Name = $"Radapt batch loader {i}" })];
        try
        {
            foreach (Thread thread in threads)
            {
                thread.Start();
            }

            for (int i = 0; i < batches.Count; i++)
            {
                BatchLease<TBatch>? lease = pass.Take();
                if (cancellation.IsCancellationRequested)
                {
                    lease?.Dispose();
                    throw new OperationCanceledException(cancellation);
                }

                yield return lease!;
            }
        }
        finally
        {
            pass.Stop();
            foreach (Thread thread in threads.Where(t => t.IsAlive))
            {
                thread.Join();
            }

            pass.ReturnUntaken();
        }
    }

    /// <summary>One enumeration: the window of batches that are being filled or wait to be taken.</summary>
    private sealed class Pass(IReadOnlyList<int[]> batches, BatchPool<TBatch> pool, Action<TBatch, int, int> fill, int prefetch)
    {
        private readonly object _lock = new();
        private readonly Queue<Pending> _window = new(); // batches begun and not yet taken, in order
        private Pending? _open; // the last of them, while it has slots nobody has begun
        private int _begun;
        private bool _stopped;

        /// <summary>A loader thread: fills slot after slot until there are none or the pass is stopped.</summary>
        public void Work()
        {
            LoaderPriority.Lower();
            while (Claim() is { } work)
            {
                Exception? failure = null;
                try
                {
                    fill(work.Batch.Buffers!, work.Slot, work.Batch.Items[work.Slot]);
                }
#pragma warning disable CA1031 // whatever it is, the consumer gets it
                catch (Exception e)
#pragma warning restore CA1031
                {
                    failure = e;
                }

                lock (_lock)
                {
                    work.Batch.Complete(work.Slot, failure);
                    if (work.Batch.IsComplete)
                    {
                        Monitor.PulseAll(_lock);
                    }
                }
            }
        }

        /// <summary>Waits for the next batch; null when stopped.</summary>
        public BatchLease<TBatch>? Take()
        {
            lock (_lock)
            {
                while (!_stopped && !(_window.TryPeek(out Pending? next) && next.IsComplete))
                {
                    Monitor.Wait(_lock);
                }

                if (_stopped)
                {
                    return null;
                }

                Pending first = _window.Peek();
                first.Failure?.Throw(); // stays in the window, so that its buffers go back to the pool
                _window.Dequeue();
                Monitor.PulseAll(_lock); // there is room in the window
                return new BatchLease<TBatch>(first.Buffers!, first.Items, pool);
            }
        }

        public void Stop()
        {
            lock (_lock)
            {
                _stopped = true;
                Monitor.PulseAll(_lock);
            }
        }

        /// <summary>Gives the buffers of batches that were never taken back; the threads must have ended.</summary>
        public void ReturnUntaken()
        {
            while (_window.TryDequeue(out Pending? pending))
            {
                if (pending.Buffers is { } buffers)
                {
                    pool.Return(buffers);
                }
            }
        }

        private (Pending Batch, int Slot)? Claim()
        {
            lock (_lock)
            {
                while (!_stopped && _open is null && _begun < batches.Count)
                {
                    if (_window.Count < prefetch)
                    {
                        Begin();
                    }
                    else
                    {
                        Monitor.Wait(_lock);
                    }
                }

                if (_stopped || _open is null)
                {
                    return null;
                }

                Pending batch = _open;
                int slot = batch.Claim();
                if (batch.AllClaimed)
                {
                    _open = null;
                }

                return (batch, slot);
            }
        }

        private void Begin()
        {
            var pending = new Pending(batches[_begun++]);
            _window.Enqueue(pending);
            try
            {
                pending.Buffers = pool.Rent();
                _open = pending;
            }
#pragma warning disable CA1031 // out of memory, most likely: the consumer gets it
            catch (Exception e)
#pragma warning restore CA1031
            {
                pending.Abandon(e);
                Monitor.PulseAll(_lock);
            }
        }
    }

    /// <summary>A batch being filled; guarded by the pass's lock.</summary>
    private sealed class Pending(int[] items)
    {
        private int _claimed;
        private int _remaining = items.Length;
        private int _failedSlot = int.MaxValue;

        public int[] Items { get; } = items;

        public TBatch? Buffers { get; set; }

        public ExceptionDispatchInfo? Failure { get; private set; }

        public bool AllClaimed => _claimed == Items.Length;

        public bool IsComplete => _remaining == 0;

        public int Claim() => _claimed++;

        public void Complete(int slot, Exception? failure)
        {
            _remaining--;
            if (failure is not null && slot < _failedSlot)
            {
                _failedSlot = slot;
                Failure = ExceptionDispatchInfo.Capture(failure);
            }
        }

        public void Abandon(Exception failure)
        {
            _remaining = 0;
            Failure = ExceptionDispatchInfo.Capture(failure);
        }
    }
}
