using System.Diagnostics;
using System.Text.Json.Nodes;
using Radapt.Batching;
using Radapt.Benchmarks;
using Radapt.Compute;
using Radapt.Datasets;
using Radapt.Imaging;
using TorchSharp;

namespace Radapt.Bench;

/// <summary>
/// What loading costs a training that goes on at the same time: images/s of the LoRA step on ready tensors, on images from the disk
/// cache and on files decoded as it goes; the three take turns. And images/s of the loader alone.
/// </summary>
internal sealed class LoadingComparison(string folder, BenchmarkOptions options, ComputePlan plan, Action<string> log)
{
    private const int Untimed = 4; // steps at the beginning of a turn: more than were prefetched while others had theirs

    private readonly LabelledImages _images = new(
        [.. Enumerable.Range(0, options.Findings).Select(f => $"{f}")],
        [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Where(f => Path.GetExtension(f).ToUpperInvariant() is ".PNG" or ".JPG" or ".JPEG").Order(StringComparer.Ordinal)
            .Select((path, i) => new LabelledImage($"{i}", path, null, new sbyte[options.Findings]))]);

    /// <summary>Measures in this process.</summary>
    /// <param name="turns">Turns of each.</param>
    /// <param name="steps">Timed steps a turn.</param>
    public JsonObject Run(int turns, int steps)
    {
        string cache = Path.Combine(Path.GetTempPath(), $"radapt-bench-{Guid.NewGuid():N}");
        try
        {
            log($"{_images.Items.Count} files in {folder}");
            var result = new JsonObject { ["precision"] = plan.Precision, ["loader"] = Loader(cache) };
            log(result["loader"]!.ToJsonString());
            result["train.lora"] = Training(cache, turns, steps);
            return result;
        }
        finally
        {
            Directory.Delete(cache, recursive: true);
        }
    }

    private JsonObject Loader(string cache)
    {
        ImageBatches live = Batches(null);
        Epoch(live, 0); // files come from the disk the first time
        var figures = new JsonObject { ["live"] = Epoch(live, 1), ["filling_cache"] = Epoch(Batches(new DiskCache(cache)), 0) };
        ImageBatches cached = Batches(new DiskCache(cache));
        figures["cached_first_epoch"] = Epoch(cached, 0); // reads the files, too, to know their content
        figures["cached"] = Epoch(cached, 1);
        return figures;
    }

    private JsonObject Training(string cache, int turns, int steps)
    {
        using var session = new StepSession(BenchmarkedStep.TrainLora, options, plan);
        (string Name, IEnumerator<ImageBatch>? Source, List<double> Rates)[] contestants =
        [
            ("ready", null, []), ("cached", Endless(new DiskCache(cache)).GetEnumerator(), []), ("live", Endless(null).GetEnumerator(), []),
        ];
        for (int turn = 0; turn < turns; turn++)
        {
            foreach ((string name, IEnumerator<ImageBatch>? source, List<double> rates) in contestants)
            {
                Steps(session, source, Untimed);
                long start = Stopwatch.GetTimestamp();
                Steps(session, source, steps);
                rates.Add(steps * options.BatchSize / Stopwatch.GetElapsedTime(start).TotalSeconds);
                log($"turn {turn + 1}: {name} {rates[^1]:0.00} images/s");
            }
        }

        double ready = Median.Compute(contestants[0].Rates);
        var figures = new JsonObject();
        foreach ((string name, IEnumerator<ImageBatch>? source, List<double> rates) in contestants)
        {
            source?.Dispose();
            figures[name] = new JsonObject
            {
                ["images_per_second"] = Median.Compute(rates),
                ["over_ready"] = Median.Compute(rates) / ready,
            };
        }

        return figures;
    }

    private static void Steps(StepSession session, IEnumerator<ImageBatch>? source, int steps)
    {
        for (int i = 0; i < steps; i++)
        {
            if (source is null)
            {
                session.Step();
                continue;
            }

            source.MoveNext();
            using ImageBatch batch = source.Current;
            using torch.Tensor images = session.Classifier.ToTensor(batch);
            session.Step(images);
        }
    }

    private IEnumerable<ImageBatch> Endless(DiskCache? cache)
    {
        ImageBatches batches = Batches(cache);
        for (int epoch = 0; ; epoch++)
        {
            foreach (ImageBatch batch in batches.Training(Augmentation.CropFlip, options.Seed, epoch))
            {
                yield return batch;
            }
        }
    }

    // Beside the rate the processor time, which other work on the machine changes less.
    private JsonObject Epoch(ImageBatches batches, int epoch)
    {
        long start = Stopwatch.GetTimestamp();
        TimeSpan cpu = Environment.CpuUsage.TotalTime;
        int read = 0;
        foreach (ImageBatch batch in batches.Training(Augmentation.CropFlip, options.Seed, epoch))
        {
            read += batch.Count;
            batch.Dispose();
        }

        return new JsonObject
        {
            ["images_per_second"] = read / Stopwatch.GetElapsedTime(start).TotalSeconds,
            ["cpu_ms_per_image"] = (Environment.CpuUsage.TotalTime - cpu).TotalMilliseconds / read,
        };
    }

    private ImageBatches Batches(DiskCache? cache)
    {
        int side = options.Backbone.ImageSize;
        return new ImageBatches(_images, new Preprocessing(side, side, 0.5, 0.25), options.BatchSize, options.LoaderThreads,
            cacheBytes: 0, cache);
    }
}
