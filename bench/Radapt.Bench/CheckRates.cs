using System.Diagnostics;
using System.Text.Json.Nodes;
using Radapt.Benchmarks;
using Radapt.Compute;
using Radapt.Datasets.Checks;
using Radapt.Imaging;
using Radapt.Imaging.Dicom.Codecs;
using Radapt.Inference;

namespace Radapt.Bench;

/// <summary>
/// The rate of <c>data check</c> over that of reading and decoding the same files on as many threads; the two take turns. And the time that
/// near-duplicates
/// take in a set as large as ChestX-ray14, beside comparing all with all.
/// </summary>
internal sealed class CheckRates(string folder, CodecProcess codecs, Action<string> log)
{
    private const int LargeSet = 112_120; // images of ChestX-ray14
    private const int Bits = 20;

    private readonly string[] _files = [.. ImagePaths.Find([folder]).Paths];
    private readonly DecodingOptions _dicom = new(Codecs: codecs);

    /// <summary>Measures.</summary>
    public JsonObject Run(int turns)
    {
        (List<double> decoding, List<double> checking, List<double> processor) = ([], [], []);
        for (int turn = -1; turn < turns; turn++)
        {
            (double plain, double plainProcessor) = Seconds(Decode);
            (double check, double checkProcessor) = Seconds(
                () => DataCheck.Run(new DataCheckOptions { Images = _files, Decoding = _dicom }));
            if (turn >= 0) // files come from the disk the first time
            {
                decoding.Add(_files.Length / plain);
                checking.Add(_files.Length / check);
                processor.Add(plainProcessor / checkProcessor);
                log($"decoding {decoding[^1]:0.0}, check {checking[^1]:0.0} images/s; processor time of decoding over "
                    + $"that of the check {processor[^1]:0.000}");
            }
        }

        double ratio = Median.Compute([.. decoding.Zip(checking, (d, c) => c / d)]);
        log($"{_files.Length} files: {ratio:0.000} of the decoding rate");
        return new JsonObject
        {
            ["images"] = _files.Length,
            ["decoding.images_per_second"] = Median.Compute(decoding),
            ["check.images_per_second"] = Median.Compute(checking),
            ["ratio"] = ratio,
            ["ratio.processor_time"] = Median.Compute(processor), // other work on the machine does not count in it
            ["near_duplicates"] = Search(),
        };
    }

    private void Decode() => Parallel.ForEach(_files, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, file =>
    {
        try
        {
            RadiographReader.Read(file, _dicom);
        }
        catch (RadaptException)
        {
            // the check reports it; it takes its time in both
        }
    });

    // Hashes as alike as those of the folder: rows of the hash from one image or another, and a few bits changed.
    private JsonObject Search()
    {
        PictureHash[] real = [.. _files.Select(f => ImageFacts.Measure(f, _dicom)).Where(f => f.Error is null).Select(f => f.Picture)];
        var random = new KeyedRandom(1, RandomPurpose.Bootstrap);
        var hashes = new PictureHash[LargeSet];
        for (int i = 0; i < hashes.Length; i++)
        {
            hashes[i] = new PictureHash(
                real[random.NextInt32(real.Length)].A ^ Few(ref random), real[random.NextInt32(real.Length)].B ^ Few(ref random),
                real[random.NextInt32(real.Length)].C ^ Few(ref random), real[random.NextInt32(real.Length)].D ^ Few(ref random));
        }

        int found = 0;
        int compared = 0;
        (double indexed, _) = Seconds(() => found = NearDuplicates.Find(hashes, Bits).Count);
        (double all, _) = Seconds(() => compared = AllPairs(hashes));
        log($"near-duplicates of {LargeSet} hashes: {indexed:0.0} s, comparing all with all on one thread "
            + $"{all:0.0} s; {found} and {compared} pairs");
        return new JsonObject
        {
            ["images"] = LargeSet,
            ["seconds"] = indexed,
            ["all_pairs_seconds"] = all,
            ["pairs"] = found,
            ["all_pairs"] = compared,
        };
    }

    private static ulong Few(ref KeyedRandom random) =>
        random.NextUInt64() & random.NextUInt64() & random.NextUInt64() & random.NextUInt64();

    private static int AllPairs(PictureHash[] hashes)
    {
        int found = 0;
        for (int a = 0; a < hashes.Length; a++)
        {
            PictureHash hash = hashes[a];
            for (int b = 0; b < a; b++)
            {
                found += PictureHash.Distance(hash, hashes[b]) <= Bits ? 1 : 0;
            }
        }

        return found;
    }

    private static (double Wall, double Processor) Seconds(Action work)
    {
        TimeSpan before = Environment.CpuUsage.TotalTime;
        long start = Stopwatch.GetTimestamp();
        work();
        return (Stopwatch.GetElapsedTime(start).TotalSeconds, (Environment.CpuUsage.TotalTime - before).TotalSeconds);
    }
}
