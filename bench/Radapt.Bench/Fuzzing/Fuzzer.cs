using System.Diagnostics;
using System.Text.Json.Nodes;
using Radapt.Compute;
using Radapt.Datasets;
using Radapt.Imaging;
using Radapt.Imaging.Dicom;
using Radapt.Imaging.Dicom.Codecs;

namespace Radapt.Bench.Fuzzing;

/// <summary>
/// Feeds damaged files to the readers. Each must be read or refused by one clear line, in two seconds of processor time, and all in a GiB.
/// A file that does otherwise is kept, with its number, and counts as a failure.
/// </summary>
internal sealed class Fuzzer(long key, CodecProcess? codecs, Action<string> log)
{
    private const long MemoryLimit = 1L << 30;
    private const int LongestMessage = 1000;
    private static readonly TimeSpan s_timeLimit = TimeSpan.FromSeconds(2);

    private readonly IReadOnlyList<FuzzSeed> _seeds = FuzzSeed.All();
    private readonly List<string> _failures = [];
    private readonly int[] _read = new int[Enum.GetValues<FuzzKind>().Length];
    private readonly int[] _refused = new int[Enum.GetValues<FuzzKind>().Length];
    private readonly long _memoryBefore = Environment.WorkingSet;
    private TimeSpan _longest;

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
                    log($"seed {key}, number {number}: {_failures.Count} failures, longest {_longest.TotalMilliseconds:0} ms, peak {PeakMemory() >> 20} MiB");
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
        byte[] bytes = FuzzMutation.Of(seed, _seeds[random.NextInt32(_seeds.Count)], key, number);
        TimeSpan before = Environment.CpuUsage.TotalTime;
        string? failure = null;
        try
        {
            Read(seed, bytes, number, folder);
            _read[(int)seed.Kind]++;
        }
        catch (RadaptException e)
        {
            _refused[(int)seed.Kind]++;
            failure = e.Message.Length is > 10 and <= LongestMessage && !e.Message.Contains('\n', StringComparison.Ordinal) ? null : $"message '{e.Message}'";
        }
#pragma warning disable CA1031 // whatever else is thrown is what is looked for
        catch (Exception e)
#pragma warning restore CA1031
        {
            failure = e.ToString().ReplaceLineEndings(" ");
        }

        TimeSpan taken = Environment.CpuUsage.TotalTime - before;
        _longest = taken > _longest ? taken : _longest;
        failure ??= taken > s_timeLimit ? $"took {taken.TotalSeconds:0.0} s" : null;
        if (failure is not null)
        {
            string kept = Path.Combine(Path.GetTempPath(), $"radapt-fuzz-{key}-{number}-{seed.Name}");
            File.WriteAllBytes(kept, bytes);
            _failures.Add($"seed {key}, number {number} ({kept}): {failure}");
            log(_failures[^1]);
        }
    }

    private void Read(FuzzSeed seed, byte[] bytes, long number, string folder)
    {
        switch (seed.Kind)
        {
            case FuzzKind.Dicom or FuzzKind.Image:
                string name = number % 5 == 0 ? "file" : seed.Name; // told by content alone
                RadiographReader.Read(bytes, name, new DicomOptions((DicomScale)(number % 3), codecs));
                ImageHeader.Read(new MemoryStream(bytes), name);
                break;
            default:
                string file = Path.Combine(folder, seed.Name);
                File.WriteAllBytes(file, bytes);
                var options = new DataOptions
                {
                    ClassLabels = seed.Kind == FuzzKind.List && number % 2 == 0,
                    Findings = number % 3 == 0 ? ["Effusion", "Cardiomegaly", "Nodule"] : [],
                    ClassColumn = seed.Kind == FuzzKind.Table && number % 7 == 0 ? "age" : null,
                };
                LabelRows.Read(file, options, [], withSplits: number % 2 == 0);
                break;
        }
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
