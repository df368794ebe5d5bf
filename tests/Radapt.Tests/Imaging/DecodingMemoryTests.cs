using Radapt.Imaging;

namespace Radapt.Tests.Imaging;

public class DecodingMemoryTests
{
    /// <summary>K15: whatever many threads ask for, what they hold together stays below the limit, and each has its turn.</summary>
    [Fact]
    public async Task Take_ManyThreads_NeverHoldMoreThanTheLimit()
    {
        const long Limit = 1000;
        var memory = new DecodingMemory(Limit);
        long held = 0;
        long most = 0;
        int done = 0;
        var random = new Random(1);
        long[] sizes = [.. Enumerable.Range(0, 200).Select(i => i % 50 == 0 ? 5000 : random.NextInt64(1, 700))];
        await Task.WhenAll(sizes.Chunk(25).Select(part => Task.Factory.StartNew(
            () =>
            {
                foreach (long size in part)
                {
                    using DecodingMemory.Lease lease = memory.Take(size);
                    long now = Interlocked.Add(ref held, Math.Min(size, Limit));
                    InterlockedMax(ref most, now);
                    Thread.Yield();
                    Interlocked.Add(ref held, -Math.Min(size, Limit));
                    Interlocked.Increment(ref done);
                }
            },
            TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
        Assert.Equal(sizes.Length, done);
        Assert.InRange(most, 1, Limit);
    }

    /// <summary>A thread that holds memory and needs no more never waits behind one that waits for it.</summary>
    [Fact]
    public async Task Take_NothingWhileAnotherWaits_ReturnsAtOnce()
    {
        var memory = new DecodingMemory(10);
        DecodingMemory.Lease all = memory.Take(10);
        Task waiting = Task.Run(() => memory.Take(5).Dispose(), TestContext.Current.CancellationToken);
        await Task.Run(() => memory.Take(0).Dispose(), TestContext.Current.CancellationToken);
        Assert.False(waiting.IsCompleted);
        all.Dispose();
        await waiting;
    }

    private static void InterlockedMax(ref long most, long value)
    {
        long seen;
        while (value > (seen = Interlocked.Read(ref most)))
        {
            Interlocked.CompareExchange(ref most, value, seen);
        }
    }
}
