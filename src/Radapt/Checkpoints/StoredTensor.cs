using System.Runtime.InteropServices;

namespace Radapt.Checkpoints;

/// <summary>
/// A tensor as a view of a storage. Offset and strides count elements and are in bounds: the formats' readers check that before they
/// make one.
/// </summary>
internal sealed class StoredTensor(FileBytes file, TensorInfo info, StorageBytes storage, long offset, long[] strides)
{
    private const long Window = 1 << 20; // bytes read at once when elements are gathered

    public TensorInfo Info => info;

    /// <summary>Writes the tensor contiguous and row-major, in its stored element type.</summary>
    public void CopyTo(nint destination)
    {
        if (info.Elements == 0)
        {
            return;
        }

        int size = info.Type.Size();
        if (IsContiguous())
        {
            storage.CopyTo(offset * size, destination, info.Bytes);
            return;
        }

        Axis[] axes = SourceOrder();
        if (storage.Sequential)
        {
            using var range = new NativeBlock(Span(axes) * size);
            storage.CopyTo(offset * size, range.Address, range.Length);
            Scatter(axes, range.Address, destination, size);
        }
        else
        {
            Gather(axes, destination, size);
        }
    }

    private bool IsContiguous()
    {
        long expected = 1;
        for (int i = strides.Length - 1; i >= 0; i--)
        {
            if (info.Shape[i] != 1 && strides[i] != expected)
            {
                return false;
            }

            expected *= info.Shape[i];
        }

        return true;
    }

    /// <summary>The axes from the widest step in the storage to the narrowest, so that the storage is read front to back.</summary>
    private Axis[] SourceOrder()
    {
        var axes = new List<Axis>();
        long written = 1;
        for (int i = strides.Length - 1; i >= 0; i--)
        {
            if (info.Shape[i] > 1)
            {
                axes.Add(new Axis(info.Shape[i], strides[i], written));
            }

            written *= info.Shape[i];
        }

        return [.. axes.OrderByDescending(a => a.Read)];
    }

    /// <summary>Reads blocks of at most a window's size and spreads each over the destination.</summary>
    private void Gather(Axis[] axes, nint destination, int size)
    {
        int inner = axes.Length;
        while (inner > 0 && Span(axes.AsSpan(inner - 1)) * size <= Window)
        {
            inner--;
        }

        // The axis before those that fit is cut into pieces that fit.
        long blockSpan = Span(axes.AsSpan(inner));
        long piece = inner == 0 ? 1 : Math.Clamp(1 + (((Window / size) - blockSpan) / axes[inner - 1].Read), 1, axes[inner - 1].Count);
        long blocks = inner == 0 ? 1 : (axes[inner - 1].Count + piece - 1) / piece;
        for (int i = 0; i < inner - 1; i++)
        {
            blocks *= axes[i].Count;
        }

        if ((Int128)blocks * blockSpan * size > (16 * (Int128)storage.Length) + (64 << 20))
        {
            throw file.Damaged($"the strides of {info.Name} overlap so much that reading it would take too long");
        }

        using var window = new NativeBlock(inner == 0 ? blockSpan * size : (((piece - 1) * axes[inner - 1].Read) + blockSpan) * size);
        ReadBlocks(axes, 0, inner, piece, offset, 0, destination, window.Address, size);
    }

    private void ReadBlocks(Axis[] axes, int axis, int inner, long piece, long from, long to, nint destination, nint window, int size)
    {
        if (axis < inner - 1)
        {
            for (long i = 0; i < axes[axis].Count; i++)
            {
                ReadBlocks(axes, axis + 1, inner, piece, from + (i * axes[axis].Read), to + (i * axes[axis].Written),
                    destination, window, size);
            }

            return;
        }

        if (axis >= inner)
        {
            storage.CopyTo(from * size, window, Span(axes.AsSpan(inner)) * size);
            Scatter(axes.AsSpan(inner), window, destination + (nint)(to * size), size);
            return;
        }

        Axis[] block = axes[axis..];
        for (long i = 0; i < axes[axis].Count; i += piece)
        {
            block[0] = axes[axis] with { Count = Math.Min(piece, axes[axis].Count - i) };
            storage.CopyTo((from + (i * axes[axis].Read)) * size, window, Span(block) * size);
            Scatter(block, window, destination + (nint)((to + (i * axes[axis].Written)) * size), size);
        }
    }

    private static unsafe void Scatter(ReadOnlySpan<Axis> axes, nint source, nint destination, int size)
    {
        if (axes.Length == 0)
        {
            Buffer.MemoryCopy((void*)source, (void*)destination, size, size);
            return;
        }

        Axis axis = axes[0];
        nint read = (nint)(axis.Read * size);
        nint written = (nint)(axis.Written * size);
        if (axes.Length > 1)
        {
            for (long i = 0; i < axis.Count; i++, source += read, destination += written)
            {
                Scatter(axes[1..], source, destination, size);
            }

            return;
        }

        for (long i = 0; i < axis.Count; i++, source += read, destination += written)
        {
            switch (size)
            {
                case 1: *(byte*)destination = *(byte*)source; break;
                case 2: *(ushort*)destination = *(ushort*)source; break;
                case 4: *(uint*)destination = *(uint*)source; break;
                default: *(ulong*)destination = *(ulong*)source; break;
            }
        }
    }

    /// <summary>Elements from the first to the last of a block, both included.</summary>
    private static long Span(ReadOnlySpan<Axis> axes)
    {
        long span = 1;
        foreach (Axis axis in axes)
        {
            span += (axis.Count - 1) * axis.Read;
        }

        return span;
    }

    /// <param name="Count">Positions along the axis.</param>
    /// <param name="Read">Elements from one to the next in the storage.</param>
    /// <param name="Written">Elements from one to the next in the contiguous tensor.</param>
    private readonly record struct Axis(long Count, long Read, long Written);
}

/// <summary>Memory outside of the managed heap, of any size.</summary>
internal sealed unsafe class NativeBlock : IDisposable
{
    private void* _memory;

    public NativeBlock(long length)
    {
        Length = length;
        _memory = NativeMemory.Alloc((nuint)Math.Max(length, 1));
    }

    public nint Address => (nint)_memory;

    public long Length { get; }

    public void Dispose()
    {
        NativeMemory.Free(_memory);
        _memory = null;
    }
}
