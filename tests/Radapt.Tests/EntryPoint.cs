using Radapt.Tests.Compute.Paths;

namespace Radapt.Tests;

/// <summary>The test executable: tests, or with the one argument <c>paths</c> the matrix of paths for PathMatrixTests.</summary>
internal static class EntryPoint
{
    public static async Task<int> Main(string[] args) => args is ["paths"] ? PathMatrix.Run()
        : args.Any(a => a is "--server" or "--internal-msbuild-node")
            ? await Xunit.MicrosoftTestingPlatform.TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions)
            : await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args);
}
