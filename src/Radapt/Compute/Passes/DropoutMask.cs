using System.Runtime.CompilerServices;

namespace Radapt.Compute.Passes;

/// <summary>
/// A dropout mask that is never kept: 0 with probability p, else 1 / (1 - p). Number i depends on the key and on i alone (a 32-bit
/// integer hash), so that a backward pass makes the same mask again.
/// </summary>
internal readonly struct DropoutMask
{
    private readonly uint _key0;
    private readonly uint _key1;
    private readonly uint _threshold;

    /// <param name="random">The stream that the mask's key is drawn from.</param>
    /// <param name="dropProbability">p, from 0 to below 1.</param>
    public DropoutMask(KeyedRandom random, double dropProbability)
    {
        ulong bits = random.NextUInt64();
        (_key0, _key1) = ((uint)bits, (uint)(bits >> 32));
        _threshold = (uint)Math.Min(uint.MaxValue, dropProbability * (1L << 32));
        Scale = (float)(1 / (1 - dropProbability));
    }

    /// <summary>What numbers that stay are multiplied by.</summary>
    public float Scale { get; }

    /// <summary>Factors of the numbers i to i + 15.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V At<V>(uint i)
        where V : struct, ILanes<V>
    {
        V x = V.Integers(i + _key0);
        x ^= V.ShiftRight(x, 16);
        x = V.MultiplyIntegers(x, V.Pattern(0x7FEB352D));
        x ^= V.ShiftRight(x, 15);
        x ^= V.Pattern(_key1);
        x = V.MultiplyIntegers(x, V.Pattern(0x846CA68B));
        x ^= V.ShiftRight(x, 16);
        return V.Create(Scale) & V.IsAtLeast(x, V.Pattern(_threshold));
    }

    /// <summary>Writes the factors of the numbers from 0 on.</summary>
    public unsafe void Fill(Span<float> mask, int? vectorBits = null)
    {
        fixed (float* target = mask)
        {
            Pass.Share((mask.Length + Pass.Lanes - 1) / Pass.Lanes, threads: 1, new Filling(this, target, mask.Length), vectorBits);
        }
    }

    // Rows are sixteen numbers each; the last may have fewer.
    private readonly unsafe struct Filling(DropoutMask mask, float* target, int count) : IRowWork
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<V>(int part, long first, long end)
            where V : struct, ILanes<V>
        {
            DropoutMask factors = mask; // a copy that stays in registers
            long whole = Math.Min(end * Pass.Lanes, count - (count % Pass.Lanes));
            long i = first * Pass.Lanes;
            for (float* to = target + i; i < whole; i += Pass.Lanes, to += Pass.Lanes)
            {
                V.Store(factors.At<V>((uint)i), to);
            }

            if (i < end * Pass.Lanes)
            {
                float* last = stackalloc float[Pass.Lanes];
                V.Store(factors.At<V>((uint)i), last);
                new ReadOnlySpan<float>(last, (int)(count - i)).CopyTo(new Span<float>(target + i, (int)(count - i)));
            }
        }
    }
}
