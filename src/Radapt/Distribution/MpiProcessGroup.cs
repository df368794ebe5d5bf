using System.Diagnostics;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text;

namespace Radapt.Distribution;

/// <summary>The processes that Open MPI's <c>mpirun</c> started, on one host or several.</summary>
internal sealed unsafe class MpiProcessGroup : IProcessGroup
{
    private static readonly TimeSpan s_busy = TimeSpan.FromMilliseconds(2); // sleeping takes about a millisecond

    private readonly MpiLibrary _mpi;
    private readonly CancellationToken _interrupted;

    /// <summary>Joins the job; once in a process.</summary>
    /// <param name="interrupted">Ends the waiting of rank 0, so that it can save what there is. The other ranks wait for its end.</param>
    /// <exception cref="RadaptException">Open MPI's library cannot be loaded.</exception>
    public MpiProcessGroup(CancellationToken interrupted)
    {
        _mpi = new MpiLibrary();
        (Rank, Size) = (_mpi.Rank, _mpi.Size);
        _interrupted = Rank == 0 ? interrupted : CancellationToken.None;
        ulong processors = XxHash3.HashToUInt64(Encoding.UTF8.GetBytes($"{Environment.MachineName}\n{Processors()}"));
        Sharing = this.Meet(processors).Count(p => p == processors);
    }

    /// <inheritdoc/>
    public int Rank { get; }

    /// <inheritdoc/>
    public int Size { get; }

    /// <inheritdoc/>
    public int Sharing { get; }

    /// <inheritdoc/>
    public void Meet(ReadOnlySpan<byte> own, Span<byte> all)
    {
        // MPI may still write after an interruption, so the memory is its own and is then never freed.
        byte* from = (byte*)NativeMemory.Alloc((nuint)own.Length + 1);
        byte* to = (byte*)NativeMemory.Alloc((nuint)all.Length + 1);
        own.CopyTo(new Span<byte>(from, own.Length));
        nint request = _mpi.StartGather(from, own.Length, to);
        long start = Stopwatch.GetTimestamp();
        while (!_mpi.IsDone(ref request))
        {
            _interrupted.ThrowIfCancellationRequested();
            if (Stopwatch.GetElapsedTime(start) > s_busy)
            {
                Thread.Sleep(1);
            }
            else
            {
                Thread.Yield();
            }
        }

        new ReadOnlySpan<byte>(to, all.Length).CopyTo(all);
        NativeMemory.Free(from);
        NativeMemory.Free(to);
    }

    /// <inheritdoc/>
    public void Broadcast(Span<byte> bytes)
    {
        fixed (byte* data = bytes)
        {
            _mpi.Broadcast(data, bytes.Length);
        }
    }

    /// <inheritdoc/>
    public void Gather(ReadOnlySpan<byte> own, Span<byte> all)
    {
        fixed (byte* from = own)
        fixed (byte* to = all)
        {
            _mpi.Gather(from, own.Length, to);
        }
    }

    /// <inheritdoc/>
    public void Exchange(ReadOnlySpan<byte> sent, Span<byte> received)
    {
        fixed (byte* from = sent)
        fixed (byte* to = received)
        {
            _mpi.Exchange(from, to, sent.Length / Size);
        }
    }

    // mpirun may bind each rank to processors of its own, or let those of a host share all.
    private static string Processors()
    {
        try
        {
            return File.ReadLines("/proc/self/status")
                .FirstOrDefault(l => l.StartsWith("Cpus_allowed_list:", StringComparison.Ordinal)) ?? "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return ""; // there is no such file outside of Linux, where mpirun binds nothing
        }
    }

    /// <summary>Ends all ranks, whatever they do.</summary>
    /// <param name="code">The exit code of the job.</param>
    public void Abort(int code) => _mpi.Abort(code);

    /// <summary>Waits for all ranks and leaves the job.</summary>
    public void Leave()
    {
        this.Meet(0);
        _mpi.Finish();
    }
}
