using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Radapt.Compute;

/// <summary>What the machine offers; read, never changed.</summary>
internal sealed record Machine(int PhysicalCores, int LogicalCores, string Processor)
{
    /// <summary>
    /// This machine. Where physical cores cannot be told, half of the logical ones are assumed on x86, all of them elsewhere.
    /// </summary>
    public static Machine Current { get; } = Read();

    /// <summary>
    /// Widest vectors that .NET uses in this process, bits: 512, 256 (AVX2), 128 (SSE or Arm), or 0. Its settings can narrow them.
    /// </summary>
    public static int VectorBits { get; } = Vector512.IsHardwareAccelerated ? 512
        : Vector256.IsHardwareAccelerated ? 256 : Vector128.IsHardwareAccelerated ? 128 : 0;

    /// <summary>Largest resident memory of this process so far, MiB.</summary>
    public static double PeakMemoryMib
    {
        get
        {
            using var process = System.Diagnostics.Process.GetCurrentProcess();
            return process.PeakWorkingSet64 / (1024.0 * 1024);
        }
    }

    /// <summary>Memory that this process may take: the machine's, what its container allows, or its limit of address space.</summary>
    internal static long MemoryBytes => Math.Min(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, AddressSpaceLimit());

    // The runtime reads a container's limit, but not that of `ulimit -v`, which batch systems set.
    private static long AddressSpaceLimit()
    {
        try
        {
            string? line = OperatingSystem.IsLinux()
                ? File.ReadLines("/proc/self/limits")
                .FirstOrDefault(l => l.StartsWith("Max address space", StringComparison.Ordinal)) : null;
            return line?["Max address space".Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var soft, ..]
                && long.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out long bytes) ? bytes : long.MaxValue;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return long.MaxValue;
        }
    }

    private static Machine Read()
    {
        int logical = Environment.ProcessorCount;
        bool x86 = RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.X86;
        int physical = Math.Max(1, x86 && logical > 2 ? logical / 2 : logical);
        string processor = RuntimeInformation.ProcessArchitecture.ToString();
        if (OperatingSystem.IsLinux())
        {
            try
            {
                physical = CoresOfSysfs(logical) ?? physical;
                processor = File.ReadLines("/proc/cpuinfo")
                    .FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? processor;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // containers may hide these files; the assumption above holds
            }
        }

        return new Machine(physical, logical, processor);
    }

    private static int? CoresOfSysfs(int logical)
    {
        var cores = new HashSet<string>();
        for (int cpu = 0; cpu < logical; cpu++)
        {
            string file = string.Create(CultureInfo.InvariantCulture, $"/sys/devices/system/cpu/cpu{cpu}/topology/thread_siblings_list");
            if (!File.Exists(file))
            {
                return null;
            }

            cores.Add(File.ReadAllText(file));
        }

        return cores.Count;
    }
}
