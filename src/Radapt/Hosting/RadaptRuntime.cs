using System.Runtime.CompilerServices;
using Radapt.Compute;
using Radapt.Imaging;

namespace Radapt.Hosting;

/// <summary>
/// Settings of the whole process, as the command <c>radapt</c> has them. The library works without this call; an application that owns its
/// process calls it once at start, before anything else of Radapt.
/// </summary>
public static class RadaptRuntime
{
    /// <summary>
    /// Kernel threads sleep while they wait, freed memory of tensors is kept (glibc), libvips decodes each image on the thread that asks
    /// for it and writes no warnings.
    /// </summary>
    /// <param name="threads">Threads of the tensor library's kernels; null: its own choice, the number of physical cores.</param>
    /// <param name="keepFreedMemory">Keep memory of tensors that are gone for those to come: faster, but the process stays large.</param>
    /// <returns>A line that says which allocator is in use.</returns>
    public static string Configure(int? threads = null, bool keepFreedMemory = true)
    {
        ProcessTuning.LetKernelThreadsSleep();
        string allocator = keepFreedMemory ? ProcessTuning.KeepFreedMemory() : ProcessTuning.Allocator; // before libraries take memory
        ProcessTuning.BeforeTensors();
        ImageLibrary.Configure();
        if (threads is { } count)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count, nameof(threads));
            UseThreads(count);
        }

        return allocator;
    }

    /// <summary>Threads of the tensor library's kernels, in the whole process.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)] // its caller must not load the tensor library before the allocator is set
    internal static void UseThreads(int threads) => ProcessTuning.UseThreads(threads);
}
