
namespace Radapt.Compute;

/// <summary>
/// A generator whose numbers depend on nothing but the seed, the purpose and a key such as (epoch, sample). Because no state is
/// shared, no thread count and no order of calls changes a draw, and a resumed run needs no generator state. SplitMix64 (Steele, Lea
/// and Flood 2014) over a state mixed from the key. Not for cryptography.
/// </summary>
internal struct KeyedRandom
{
    private const ulong Golden = 0x9E3779B97F4A7C15;
    private ulong _state;
    private double _spareGaussian = double.NaN;

    /// <summary>The stream for a purpose and up to three key parts.</summary>
    public KeyedRandom(long seed, RandomPurpose purpose, long key0 = 0, long key1 = 0, long key2 = 0)
    {
        ulong state = Mix(unchecked((ulong)seed) + Golden);
        state = Mix(state ^ ((ulong)purpose * 0xD6E8FEB86659FD93));
        state = Mix(state + (unchecked((ulong)key0) * Golden) + 1);
        state = Mix(state + (unchecked((ulong)key1) * Golden) + 2);
        _state = Mix(state + (unchecked((ulong)key2) * Golden) + 3);
    }

    /// <summary>64 uniform bits.</summary>
    public ulong NextUInt64() => Mix(_state += Golden);

    /// <summary>Uniform in [0, 1), 53 bits.</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform in [low, high).</summary>
    public double NextDouble(double low, double high) => low + ((high - low) * NextDouble());

    /// <summary>Uniform in 0 … bound - 1, without bias (Lemire 2019). <paramref name="bound"/> must be positive.</summary>
    public int NextInt32(int bound)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bound);
        uint range = (uint)bound;
        uint threshold = unchecked(0u - range) % range;
        while (true)
        {
            ulong product = (NextUInt64() >> 32) * range;
            if ((uint)product >= threshold)
            {
                return (int)(product >> 32);
            }
        }
    }

    /// <summary>Normal with mean 0 and standard deviation 1 (Box and Muller 1958).</summary>
    public double NextGaussian()
    {
        if (!double.IsNaN(_spareGaussian))
        {
            double spare = _spareGaussian;
            _spareGaussian = double.NaN;
            return spare;
        }

        double radius = Math.Sqrt(-2 * Math.Log(1 - NextDouble())); // 1 - u is in (0, 1]
        (double sin, double cos) = Math.SinCos(2 * Math.PI * NextDouble());
        _spareGaussian = radius * sin;
        return radius * cos;
    }

    /// <summary>Puts the items in random order (Fisher and Yates).</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (int i = items.Length - 1; i > 0; i--)
        {
            int j = NextInt32(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
