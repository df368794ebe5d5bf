using System.Runtime.CompilerServices;

namespace Radapt.Tests;

/// <summary>Tests run side by side on tiny tensors: one kernel thread each is faster than threads that wait for one another.</summary>
internal static class OneThread
{
    [ModuleInitializer]
    public static void Set() => TorchSharp.torch.set_num_threads(1);
}
