using System.Runtime.InteropServices;

namespace Radapt.Batching;

/// <summary>
/// Loader threads give way to the threads of the tensor kernels: these wait for one another at the end of every operation, so that a
/// moment taken from one of them costs all. Loaders work in the gaps, and freely while training waits for a batch.
/// </summary>
internal static partial class LoaderPriority
{
    private const int Process = 0; // PRIO_PROCESS; Linux takes it for the one thread that who = 0 stands for
    private const int Nice = 10;

    /// <summary>Lowers the calling thread, and no other.</summary>
    public static void Lower()
    {
        Thread.CurrentThread.Priority = ThreadPriority.BelowNormal; // .NET ignores this on Linux
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        try
        {
            if (GetPriority(Process, 0) < Nice) // a process that gives way more already stays as it is
            {
                _ = SetPriority(Process, 0, Nice);
            }
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            // another C library: it goes on as it is
        }
    }

    [LibraryImport("libc", EntryPoint = "getpriority")]
    private static partial int GetPriority(int which, uint who);

    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, uint who, int priority);
}
