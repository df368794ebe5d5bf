using System.Runtime.InteropServices;
using CsCheck;
using Radapt.Batching;

namespace Radapt.Tests.Batching;

public partial class BatchLoaderTests
{

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    public void Read_AnyNumberOfThreads_GivesTheSameBatchesInOrder(int threads)
    {
        IReadOnlyList<int[]> batches = EpochOrder.Training(1000, 16, seed: 3, epoch: 1);
        BatchLoader<long[]> loader = Loader(16, threads, prefetch: 3);
        Assert.Equal(batches.Select(b => b.Select(Content)), Contents(loader, batches));
        Assert.Equal(batches.Skip(20).Select(b => b.Select(Content)), Contents(loader, [.. batches.Skip(20)]));
    }

    [Fact]
    public void Read_RandomSchedules_GivesEveryBatchAndLeavesNoThread() =>
        Gen.Select(Gen.Int[1, 6], Gen.Int[1, 5], Gen.Int[1, 7].Array[0, 12], Gen.Int[0, 13], Gen.Int).Sample(
            (threads, prefetch, sizes, stopAfter, seed) =>
            {
                int item = 0;
                List<int[]> batches = [.. sizes.Select(size => Enumerable.Range(0, size).Select(_ => item++).ToArray())];
                var workers = new HashSet<Thread>();
                var loader = new BatchLoader<long[]>(() => new long[7], (batch, slot, i) =>
                {
                    lock (workers)
                    {
                        workers.Add(Thread.CurrentThread);
                    }

                    Jitter(seed + i);
                    batch[slot] = Content(i);
                }, threads, prefetch);
                int taken = 0;
                foreach (BatchLease<long[]> lease in loader.Read(batches, Token))
                {
                    using (lease)
                    {
                        Assert.Equal(batches[taken], lease.Items);
                        Assert.Equal(batches[taken].Select(Content), lease.Batch.Take(lease.Items.Count));
                        Jitter(seed - taken);
                    }

                    if (++taken == stopAfter)
                    {
                        break;
                    }
                }

                Assert.Equal(stopAfter == 0 ? batches.Count : Math.Min(stopAfter, batches.Count), taken);
                Assert.All(workers, t => Assert.False(t.IsAlive));
                Assert.InRange(loader.Allocated, 0, prefetch + 1);
            },
            iter: 1000, threads: 2);

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Read_FillThrows_ThrowsAtThatBatchTheFailureOfTheLowestSlot(int threads)
    {
        for (int repeat = 0; repeat < 50; repeat++)
        {
            var loader = new BatchLoader<long[]>(() => new long[4], (_, slot, item) =>
            {
                Jitter(repeat + slot);
                if (item is 9 or 10 or 13)
                {
                    throw new RadaptException($"item {item}");
                }
            }, threads, prefetch: 4);
            int taken = 0;
            RadaptException error = Assert.Throws<RadaptException>(() =>
            {
                foreach (BatchLease<long[]> lease in loader.Read(EpochOrder.Evaluation(16, 4), Token))
                {
                    lease.Dispose();
                    taken++;
                }
            });
            Assert.Equal("item 9", error.Message);
            Assert.Equal(2, taken);

            // The loader is as good as new: nothing of the failed pass is left.
            Assert.Equal(2, loader.Read([[0, 1], [2]], Token).Select(l => { l.Dispose(); return l; }).Count());
            Assert.InRange(loader.Allocated, 1, 5);
        }
    }

    [Fact]
    public void Read_AllocateThrows_ThrowsThat()
    {
        var loader = new BatchLoader<long[]>(() => throw new InvalidOperationException("no memory"), (_, _, _) => { }, 2, 2);
        Assert.Equal("no memory", Assert.Throws<InvalidOperationException>(() => loader.Read([[1], [2], [3]], Token).First()).Message);
    }

    [Fact]
    public void Read_ConsumerFails_EndsTheThreads()
    {
        var workers = new HashSet<Thread>();
        BatchLoader<long[]> loader = Loader(4, 3, 2, workers);
        Assert.Throws<InvalidOperationException>(() =>
        {
            foreach (BatchLease<long[]> lease in loader.Read(EpochOrder.Evaluation(100, 4), Token))
            {
                throw new InvalidOperationException();
            }
        });
        Assert.NotEmpty(workers);
        Assert.All(workers, t => Assert.False(t.IsAlive));
    }

    [Fact]
    public async Task Read_CancelledWhileWaiting_ThrowsAndEndsTheThreads()
    {
        using var cancellation = new CancellationTokenSource();
        using var gate = new ManualResetEventSlim();
        using var entered = new ManualResetEventSlim();
        var loader = new BatchLoader<long[]>(() => new long[1], (_, _, _) =>
        {
            entered.Set();
            gate.Wait(Token);
        }, 2, 2);
        Task consumer = Task.Run(() => loader.Read([[0], [1], [2]], cancellation.Token).Count(), Token);
        entered.Wait(Token);
        await cancellation.CancelAsync();
        gate.Set(); // a decode that is under way is not torn down
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => consumer.WaitAsync(Token));
        Assert.Throws<OperationCanceledException>(() => loader.Read([[0]], new CancellationToken(true)).First());
    }

    [Fact]
    public void Read_CancelledBetweenBatches_ThrowsAtTheNext()
    {
        using var cancellation = new CancellationTokenSource();
        using IEnumerator<BatchLease<long[]>> batches = Loader(1, 2, 2).Read([[0], [1], [2]], cancellation.Token).GetEnumerator();
        Assert.True(batches.MoveNext());
        cancellation.Cancel();
        Assert.Throws<OperationCanceledException>(() => batches.MoveNext());
    }

    [Fact]
    public void Read_ConsumerKeepsBatches_GetsOthersInsteadOfWaitingForEver()
    {
        BatchLoader<long[]> loader = Loader(2, 2, 2);
        BatchLease<long[]>[] kept = [.. loader.Read(EpochOrder.Evaluation(20, 2), Token)];
        Assert.Equal(Enumerable.Range(0, 20).Select(Content), kept.SelectMany(l => l.Batch));
        Assert.Equal(10, kept.Select(l => l.Batch).Distinct().Count());
        foreach (BatchLease<long[]> lease in kept)
        {
            lease.Dispose();
            lease.Dispose(); // once more must not put the buffers into the pool twice
        }

        Assert.Throws<ObjectDisposedException>(() => kept[0].Batch);
        Assert.Equal(10, loader.Read(EpochOrder.Evaluation(20, 2), Token).ToArray().Select(l => l.Batch).Distinct().Count());
        Assert.Equal(10, loader.Allocated);
    }

    [Fact]
    public void Read_DisposedBatches_AreUsedAgain()
    {
        BatchLoader<long[]> loader = Loader(4, 3, prefetch: 2);
        for (int epoch = 0; epoch < 20; epoch++)
        {
            foreach (BatchLease<long[]> lease in loader.Read(EpochOrder.Training(100, 4, 0, epoch), Token))
            {
                lease.Dispose();
            }
        }

        Assert.InRange(loader.Allocated, 1, 3);
    }

    [Fact]
    public void Read_SlowConsumer_PrefetchesNoMoreThanAsked()
    {
        int filled = 0;
        var loader = new BatchLoader<long[]>(() => new long[1], (_, _, _) => Interlocked.Increment(ref filled), 2, prefetch: 3);
        using IEnumerator<BatchLease<long[]>> batches = loader.Read(EpochOrder.Evaluation(50, 1), Token).GetEnumerator();
        batches.MoveNext();
        SpinWait.SpinUntil(() => Volatile.Read(ref filled) == 4);
        Thread.Sleep(50);
        Assert.Equal(4, Volatile.Read(ref filled));
    }

    [Fact]
    public void Read_Threads_AreNotThoseOfTheSharedPool()
    {
        bool pooled = false;
        var loader = new BatchLoader<long[]>(() => new long[1], (_, _, _) => pooled |= Thread.CurrentThread.IsThreadPoolThread, 2, 2);
        Assert.Equal(9, loader.Read(EpochOrder.Evaluation(9, 1), Token).Count());
        Assert.False(pooled);
    }

    [Fact]
    public void Read_Threads_GiveWayAndTheCallersDoNot()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "threads have their own niceness on Linux");
        int before = GetPriority(0, 0);
        var nice = new int[1];
        var loader = new BatchLoader<int[]>(() => new int[1], (batch, _, _) => batch[0] = GetPriority(0, 0), 1, 1);
        foreach (BatchLease<int[]> lease in loader.Read([[0]], Token))
        {
            lease.Batch.CopyTo(nice, 0);
        }

        Assert.Equal(Math.Max(before, 10), nice[0]);
        Assert.Equal(before, GetPriority(0, 0));
    }

    [Fact]
    public void Read_EmptyBatch_IsRefusedAtOnce() => Assert.Throws<ArgumentException>(() => Loader(1, 1, 1).Read([[0], []], Token));

    private static BatchLoader<long[]> Loader(int size, int threads, int prefetch, HashSet<Thread>? workers = null) => new(
        () => new long[size],
        (batch, slot, item) =>
        {
            if (workers is not null)
            {
                lock (workers)
                {
                    workers.Add(Thread.CurrentThread);
                }
            }

            Jitter(item);
            batch[slot] = Content(item);
        },
        threads,
        prefetch);

    private static List<long[]> Contents(BatchLoader<long[]> loader, IReadOnlyList<int[]> batches)
    {
        var contents = new List<long[]>();
        foreach (BatchLease<long[]> lease in loader.Read(batches, Token))
        {
            using (lease)
            {
                contents.Add([.. lease.Batch.Take(lease.Items.Count)]);
            }
        }

        return contents;
    }

    private static long Content(int item) => (item * 2654435761L) ^ 12345;

    // Threads overtake each other differently for every key.
    private static void Jitter(int key)
    {
        switch ((uint)(key * 40503) >> 13 & 7)
        {
            case 0:
                Thread.Yield();
                break;
            case 1:
                Thread.SpinWait(500);
                break;
            case 2:
                Thread.SpinWait(50);
                break;
        }
    }

    [LibraryImport("libc", EntryPoint = "getpriority")]
    private static partial int GetPriority(int which, uint who);
}
