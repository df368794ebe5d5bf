using Radapt.Datasets;
using Radapt.Imaging;
using Radapt.Imaging.Dicom.Codecs;

namespace Radapt.Batching;

/// <summary>
/// Labelled images as batches for training epochs and for evaluation. The number of threads and the cache never change a batch.
/// </summary>
internal sealed class ImageBatches
{
    /// <summary>Memory for decoded images unless told otherwise: 512 MiB, some 8,000 images of 256 x 256.</summary>
    public const long DefaultCacheBytes = 512L << 20;

    private const int Prefetch = 3;

    private readonly LabelledImages _images;
    private readonly Preprocessing _preprocessing;
    private readonly int _askedBatchSize;
    private readonly int _batchSize; // no more than there are images
    private readonly int _threads;
    private readonly RadiographCache _cache;
    private readonly FeatureFile? _features;

    /// <summary>Binds images to how they are prepared.</summary>
    /// <param name="images">The images; without findings for prediction.</param>
    /// <param name="preprocessing">What the network expects.</param>
    /// <param name="batchSize">Images a batch; at least 1.</param>
    /// <param name="threads">Threads that decode; at least 1.</param>
    /// <param name="cacheBytes">Memory for decoded images, which stay for later passes; 0: none.</param>
    /// <param name="disk">Decoded images on disk; null: none.</param>
    /// <param name="codecs">Where JPEG-LS and JPEG 2000 are decoded; null: nowhere.</param>
    public ImageBatches(
        LabelledImages images, Preprocessing preprocessing, int batchSize, int threads, long cacheBytes = DefaultCacheBytes,
            DiskCache? disk = null,
        CodecProcess? codecs = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batchSize);
        _images = images;
        _preprocessing = preprocessing;
        _askedBatchSize = batchSize;
        _batchSize = BatchSizeOf(batchSize, images);
        _threads = threads;
        _cache = new RadiographCache(cacheBytes, disk, preprocessing.Decoding(codecs));
    }

    private ImageBatches(ImageBatches batches, LabelledImages images, FeatureFile? features)
    {
        (_images, _preprocessing, _askedBatchSize, _threads, _cache, _features) =
            (images, batches._preprocessing, batches._askedBatchSize, batches._threads, batches._cache, features);
        _batchSize = BatchSizeOf(_askedBatchSize, images);
        (Flips, LeastCropScale, Doubts, Screen) = (batches.Flips, batches.LeastCropScale, batches.Doubts, batches.Screen);
    }

    /// <summary>The images.</summary>
    public LabelledImages Images => _images;

    /// <summary>Lines on files that were decoded so far, such as windows that cannot be used.</summary>
    public IReadOnlyList<string> Remarks => _cache.Remarks;

    /// <summary>Augmentation may mirror images.</summary>
    public bool Flips { get; init; } = true;

    /// <summary>Least share of an image's area that random crops have.</summary>
    public double LeastCropScale { get; init; } = RandomResizedCrop.StandardLeastScale;

    /// <summary>Looks at every image that is decoded; null: nobody does.</summary>
    public PictureDoubts? Doubts { get; init; }

    /// <summary>Keeps images out that a model must not be asked about: their values are zero. Null: none is kept out.</summary>
    public ImageScreen? Screen { get; init; }

    /// <summary>Most images a batch.</summary>
    public int BatchSize => _batchSize;

    /// <summary>Batches of an evaluation pass; the last may be smaller.</summary>
    public int EvaluationBatches => (_images.Items.Count + _batchSize - 1) / _batchSize;

    /// <summary>Batches of a training epoch: a last, smaller one is dropped where there is a full one.</summary>
    public int BatchesPerEpoch => _images.Items.Count / _batchSize;

    /// <summary>The same batches with features in place of pixels; nothing is decoded, and no augmentation applies.</summary>
    public ImageBatches WithFeatures(FeatureFile features) => new(this, _images, features);

    /// <summary>Batches of other images, prepared alike; both share the images in memory.</summary>
    public ImageBatches WithImages(LabelledImages images) => new(this, images, null);

    /// <summary>The batches of a training epoch, shuffled and augmented by (seed, epoch, image). Unreadable images end it.</summary>
    /// <param name="augmentation">The training transform.</param>
    /// <param name="seed">The run's seed.</param>
    /// <param name="epoch">From 0.</param>
    /// <param name="startBatch">Batches to skip, when resuming within an epoch.</param>
    /// <param name="cancellation">Ends the pass.</param>
    /// <param name="isOwn">Which batches are read, by their numbers in the epoch; null: all.</param>
    /// <exception cref="RadaptException">An image cannot be read.</exception>
    public IEnumerable<ImageBatch> Training(
        Augmentation augmentation, long seed, int epoch, int startBatch = 0, Predicate<int>? isOwn = null,
        CancellationToken cancellation = default) =>
        Read(
            [.. Order(seed, epoch).Index().Skip(startBatch).Where(b => isOwn?.Invoke(b.Index) ?? true).Select(b => b.Item)],
            UnreadableImages.Throw,
            (image, item, pixels) => TrainingTransform.Apply(
                image, _preprocessing, augmentation, seed, epoch, item, pixels, Flips, LeastCropScale),
            cancellation);

    /// <summary>Known labels in some consecutive batches of a training epoch.</summary>
    /// <param name="seed">The run's seed.</param>
    /// <param name="epoch">From 0.</param>
    /// <param name="firstBatch">The first of the batches.</param>
    /// <param name="batches">How many; fewer where the epoch ends.</param>
    public int KnownLabels(long seed, int epoch, int firstBatch, int batches) =>
        Order(seed, epoch).Skip(firstBatch).Take(batches).Sum(b => b.Sum(item => _images.Items[item].Labels.Count(l => l >= 0)));

    /// <summary>All images in their order, prepared for evaluation.</summary>
    /// <param name="unreadable">What becomes of images that cannot be read.</param>
    /// <param name="cancellation">Ends the pass.</param>
    /// <param name="isOwn">Which batches are read, by their numbers; null: all.</param>
    /// <exception cref="RadaptException">An image cannot be read and that is to be thrown.</exception>
    public IEnumerable<ImageBatch> Evaluation(UnreadableImages unreadable = UnreadableImages.Throw,
        Predicate<int>? isOwn = null, CancellationToken cancellation = default) =>
        Read(
            [.. EpochOrder.Evaluation(_images.Items.Count, _batchSize).Index().Where(b => isOwn?.Invoke(b.Index) ?? true)
                .Select(b => b.Item)],
            unreadable,
            (image, _, pixels) => EvaluationTransform.Apply(image, _preprocessing, pixels),
            cancellation);

    /// <summary>Decodes every image once, in their order, which fills the caches.</summary>
    /// <param name="doubts">Looks at them.</param>
    /// <param name="cancellation">Ends the pass.</param>
    /// <returns>For every image, as they are ready: why it cannot be read; null: it can.</returns>
    public IEnumerable<RadaptException?> Decode(PictureDoubts doubts, CancellationToken cancellation)
    {
        var loader = new BatchLoader<RadaptException?[]>(() => new RadaptException?[_batchSize], Fill, _threads, Prefetch);
        foreach (BatchLease<RadaptException?[]> lease in loader.Read(EpochOrder.Evaluation(_images.Items.Count, _batchSize), cancellation))
        {
            RadaptException?[] errors;
            using (lease)
            {
                errors = lease.Batch[..lease.Items.Count];
            }

            foreach (RadaptException? error in errors)
            {
                yield return error;
            }
        }

        void Fill(RadaptException?[] errors, int slot, int item)
        {
            errors[slot] = null;
            LabelledImage image = _images.Items[item];
            try
            {
                doubts.Add(image, _cache.Get(image.Path));
            }
            catch (RadaptException e)
            {
                errors[slot] = e.At(image.Shown);
            }
        }
    }

    private static int BatchSizeOf(int asked, LabelledImages images) => Math.Min(asked, Math.Max(1, images.Items.Count));

    // The order of the last epoch asked for is kept: every update asks for it.
    private IReadOnlyList<int[]> Order(long seed, int epoch)
    {
        if (_order is not { } known || known.Seed != seed || known.Epoch != epoch)
        {
            _order = known = (seed, epoch, EpochOrder.Training(_images.Items.Count, _batchSize, seed, epoch));
        }

        return known.Batches;
    }

    private IEnumerable<ImageBatch> Read(
        IReadOnlyList<int[]> batches, UnreadableImages unreadable, Transform transform, CancellationToken cancellation)
    {
        int findings = _images.Findings.Count;
        IReadOnlyList<int> shape = _features?.Shape ?? [1, _preprocessing.ImageSize, _preprocessing.ImageSize];
        int length = shape.Aggregate((a, b) => a * b);
        var loader = new BatchLoader<ImageBatch>(
            () => new ImageBatch(_batchSize, shape, findings, _features?.FirstBlock), Fill, _threads, Prefetch);
        return loader.Read(batches, cancellation).Select(ImageBatch.From);

        void Fill(ImageBatch batch, int slot, int item)
        {
            LabelledImage labelled = _images.Items[item];
            Span<float> values = batch.Values.AsSpan(slot * length, length);
            batch.Items[slot] = item;
            batch.Errors[slot] = null;
            for (int f = 0; f < findings; f++)
            {
                batch.Labels[(slot * findings) + f] = labelled.Labels[f];
            }

            if (_features is not null)
            {
                _features.Read(item, values);
                return;
            }

            ScreenedImage? screened = Screen?.Header(labelled.Path);
            batch.Screened[slot] = screened;
            if (screened?.Refusal is not null && !Screen!.KeepsRefused)
            {
                values.Clear();
                return;
            }

            try
            {
                Radiograph image = _cache.Get(labelled.Path);
                screened = screened is null ? null : Screen!.Pixels(screened, image);
                batch.Screened[slot] = screened;
                if (screened?.Refusal is null || Screen!.KeepsRefused)
                {
                    Doubts?.Add(labelled, image); // a refused image is reported as such
                }

                transform(image, item, values);
            }
            catch (RadaptException e)
            {
                RadaptException shown = labelled.Reported(e);
                if (unreadable == UnreadableImages.Throw)
                {
                    throw shown;
                }

                values.Clear();
                batch.Errors[slot] = shown;
            }
        }
    }

    private (long Seed, int Epoch, IReadOnlyList<int[]> Batches)? _order;

    private delegate void Transform(Radiograph image, int item, Span<float> pixels);
}
