using System.Runtime.InteropServices;

namespace Radapt.Compute.Passes;

/// <summary>Sums over rows that each part of a pass keeps for itself, so that which thread runs a part changes no result.</summary>
internal readonly unsafe struct PartialSums
{
    private readonly float* _sums;
    private readonly int _parts;
    private readonly int _count;

    /// <summary>Zeros; <see cref="Free"/> gives their memory back.</summary>
    /// <param name="parts">Parts of the pass; 0: no sums are wanted.</param>
    /// <param name="count">Sums of each part.</param>
    public PartialSums(int parts, int count)
    {
        (_parts, _count) = (parts, count);
        _sums = parts == 0 ? null : (float*)NativeMemory.AlignedAlloc((nuint)parts * (nuint)count * sizeof(float), 64);
        new Span<float>(_sums, parts * count).Clear();
    }

    /// <summary>The sums of one part; null if none are wanted.</summary>
    public float* For(int part) => _sums is null ? null : _sums + ((long)part * _count);

    /// <summary>Adds up all parts, in their order.</summary>
    /// <param name="total">Written: sums from <paramref name="first"/> on.</param>
    /// <param name="first">The first sum that is wanted.</param>
    public void Total(Span<float> total, int first)
    {
        for (int i = 0; i < total.Length; i++)
        {
            float sum = 0;
            for (int part = 0; part < _parts; part++)
            {
                sum += _sums[((long)part * _count) + first + i];
            }

            total[i] = sum;
        }
    }

    /// <summary>Gives the memory back.</summary>
    public void Free() => NativeMemory.AlignedFree(_sums);
}
