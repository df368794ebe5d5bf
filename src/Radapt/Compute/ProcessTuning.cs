using System.Runtime.InteropServices;
using TorchSharp;

namespace Radapt.Compute;

/// <summary>
/// Settings of the whole process that tensor kernels are fast with. Waiting is the one that the library sets by itself; the others are for
/// whoever owns the process.
/// </summary>
internal static partial class ProcessTuning
{
    private const string WaitVariable = "OMP_WAIT_POLICY";
    private const string AllocatorVariable = "RADAPT_ALLOCATOR";
    private static readonly Lock s_lock = new();
    private static bool s_isDone;

    /// <summary>What the allocator is, once it is known.</summary>
    public static string Allocator { get; private set; } = "allocator: the system's";

    /// <summary>
    /// Before the first tensor, loads the tensor library. Kernel threads that wait for each other by spinning take the cores from one
    /// another as soon as something else runs on the machine, and 100 predictions take 15 seconds instead of 1. They sleep unless the
    /// variable says otherwise. OpenMP reads it when it is loaded, so this does nothing once it is.
    /// </summary>
    /// <exception cref="RadaptException">The tensor library is missing, or not made for this system.</exception>
    public static void BeforeTensors()
    {
        LetKernelThreadsSleep();
        NativeLibraries.RequireTensors();
    }

    /// <summary>The first half of <see cref="BeforeTensors"/>, which loads nothing.</summary>
    public static void LetKernelThreadsSleep()
    {
        lock (s_lock)
        {
            if (s_isDone || !OperatingSystem.IsLinux() || Environment.GetEnvironmentVariable(WaitVariable) is not null || IsOpenMpLoaded())
            {
                s_isDone = true;
                return;
            }

            s_isDone = true;
            try
            {
                _ = SetEnvironment(WaitVariable, "PASSIVE", 0); // .NET's own setter does not reach native code
            }
            catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
            {
                // another C library: its threads wait as they do
            }
        }
    }

    /// <summary>
    /// A tensor's memory goes back to the system and comes again as zeroed pages with every large temporary, unless the C library keeps
    /// it: GELU on 3152 x 3072 takes 27 ms with the standard settings and 2.6 ms with these. The process holds more memory for it.
    /// </summary>
    /// <returns>A line that says which allocator is in use.</returns>
    public static string KeepFreedMemory()
    {
        const string Standard = "allocator: the system's";
        if (Environment.GetEnvironmentVariable(AllocatorVariable) == "system")
        {
            return Allocator = $"{Standard} ({AllocatorVariable}=system)";
        }

        if (!OperatingSystem.IsLinux())
        {
            return Allocator = Standard;
        }

        try
        {
            bool set = MallOpt(-4, 0) != 0 // M_MMAP_MAX: no block gets pages of its own
                & MallOpt(-1, int.MaxValue) != 0 // M_TRIM_THRESHOLD: freed pages stay
                & MallOpt(-2, 256 << 20) != 0; // M_TOP_PAD: the heap grows by 256 MiB
            return Allocator = set ? $"allocator: glibc, freed memory is kept ({AllocatorVariable}=system turns this off)" : Standard;
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            return Allocator = Standard; // another C library, such as musl
        }
    }

    /// <summary>Threads of the tensor library's kernels, in the whole process.</summary>
    public static void UseThreads(int threads) => torch.set_num_threads(threads);

    private static bool IsOpenMpLoaded()
    {
        try
        {
            return File.ReadLines("/proc/self/maps").Any(l => l.Contains("libgomp", StringComparison.Ordinal)
                || l.Contains("libtorch_cpu", StringComparison.Ordinal));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }

    [LibraryImport("libc.so.6", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);

    [LibraryImport("libc.so.6", EntryPoint = "mallopt")]
    private static partial int MallOpt(int parameter, int value);
}
