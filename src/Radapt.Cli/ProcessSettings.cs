using System.Globalization;
using System.Text;
using Radapt.Hosting;

namespace Radapt.Cli;

/// <summary>Everything process-wide; the library sets none of it.</summary>
internal static class ProcessSettings
{
    /// <summary>Culture and console encoding; at the start of every command.</summary>
    public static void Apply()
    {
        CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        if (OperatingSystem.IsWindows())
        {
            // elsewhere it is UTF-8, or what the locale asks for
            Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        }
    }

    /// <summary>Before the first tensor and the first image of commands that have any.</summary>
    /// <returns>A line that says which allocator is in use.</returns>
    public static string PrepareCompute() => RadaptRuntime.Configure();

    /// <summary>Threads of the tensor kernels.</summary>
    public static void UseThreads(int threads) => RadaptRuntime.UseThreads(threads);
}
