using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

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
    public Vector512<float> At(uint i)
    {
        Vector512<uint> x = Vector512.Create(i + _key0) + Vector512<uint>.Indices;
        x ^= Vector512.ShiftRightLogical(x, 16);
        x *= Vector512.Create(0x7FEB352Du);
        x ^= Vector512.ShiftRightLogical(x, 15);
        x ^= Vector512.Create(_key1);
        x *= Vector512.Create(0x846CA68Bu);
        x ^= Vector512.ShiftRightLogical(x, 16);
        return Vector512.AndNot(Vector512.Create(Scale), Vector512.LessThan(x, Vector512.Create(_threshold)).AsSingle());
    }

    /// <summary>Writes the factors of the numbers from 0 on.</summary>
    public void Fill(Span<float> mask)
    {
        int i = 0;
        for (; i <= mask.Length - Pass.Lanes; i += Pass.Lanes)
        {
            At((uint)i).CopyTo(mask[i..]);
        }

        Span<float> last = stackalloc float[Pass.Lanes];
        At((uint)i).CopyTo(last);
        last[..(mask.Length - i)].CopyTo(mask[i..]);
    }
}
