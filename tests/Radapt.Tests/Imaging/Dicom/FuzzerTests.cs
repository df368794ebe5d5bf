using Radapt.Bench.Fuzzing;

namespace Radapt.Tests.Imaging.Dicom;

/// <summary>A short run of <c>bench/Radapt.Bench --fuzz</c>; docs/formats.md has the long one.</summary>
public sealed class FuzzerTests(DecodingProcesses processes) : IClassFixture<DecodingProcesses>
{
    [Fact]
    public void Run_DamagedFilesOfEveryKind_AreReadOrRefused()
    {
        var fuzzer = new Fuzzer(key: 1, processes.Codecs, _ => { });
        var report = fuzzer.Run(4000);
        // Peak memory is that of all tests before: the long run, in a process of its own, measures it.
        Assert.DoesNotContain(fuzzer.Failures, f => !f.StartsWith("the process took", StringComparison.Ordinal));
        foreach (string kind in new[] { "dicom", "image", "table", "list" })
        {
            Assert.InRange((int)report[kind]!["read"]!, 20, 4000);
            Assert.InRange((int)report[kind]!["refused"]!, 20, 4000);
        }
    }

    [Fact]
    public void Of_SameNumber_GivesTheSameFile()
    {
        IReadOnlyList<FuzzSeed> seeds = FuzzSeed.All();
        for (int i = 0; i < 100; i++)
        {
            FuzzSeed seed = seeds[i % seeds.Count];
            Assert.Equal(FuzzMutation.Of(seed, seeds[0], 5, i), FuzzMutation.Of(seed, seeds[0], 5, i));
        }

        Assert.NotEqual(FuzzMutation.Of(seeds[0], seeds[1], 5, 1), FuzzMutation.Of(seeds[0], seeds[1], 5, 2));
    }
}
