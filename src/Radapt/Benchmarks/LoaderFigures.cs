using Radapt.Batching;
using Radapt.Datasets;
using Radapt.Datasets.Phantoms;
using Radapt.Imaging;

namespace Radapt.Benchmarks;

/// <summary>How fast training batches are made, without a model that takes them.</summary>
/// <param name="LiveImagesPerSecond">From PNG files: read, decoded, cropped, resized, flipped, normalised.</param>
/// <param name="CachedImagesPerSecond">The same with the decoded images in memory.</param>
/// <param name="Threads">Threads that decode.</param>
/// <param name="FileSide">Side of the files in pixels.</param>
internal sealed record LoaderFigures(double LiveImagesPerSecond, double CachedImagesPerSecond, int Threads, int FileSide)
{
    private const int CachedEpochs = 5;

    /// <summary>Writes phantoms into a temporary folder, passes over them and removes them.</summary>
    /// <exception cref="RadaptException">The folder cannot be written.</exception>
    internal static LoaderFigures Measure(BenchmarkOptions options, CancellationToken cancellation)
    {
        string folder = Path.Combine(Path.GetTempPath(), $"radapt-bench-{Guid.NewGuid():N}");
        try
        {
            PhantomSet.Write(folder, new PhantomOptions
            {
                Count = options.LoaderImages,
                Size = options.LoaderImageSide,
                Seed = options.Seed,
                Masks = false,
            }, cancellation: cancellation);
            var items = Directory.EnumerateFiles(Path.Combine(folder, "images")).Order(StringComparer.Ordinal)
                .Select(path => new LabelledImage(Path.GetFileName(path), path, null, [0])).ToList();
            int size = options.Backbone.ImageSize;
            var images = new LabelledImages(["Effusion"], items);
            ImageBatches Batches(long cacheBytes) =>
                new(images, new Preprocessing(size, size, 0.5, 0.25), options.BatchSize, options.LoaderThreads, cacheBytes);

            ImageBatches live = Batches(0);
            Epoch(live, 0); // the files come from the disk the first time
            double liveRate = Rate(live, 1);
            ImageBatches cached = Batches(ImageBatches.DefaultCacheBytes);
            Epoch(cached, 0);
            return new LoaderFigures(liveRate, Rate(cached, CachedEpochs), options.LoaderThreads, options.LoaderImageSide);
        }
        finally
        {
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }
        }

        double Rate(ImageBatches batches, int epochs) => 1 / Median.Compute(Enumerable.Range(1, epochs).Select(epoch =>
        {
            long start = System.Diagnostics.Stopwatch.GetTimestamp();
            int read = Epoch(batches, epoch);
            return System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalSeconds / read;
        }));

        int Epoch(ImageBatches batches, int epoch)
        {
            int read = 0;
            foreach (ImageBatch batch in batches.Training(Augmentation.CropFlip, options.Seed, epoch, cancellation: cancellation))
            {
                read += batch.Count;
                batch.Dispose();
            }

            return read;
        }
    }
}
