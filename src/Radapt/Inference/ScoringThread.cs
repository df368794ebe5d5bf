namespace Radapt.Inference;

/// <summary>
/// The one thread that computes what is asked of a backbone by any number of callers: forward passes use all cores by themselves, and a
/// thread for each caller would have a team of kernel threads for each. What waits is computed together, up to a batch. It starts with the
/// first request.
/// </summary>
internal sealed class ScoringThread : IDisposable
{
    private readonly int _batchSize;
    private readonly TimeSpan _window;
    private readonly object _gate = new();
    private readonly Queue<Request> _waiting = [];
    private Thread? _thread;
    private bool _isEnding;

    /// <param name="batchSize">Most images of a forward pass.</param>
    /// <param name="window">How long the first request of a batch waits for others.</param>
    public ScoringThread(int batchSize, TimeSpan window) => (_batchSize, _window) = (batchSize, window);

    /// <summary>Told the number of images of every batch. Called on the thread.</summary>
    public Action<int>? OnBatch { get; set; }

    /// <summary>Computes the logits of an image.</summary>
    /// <param name="model">What computes them; requests of one model may be one forward pass.</param>
    /// <param name="pixels">(S, S), as the model expects it.</param>
    /// <param name="cancellation">The request is dropped unless it is being computed already.</param>
    /// <returns>(F), before the sigmoid</returns>
    public Task<float[]> ScoreAsync(IScoringModel model, float[] pixels, CancellationToken cancellation)
    {
        var request = new Request(model, pixels, cancellation);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isEnding, this);
            if (_thread is null)
            {
                _thread = new Thread(Run) { IsBackground = true, Name = "Radapt scoring" };
                _thread.Start();
            }

            _waiting.Enqueue(request);
            Monitor.PulseAll(_gate);
        }

        return request.Done.Task;
    }

    /// <summary>Computes what waits, and ends.</summary>
    public void Dispose()
    {
        Thread? thread;
        lock (_gate)
        {
            _isEnding = true;
            thread = _thread;
            Monitor.PulseAll(_gate);
        }

        thread?.Join();
    }

    private void Run()
    {
        while (Take() is { } batch)
        {
            OnBatch?.Invoke(batch.Count);
            foreach (IGrouping<IScoringModel, Request> requests in batch.GroupBy(r => r.Model))
            {
                Score(requests.Key, [.. requests]);
            }
        }
    }

    // Null: there is nothing left, and there will not be.
    private List<Request>? Take()
    {
        lock (_gate)
        {
            while (_waiting.Count == 0)
            {
                if (_isEnding)
                {
                    return null;
                }

                Monitor.Wait(_gate);
            }

            long end = Environment.TickCount64 + (long)_window.TotalMilliseconds;
            while (_waiting.Count < _batchSize && !_isEnding && end - Environment.TickCount64 is > 0 and var left)
            {
                Monitor.Wait(_gate, TimeSpan.FromMilliseconds(left));
            }

            var batch = new List<Request>();
            while (batch.Count < _batchSize && _waiting.TryDequeue(out Request? request))
            {
                if (request.Cancellation.IsCancellationRequested)
                {
                    request.Done.TrySetCanceled(request.Cancellation);
                }
                else
                {
                    batch.Add(request);
                }
            }

            return batch;
        }
    }

    private static void Score(IScoringModel model, Request[] requests)
    {
        try
        {
            float[][] logits = model.Score([.. requests.Select(r => r.Pixels)]);
            for (int i = 0; i < requests.Length; i++)
            {
                requests[i].Done.TrySetResult(logits[i]);
            }
        }
#pragma warning disable CA1031 // whoever asked gets it, and the thread goes on with the others
        catch (Exception e)
#pragma warning restore CA1031
        {
            foreach (Request request in requests)
            {
                request.Done.TrySetException(e);
            }
        }
    }

    private sealed record Request(IScoringModel Model, float[] Pixels, CancellationToken Cancellation)
    {
        public TaskCompletionSource<float[]> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

/// <summary>Computes logits of prepared images.</summary>
internal interface IScoringModel
{
    /// <summary>Logits of some images; what is said of one does not depend on the others.</summary>
    /// <param name="pixels">For every image (S, S).</param>
    /// <returns>For every image (F), before the sigmoid</returns>
    float[][] Score(IReadOnlyList<float[]> pixels);
}
