using System.Collections.Concurrent;

namespace Radapt.Inference;

/// <summary>
/// One thread that does what it is given, in order. The C library keeps freed memory by thread: a model that is opened on any thread of the
/// pool leaves the memory of its float32 weights with that thread, and after some changes the process holds them as many times as there are
/// threads. A ViT-B/16 that was replaced 120 times took 4.2 GB so, and takes 1.3 GB on one thread.
/// </summary>
internal sealed class WorkerThread(string name)
{
    /// <summary>Opens models.</summary>
    public static WorkerThread Opening { get; } = new("Radapt opening");

    /// <summary>Computes heat maps.</summary>
    public static WorkerThread HeatMaps { get; } = new("Radapt heat maps");

    private readonly BlockingCollection<Action> _work = [];
    private readonly Lock _lock = new();
    private Thread? _thread;

    /// <summary>Does something on the thread, which starts with the first call and ends with the process.</summary>
    /// <param name="work">What to do.</param>
    /// <param name="cancellation">It is dropped unless it has begun.</param>
    /// <returns>What it returns or throws.</returns>
    public Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellation = default)
    {
        lock (_lock)
        {
            if (_thread is null)
            {
                _thread = new Thread(Run) { IsBackground = true, Name = name };
                _thread.Start();
            }
        }

        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _work.Add(() =>
        {
            if (cancellation.IsCancellationRequested)
            {
                done.SetCanceled(cancellation);
                return;
            }

            try
            {
                done.SetResult(work());
            }
#pragma warning disable CA1031 // whoever asked gets it, and the thread goes on with the others
            catch (Exception e)
#pragma warning restore CA1031
            {
                done.SetException(e);
            }
        }, CancellationToken.None);
        return done.Task;
    }

    private void Run()
    {
        foreach (Action work in _work.GetConsumingEnumerable())
        {
            work();
        }
    }
}
