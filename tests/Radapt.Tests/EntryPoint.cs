using Radapt.Tests.Compute.Paths;
using Radapt.Tests.Training;

namespace Radapt.Tests;

/// <summary>The test executable: tests, or with one argument what a test runs in a process of its own.</summary>
internal static class EntryPoint
{
    // Tests wait for processes that write; with a thread for each core, lines would be read seconds after they were written.
    private const int Threads = 32;

    public static async Task<int> Main(string[] args)
    {
        ThreadPool.SetMinThreads(Threads, Threads);
        return await Run(args);
    }

    private static async Task<int> Run(string[] args) => args is ["paths"] ? PathMatrix.Run()
        : args is [TrainingMemoryTests.Argument] ? TrainingMemoryTests.Measure()
        : args.Any(a => a is "--server" or "--internal-msbuild-node")
            ? await Xunit.MicrosoftTestingPlatform.TestPlatformTestFramework.RunAsync(args,
                SelfRegisteredExtensions.AddSelfRegisteredExtensions)
            : await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args);
}
