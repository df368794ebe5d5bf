using System.Globalization;
using Radapt.Datasets.Tables;
using Radapt.Imaging;
using Radapt.Imaging.Dicom;
using Radapt.TestData.Fuzzing;

namespace Radapt.Tests.Imaging.Dicom;

/// <summary>
/// A short run of <c>bench/Radapt.Bench --fuzz</c>; docs/data.md has the long one. RADAPT_FUZZ says how many files, to measure coverage
/// with.
/// </summary>
public sealed class FuzzerTests(DecodingProcesses processes) : IClassFixture<DecodingProcesses>
{
    [Fact]
    public void Run_DamagedFilesOfEveryKind_AreReadOrRefused()
    {
        var fuzzer = new Fuzzer(key: 1, processes.Codecs, _ => { });
        long count = long.TryParse(Environment.GetEnvironmentVariable("RADAPT_FUZZ"), CultureInfo.InvariantCulture, out long asked)
            && asked >= 4000 ? asked : 4000;
        var report = fuzzer.Run(count);
        // Peak memory is that of all tests before: the long run, in a process of its own, measures it.
        Assert.DoesNotContain(fuzzer.Failures, f => !f.StartsWith("the process took", StringComparison.Ordinal));
        foreach (string kind in new[] { "dicom", "image", "table", "list" })
        {
            Assert.InRange((int)report[kind]!["read"]!, 20, count);
            Assert.InRange((int)report[kind]!["refused"]!, 20, count);
        }
    }

    /// <summary>A file that is refused as it is would lead no damage beyond that refusal.</summary>
    [Fact]
    public void All_ImagesUndamaged_AreRead()
    {
        foreach (FuzzSeed seed in FuzzSeed.All().Where(s => s.Kind is FuzzKind.Dicom or FuzzKind.Image))
        {
            Radiograph image = RadiographReader.Read(seed.Bytes, seed.Name, new DecodingOptions(DicomScale.Voi, processes.Codecs));
            Assert.True(image.Pixels.Distinct().Count() > 1, seed.Name);
        }
    }

    [Fact]
    public void All_TablesUndamaged_AreRead()
    {
        using var folder = new TemporaryFolder();
        foreach (FuzzSeed seed in FuzzSeed.All().Where(s => s.Kind is FuzzKind.Table or FuzzKind.List))
        {
            File.WriteAllBytes(folder[seed.Name], seed.Bytes);
            for (long number = 1; number <= 15; number++) // every 16th asks for what the file does not hold
            {
                Assert.NotEmpty(LabelRows.Read(folder[seed.Name], Fuzzer.Options(seed, number), [], withSplits: number % 2 == 0).Rows);
            }
        }
    }

    [Fact]
    public void Of_SameNumber_GivesTheSameFile()
    {
        IReadOnlyList<FuzzSeed> seeds = FuzzSeed.All();
        for (int i = 0; i < 100; i++)
        {
            FuzzSeed seed = seeds[i % seeds.Count];
            Assert.Equal(FuzzMutation.Mutate(seed, seeds[0], 5, i), FuzzMutation.Mutate(seed, seeds[0], 5, i));
        }

        Assert.NotEqual(FuzzMutation.Mutate(seeds[0], seeds[1], 5, 1), FuzzMutation.Mutate(seeds[0], seeds[1], 5, 2));
    }
}
