using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Radapt.Compute;

/// <summary>Where a contiguous tensor on the CPU is, so that tensors beyond 2 GB can be read and written in place.</summary>
internal static class TensorAddress
{
    /// <summary>Address of the first element; 0 for a tensor without any. The caller keeps the tensor alive.</summary>
    public static unsafe nint Get(Tensor tensor)
    {
        if (!tensor.is_contiguous() || tensor.device_type != DeviceType.CPU)
        {
            throw new ArgumentException("Only contiguous tensors on the CPU have one block of memory.", nameof(tensor));
        }

        if (tensor.numel() == 0)
        {
            return 0;
        }

        using Tensor detached = tensor.detach();
        using Tensor flat = detached.view(-1);
        using Tensor first = flat.narrow(0, 0, 1);
#pragma warning disable RS0030 // of one element it works for tensors of every size
        return (nint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(first.bytes));
#pragma warning restore RS0030
    }
}
