using Radapt.Distribution;

namespace Radapt.Tests.Distribution;

/// <summary>Ranks that are threads of this process, so that their arithmetic needs no MPI. A failure ends all waiting.</summary>
internal sealed class ThreadGroup : IProcessGroup
{
    private readonly Shared _shared;

    private ThreadGroup(Shared shared, int rank) => (_shared, Rank) = (shared, rank);

    public int Rank { get; }

    public int Size => _shared.Size;

    public int Sharing => _shared.Size;

    /// <summary>Bytes that this rank gave to others in exchanges and gathers.</summary>
    public long Sent { get; private set; }

    /// <summary>Runs the same on every rank.</summary>
    /// <returns>What went wrong on each; null: nothing.</returns>
    public static Exception?[] Run(int ranks, Action<ThreadGroup> work)
    {
        using var shared = new Shared(ranks);
        var errors = new Exception?[ranks];
        Thread[] threads = [.. Enumerable.Range(0, ranks).Select(rank => new Thread(() =>
        {
            try
            {
                work(new ThreadGroup(shared, rank));
            }
            catch (Exception e)
            {
                errors[rank] = e;
                if (rank == 0 || e is not OperationCanceledException)
                {
                    shared.Abort(); // as MPI_Abort does
                }
            }
        }))];
        foreach (Thread thread in threads)
        {
            thread.Start();
        }

        foreach (Thread thread in threads)
        {
            thread.Join();
        }

        return errors;
    }

    public void Meet(ReadOnlySpan<byte> own, Span<byte> all) => Collect(own).CopyTo(all);

    public void Broadcast(Span<byte> bytes) => Collect(bytes).AsSpan(0, bytes.Length).CopyTo(bytes);

    public void Gather(ReadOnlySpan<byte> own, Span<byte> all)
    {
        Sent += own.Length * (Size - 1);
        Collect(own).CopyTo(all);
    }

    public void Exchange(ReadOnlySpan<byte> sent, Span<byte> received)
    {
        Sent += sent.Length / Size * (Size - 1);
        int block = sent.Length / Size;
        byte[] all = Collect(sent);
        for (int rank = 0; rank < Size; rank++)
        {
            all.AsSpan((rank * sent.Length) + (Rank * block), block).CopyTo(received[(rank * block)..]);
        }
    }

    private byte[] Collect(ReadOnlySpan<byte> own)
    {
        _shared.Given[Rank] = own.ToArray();
        _shared.Wait();
        byte[] all = [.. _shared.Given.SelectMany(b => b!)];
        _shared.Wait();
        return all;
    }

    private sealed class Shared(int size) : IDisposable
    {
        private readonly Barrier _barrier = new(size);
        private readonly CancellationTokenSource _aborted = new();

        public int Size => size;

        public byte[]?[] Given { get; } = new byte[]?[size];

        public void Wait() => _barrier.SignalAndWait(_aborted.Token);

        public void Abort() => _aborted.Cancel();

        public void Dispose()
        {
            _barrier.Dispose();
            _aborted.Dispose();
        }
    }
}
