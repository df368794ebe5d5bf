using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Radapt.Checkpoints;

/// <summary>
/// The memory of contiguous tensors on the CPU by address, so that tensors beyond 2 GB can be read and written. The caller keeps the
/// tensor alive.
/// </summary>
internal static class TensorMemory
{
    /// <summary>Address of the first element.</summary>
    public static unsafe nint Address(Tensor tensor)
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

    /// <summary>torch's name of an element type.</summary>
    public static ScalarType ToTorch(this ElementType type) => type switch
    {
        ElementType.Float64 => ScalarType.Float64,
        ElementType.Float32 => ScalarType.Float32,
        ElementType.Float16 => ScalarType.Float16,
        ElementType.BFloat16 => ScalarType.BFloat16,
        ElementType.Int64 => ScalarType.Int64,
        ElementType.Int32 => ScalarType.Int32,
        ElementType.Int16 => ScalarType.Int16,
        ElementType.Int8 => ScalarType.Int8,
        ElementType.UInt8 => ScalarType.Byte,
        _ => ScalarType.Bool,
    };

    /// <summary>The element type of a torch tensor.</summary>
    public static ElementType ToElementType(this ScalarType type)
    {
        foreach (ElementType element in Enum.GetValues<ElementType>())
        {
            if (element.ToTorch() == type)
            {
                return element;
            }
        }

        throw new NotSupportedException($"Tensors of {type} cannot be stored.");
    }
}
