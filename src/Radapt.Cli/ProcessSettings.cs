using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Radapt.Imaging;
using TorchSharp;

namespace Radapt.Cli;

/// <summary>Everything process-wide; the library sets none of it.</summary>
internal static partial class ProcessSettings
{
    private const string AllocatorVariable = "RADAPT_ALLOCATOR";

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
    public static string PrepareCompute()
    {
        ImageLibrary.Configure();
        ConfigureWaiting();
        return ConfigureAllocator();
    }

    /// <summary>Threads of the tensor kernels.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)] // its caller must not load the tensor library before the allocator is set
    public static void UseThreads(int threads) => torch.set_num_threads(threads);

    // Kernel threads that wait for each other by spinning take the cores from one another as soon as something else runs on the
    // machine: training a small model there goes 20 times as fast when they sleep. OpenMP reads the variable when it is loaded.
    private static void ConfigureWaiting()
    {
        if (OperatingSystem.IsLinux() && Environment.GetEnvironmentVariable("OMP_WAIT_POLICY") is null)
        {
            try
            {
                _ = SetEnvironment("OMP_WAIT_POLICY", "PASSIVE", 0); // .NET's own setter does not reach native code
            }
            catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
            {
                // another C library: its threads wait as they do
            }
        }
    }

    // A tensor's memory goes back to the system and comes again as zeroed pages with every large temporary, unless the C library
    // keeps it: GELU on 3152 x 3072 takes 27 ms with the standard settings and 2.6 ms with these.
    private static string ConfigureAllocator()
    {
        const string standard = "allocator: the system's";
        if (Environment.GetEnvironmentVariable(AllocatorVariable) == "system")
        {
            return $"{standard} ({AllocatorVariable}=system)";
        }

        if (!OperatingSystem.IsLinux())
        {
            return standard;
        }

        try
        {
            bool set = MallOpt(-4, 0) != 0 // M_MMAP_MAX: no block gets pages of its own
                & MallOpt(-1, int.MaxValue) != 0 // M_TRIM_THRESHOLD: freed pages stay
                & MallOpt(-2, 256 << 20) != 0; // M_TOP_PAD: the heap grows by 256 MiB
            return set ? $"allocator: glibc, freed memory is kept ({AllocatorVariable}=system turns this off)" : standard;
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            return standard; // another C library, such as musl
        }
    }

    [LibraryImport("libc.so.6", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);

    [LibraryImport("libc.so.6", EntryPoint = "mallopt")]
    private static partial int MallOpt(int parameter, int value);
}
