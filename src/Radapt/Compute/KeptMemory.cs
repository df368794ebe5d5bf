using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Radapt.Compute;

/// <summary>
/// Memory of the large tensors that functions of ours write: a block whose tensor is gone serves the next one of its size. The C library
/// asks for some bytes more than an aligned tensor has, so that a tensor of the same size does not fit where one was, and its heap
/// grows to twice what a float32 step uses.
/// </summary>
internal static unsafe partial class KeptMemory
{
    private const long Least = 1 << 20; // bytes: the gaps of smaller ones are small
    private const long Idle = 4096;     // tensors written since a block was last used, some steps: it is of another job

    private static readonly Lock s_lock = new();
    private static readonly List<Block> s_free = [];
    private static readonly Dictionary<nint, Block> s_used = [];
    private static long s_written;

    /// <summary>Bytes of all blocks of a size, in use or kept.</summary>
    public static long BytesIn(long size)
    {
        lock (s_lock)
        {
            return s_free.Concat(s_used.Values).Where(b => b.Bytes == size).Sum(b => b.Bytes);
        }
    }

    /// <summary>A contiguous tensor on the CPU, whatever is in it.</summary>
    /// <param name="shape">Its dimensions.</param>
    /// <param name="type">float32 or bfloat16.</param>
    public static Tensor Empty(ReadOnlySpan<long> shape, ScalarType type)
    {
        long bytes = type == ScalarType.Float32 ? sizeof(float)
            : type == ScalarType.BFloat16 ? sizeof(ushort) : throw new ArgumentOutOfRangeException(nameof(type));
        foreach (long size in shape)
        {
            bytes *= size;
        }

        if (bytes < Least)
        {
            return empty(shape, type);
        }

        nint address = Take(bytes);
        fixed (long* sizes = shape)
        {
            nint handle = FromAddress(address, &Free, sizes, shape.Length, (sbyte)type, (sbyte)type, 0, 0, 0);
            if (handle != 0)
            {
                return Tensor.UnsafeCreateTensor(handle);
            }
        }

        Keep(address);
        return empty(shape, type);
    }

    private static nint Take(long bytes)
    {
        lock (s_lock)
        {
            s_written++;
            Block? block = s_free.FindLast(b => b.Bytes == bytes); // the last that was let go may be in the cache
            if (block is null)
            {
                foreach (Block idle in s_free.Where(b => b.LastUse < s_written - Idle).ToArray())
                {
                    s_free.Remove(idle);
                    NativeMemory.AlignedFree((void*)idle.Address);
                }

                block = new Block((nint)NativeMemory.AlignedAlloc((nuint)bytes, 64), bytes);
            }
            else
            {
                s_free.Remove(block);
            }

            s_used.Add(block.Address, block);
            return block.Address;
        }
    }

    private static void Keep(nint address)
    {
        lock (s_lock)
        {
            if (s_used.Remove(address, out Block? block))
            {
                block.LastUse = s_written;
                s_free.Add(block);
            }
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Free(nint address) => Keep(address);

    // A tensor over memory of the caller's: the function by which TorchSharp makes tensors of arrays.
    [LibraryImport("LibTorchSharp", EntryPoint = "THSTensor_new")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    private static partial nint FromAddress(
        nint address, delegate* unmanaged[Cdecl]<nint, void> free, long* sizes, int dimensions, sbyte type, sbyte wanted, int deviceType,
            int device, byte requiresGrad);

    private sealed class Block(nint address, long bytes)
    {
        public nint Address { get; } = address;

        public long Bytes { get; } = bytes;

        public long LastUse { get; set; }
    }
}
