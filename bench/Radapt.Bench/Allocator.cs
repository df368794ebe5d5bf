using System.Runtime.InteropServices;

namespace Radapt.Bench;

/// <summary>The allocator settings of Radapt's command line.</summary>
internal static partial class Allocator
{
    /// <summary>glibc keeps freed memory instead of returning it to the system after every large temporary; nothing elsewhere than on Linux.</summary>
    public static void KeepFreedMemory()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        try
        {
            _ = MallOpt(-4, 0);            // M_MMAP_MAX
            _ = MallOpt(-1, int.MaxValue); // M_TRIM_THRESHOLD
            _ = MallOpt(-2, 256 << 20);    // M_TOP_PAD
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            // another C library
        }
    }

    [LibraryImport("libc.so.6", EntryPoint = "mallopt")]
    private static partial int MallOpt(int parameter, int value);
}
