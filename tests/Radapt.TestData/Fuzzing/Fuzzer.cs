using System.Diagnostics;
using System.Text.Json.Nodes;
using Radapt.Compute;
using Radapt.Datasets;
using Radapt.Datasets.Tables;
using Radapt.Imaging;
using Radapt.Imaging.Dicom;
using Radapt.Imaging.Dicom.Codecs;

namespace Radapt.TestData.Fuzzing;

/// <summary>
/// Feeds damaged files to the readers. Each must be read or refused by one clear line, in time, and all in a GiB. A file that does
/// otherwise is kept, with its number, and counts as a failure. Time is the processor's and the clock's, which takes in the decoding
/// processes; by the clock the fastest of three readings counts, since other work may hold up one.
/// </summary>
internal sealed class Fuzzer(long key, CodecProcess? codecs, Action<string> log)
{
    private const long MemoryLimit = 1L << 30;
    private const int LongestMessage = 1000;

    private readonly IReadOnlyList<FuzzSeed> _seeds = FuzzSeed.All();
    private readonly List<string> _failures = [];
    private readonly int[] _read = new int[Enum.GetValues<FuzzKind>().Length];
    private readonly int[] _refused = new int[Enum.GetValues<FuzzKind>().Length];
    private readonly long _memoryBefore = Environment.WorkingSet;
    private TimeSpan _longest;

    /// <summary>Time that a file may take; for a machine that does nothing else.</summary>
    public TimeSpan TimeLimit { get; init; } = TimeSpan.MaxValue;

    /// <summary>What went wrong, a line each.</summary>
    public IReadOnlyList<string> Failures => _failures;

    /// <summary>Reads this many damaged files.</summary>
    /// <param name="count">Files.</param>
    /// <param name="first">Number of the first; others have the numbers after it.</param>
    public JsonObject Run(long count, long first = 0)
    {
        string folder = Directory.CreateTempSubdirectory("radapt-fuzz-").FullName;
        try
        {
            for (long number = first; number < first + count; number++)
            {
                if (number % 10_000 == 0)
                {
                    log($"seed {key}, number {number}: {_failures.Count} failures, longest {_longest.TotalMilliseconds:0} "
                        + $"ms, peak {PeakMemory() >> 20} MiB");
                }

                Try(number, folder);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        if (PeakMemory() > MemoryLimit)
        {
            _failures.Add($"the process took {PeakMemory() >> 20} MiB");
        }

        return Report(count);
    }

    private void Try(long number, string folder)
    {
        var random = new KeyedRandom(key, RandomPurpose.Selection, number);
        FuzzSeed seed = _seeds[random.NextInt32(_seeds.Count)];
        byte[] bytes = FuzzMutation.Mutate(seed, _seeds[random.NextInt32(_seeds.Count)], key, number);
        (string? failure, TimeSpan processor, TimeSpan clock) = Once(seed, bytes, number, folder, counts: true);
        for (int again = 0; failure is null && clock > TimeLimit && again < 2; again++)
        {
            TimeSpan other = Once(seed, bytes, number, folder, counts: false).Clock;
            clock = other < clock ? other : clock;
        }

        TimeSpan taken = processor > clock ? processor : clock;
        _longest = taken > _longest ? taken : _longest;
        failure ??= taken > TimeLimit ? $"took {taken.TotalSeconds:0.0} s" : null;
        if (failure is not null)
        {
            string kept = Path.Combine(Path.GetTempPath(), $"radapt-fuzz-{key}-{number}-{seed.Name}");
            File.WriteAllBytes(kept, bytes);
            _failures.Add($"seed {key}, number {number} ({kept}): {failure}");
            log(_failures[^1]);
        }
    }

    private (string? Failure, TimeSpan Processor, TimeSpan Clock) Once(FuzzSeed seed, byte[] bytes, long number, string folder, bool counts)
    {
        TimeSpan before = Environment.CpuUsage.TotalTime;
        long start = Stopwatch.GetTimestamp();
        string? failure = null;
        try
        {
            Read(seed, bytes, number, folder);
            _read[(int)seed.Kind] += counts ? 1 : 0;
        }
        catch (RadaptException e)
        {
            _refused[(int)seed.Kind] += counts ? 1 : 0;
            failure = e.Message.Length is > 10 and <= LongestMessage && !e.Message.Contains('\n', StringComparison.Ordinal) ? null
                : $"message '{e.Message}'";
        }
#pragma warning disable CA1031 // whatever else is thrown is what is looked for
        catch (Exception e)
#pragma warning restore CA1031
        {
            failure = e.ToString().ReplaceLineEndings(" ");
        }

        return (failure, Environment.CpuUsage.TotalTime - before, Stopwatch.GetElapsedTime(start));
    }

    private void Read(FuzzSeed seed, byte[] bytes, long number, string folder)
    {
        switch (seed.Kind)
        {
            case FuzzKind.Dicom or FuzzKind.Image:
                string name = number % 5 == 0 ? "file" : seed.Name; // told by content alone
                RadiographReader.Read(bytes, name, new DecodingOptions((DicomScale)(number % 3), codecs));
                ImageHeader.Read(new MemoryStream(bytes), name);
                break;
            default:
                string file = Path.Combine(folder, seed.Name);
                File.WriteAllBytes(file, bytes);
                LabelRows.Read(file, Options(seed, number), [], withSplits: number % 2 == 0);
                break;
        }
    }

    // What fits the undamaged file, mostly.
    internal static DataOptions Options(FuzzSeed seed, long number)
    {
        bool isList = seed.Kind == FuzzKind.List;
        bool hasClasses = isList ? seed.Name.StartsWith("classes", StringComparison.Ordinal) != (number % 16 == 0) : number % 7 == 0;
        return new DataOptions
        {
            ClassLabels = isList && hasClasses,
            ClassColumn = !isList && hasClasses ? "class" : null,
            Findings = number % 3 != 0 ? [] : isList || hasClasses ? ["Effusion", "Cardiomegaly", "Nodule"] : ["Effusion", "Cardiomegaly"],
        };
    }

    private JsonObject Report(long count)
    {
        var result = new JsonObject
        {
            ["seed"] = key,
            ["mutations"] = count,
            ["failures"] = _failures.Count,
            ["longest_ms"] = Math.Round(_longest.TotalMilliseconds, 1),
            ["memory_before_mib"] = _memoryBefore >> 20,
            ["peak_memory_mib"] = PeakMemory() >> 20,
            ["native_codecs"] = codecs is not null,
        };
        foreach (FuzzKind kind in Enum.GetValues<FuzzKind>())
        {
            result[kind.ToString().ToLowerInvariant()] = new JsonObject { ["read"] = _read[(int)kind], ["refused"] = _refused[(int)kind] };
        }

        return result;
    }

    private static long PeakMemory()
    {
        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64;
    }
}
