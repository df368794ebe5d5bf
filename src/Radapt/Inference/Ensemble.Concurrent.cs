using System.Runtime.CompilerServices;
using Radapt.Imaging;

namespace Radapt.Inference;

/// <content>Single images that many callers ask for at once.</content>
internal sealed partial class Ensemble
{
    private readonly PredictorOptions _options;
    private readonly SemaphoreSlim _places;   // bounds the memory: images that are being decoded, wait or are computed
    private readonly SemaphoreSlim _decoders;

    /// <inheritdoc cref="Predictor.PredictAsync(ImageSource, bool, CancellationToken)"/>
    public Task<Prediction> PredictAsync(ImageSource image, bool scoreAll, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(image);
        Begin();
        return PredictBegunAsync(image, scoreAll, cancellation);
    }

    /// <summary>The same where <see cref="TryBegin"/> was called; ends that use.</summary>
    public async Task<Prediction> PredictBegunAsync(ImageSource image, bool scoreAll, CancellationToken cancellation)
    {
        try
        {
            await _places.WaitAsync(cancellation).ConfigureAwait(false);
            try
            {
                return await PredictNowAsync(image, scoreAll, cancellation).ConfigureAwait(false);
            }
            finally
            {
                _places.Release();
            }
        }
        finally
        {
            End();
        }
    }

    /// <inheritdoc cref="Predictor.PredictAsync(IEnumerable{ImageSource}, bool, CancellationToken)"/>
    public async IAsyncEnumerable<Prediction> PredictAsync(
        IEnumerable<ImageSource> images, bool scoreAll, [EnumeratorCancellation] CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(images);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var running = new Queue<Task<Prediction>>();
        int most = Math.Min(_options.QueueLimit, (2 * _options.BatchSize) + _options.DecodingThreads);
        try
        {
            foreach (ImageSource image in images)
            {
                running.Enqueue(PredictAsync(image, scoreAll, ending.Token));
                if (running.Count == most)
                {
                    yield return await running.Dequeue().ConfigureAwait(false);
                }
            }

            while (running.TryDequeue(out Task<Prediction>? next))
            {
                yield return await next.ConfigureAwait(false);
            }
        }
        finally
        {
            await ending.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(running).ContinueWith(static _ => { }, TaskScheduler.Default).ConfigureAwait(false);
        }
    }

    /// <summary>The mean of the models' heat maps; see <see cref="Predictor.HeatMap"/>. The models are in use meanwhile.</summary>
    /// <param name="image">The image.</param>
    /// <param name="finding">Number of the finding; null: attention rollout.</param>
    /// <param name="cancellation">Ends waiting.</param>
    /// <returns>(G, G) row by row, and where the square is on the image, in fractions of its sides.</returns>
    /// <exception cref="RadaptException">The image cannot be read, or there is no such map.</exception>
    public async Task<(float[] Map, (double X, double Y, double Width, double Height) Square)> HeatMapAsync(
        ImageSource image, int? finding, CancellationToken cancellation)
    {
        await _places.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            PreparedImage prepared = await PrepareAsync(image, scoreAll: true, cancellation).ConfigureAwait(false);
            if (prepared.Error is { } error)
            {
                throw error;
            }

            float[][] maps = await WorkerThread.HeatMaps.RunAsync(
                () => Members.Select(m => m.HeatMap(prepared.Pixels[m.Adapter.Preprocessing], finding)).ToArray(), cancellation)
                .ConfigureAwait(false);
            (int width, int height) = prepared.Size;
            return ([.. Enumerable.Range(0, maps[0].Length).Select(i => maps.Average(m => m[i]))],
                EvaluationTransform.Square(width, height, Members[0].Adapter.Preprocessing));
        }
        finally
        {
            _places.Release();
        }
    }

    /// <summary>Begins a use of every model, so that none is taken apart before <see cref="End"/>; false: one is already.</summary>
    public bool TryBegin()
    {
        for (int i = 0; i < Members.Count; i++)
        {
            if (!Members[i].Uses.TryBegin())
            {
                while (--i >= 0)
                {
                    Members[i].Uses.End();
                }

                return false;
            }
        }

        return true;
    }

    /// <summary>Ends a use of every model.</summary>
    public void End()
    {
        foreach (Predictor member in Members)
        {
            member.Uses.End();
        }
    }

    private void Begin() => ObjectDisposedException.ThrowIf(!TryBegin(), typeof(Predictor));

    private async Task<Prediction> PredictNowAsync(ImageSource image, bool scoreAll, CancellationToken cancellation)
    {
        PreparedImage prepared = await PrepareAsync(image, scoreAll, cancellation).ConfigureAwait(false);
        if (prepared.Pixels.Count == 0)
        {
            if (_options.Logger is { } logger)
            {
                PredictorLog.NotScored(logger);
            }

            return New(image.Name, prepared.Screened, prepared.Error?.What, null, null);
        }

        try
        {
            float[][] logits = await Task.WhenAll(
                Members.Select(m => m.ScoreAsync(prepared.Pixels[m.Adapter.Preprocessing], cancellation))).ConfigureAwait(false);
            (float[] mean, float[]? deviations) = EnsemblePass.Average(logits, Findings.Count);
            return New(image.Name, prepared.Screened, null, mean, deviations);
        }
        catch (Exception e) when (e is not OperationCanceledException && _options.Logger is not null)
        {
            PredictorLog.Failed(_options.Logger, e);
            throw;
        }
    }

    private async Task<PreparedImage> PrepareAsync(ImageSource image, bool scoreAll, CancellationToken cancellation)
    {
        await _decoders.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            var preparation = new ImagePreparation(
                [.. Members.Select(m => m.Adapter.Preprocessing).Distinct()], Screen(scoreAll), _options.Codecs);
            return await Task.Run(() => preparation.Prepare(image), cancellation).ConfigureAwait(false);
        }
        finally
        {
            _decoders.Release();
        }
    }
}
