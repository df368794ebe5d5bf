using System.Runtime.InteropServices;

namespace Radapt.Compute.Passes;

/// <summary>
/// Memory that a product or a head's attention works in, kept for the next one. Freed each time, it would leave gaps between the
/// tensors that a step keeps. As many blocks are kept as were ever in use at once.
/// </summary>
internal sealed unsafe class ScratchMemory : IDisposable
{
    private static readonly Lock s_lock = new();
    private static readonly List<ScratchMemory> s_free = [];

    private readonly long _numbers;
    private readonly float* _address;
    private long _taken;

    private ScratchMemory(long numbers)
    {
        _numbers = numbers;
        _address = (float*)NativeMemory.AlignedAlloc((nuint)numbers * sizeof(float), 64);
    }

    /// <summary>A block for some float32 numbers, whatever is in them. Disposing of it keeps it for the next.</summary>
    public static ScratchMemory Rent(long numbers)
    {
        lock (s_lock)
        {
            ScratchMemory? block = s_free.Where(b => b._numbers >= numbers).MinBy(b => b._numbers);
            ScratchMemory? tooSmall = block is null ? s_free.MaxBy(b => b._numbers) : null;
            if (tooSmall is not null)
            {
                s_free.Remove(tooSmall);
                NativeMemory.AlignedFree(tooSmall._address);
            }

            if (block is null)
            {
                return new ScratchMemory(numbers);
            }

            s_free.Remove(block);
            block._taken = 0;
            return block;
        }
    }

    /// <summary>Numbers that <see cref="Take"/> uses for as many that are asked for: each part begins at a cache line.</summary>
    public static long Padded(long numbers) => (numbers + 15) / 16 * 16;

    /// <summary>The next part of the block.</summary>
    public float* Take(long numbers)
    {
        float* part = _address + _taken;
        _taken += Padded(numbers);
        return _taken <= _numbers ? part
            : throw new ArgumentOutOfRangeException(nameof(numbers), "More is taken of a block than was rented.");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (s_lock)
        {
            s_free.Add(this);
        }
    }
}
