using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Radapt.Compute.Passes;

/// <summary>
/// Sixteen float32 numbers that are computed with at once, in however many registers the processor needs for them. Every pass is
/// written once over this interface and compiled for each implementation. The width changes no bit of a result: there are always
/// sixteen, <see cref="Lanes{V}.Sum"/> adds in one order, and multiplications and additions are fused only where a formula says so.
/// Some members take the numbers as 32-bit patterns and say so.
/// </summary>
/// <typeparam name="TSelf">The implementation.</typeparam>
internal unsafe interface ILanes<TSelf>
    where TSelf : struct, ILanes<TSelf>
{
    /// <summary>Sixteen numbers from an address on.</summary>
    static abstract TSelf Load(float* source);

    /// <summary>Writes sixteen numbers.</summary>
    static abstract void Store(TSelf values, float* target);

    /// <summary>Sixteen 16-bit patterns, each as the upper half of a 32-bit pattern.</summary>
    static abstract TSelf LoadUpperHalves(ushort* source);

    /// <summary>Writes the upper half of each 32-bit pattern.</summary>
    static abstract void StoreUpperHalves(TSelf patterns, ushort* target);

    /// <summary>The same number sixteen times.</summary>
    static abstract TSelf Create(float value);

    /// <summary>The same pattern sixteen times.</summary>
    static abstract TSelf Pattern(uint bits);

    /// <summary>Patterns of the integers first to first + 15.</summary>
    static abstract TSelf Integers(uint first);

    static abstract TSelf operator +(TSelf a, TSelf b);

    static abstract TSelf operator -(TSelf a, TSelf b);

    static abstract TSelf operator *(TSelf a, TSelf b);

    static abstract TSelf operator /(TSelf a, TSelf b);

    /// <summary>Of patterns.</summary>
    static abstract TSelf operator &(TSelf a, TSelf b);

    /// <summary>Of patterns.</summary>
    static abstract TSelf operator ^(TSelf a, TSelf b);

    /// <summary>a b + c, rounded once.</summary>
    static abstract TSelf MultiplyAdd(TSelf a, TSelf b, TSelf c);

    /// <summary>Square roots.</summary>
    static abstract TSelf Sqrt(TSelf a);

    /// <summary>To the nearest integer, ties to even.</summary>
    static abstract TSelf Round(TSelf a);

    /// <summary>The larger of each two; b where b is NaN.</summary>
    static abstract TSelf Max(TSelf a, TSelf b);

    /// <summary>Patterns of the integers that the numbers are; 0 or 2^31 for NaN.</summary>
    static abstract TSelf ToIntegers(TSelf a);

    /// <summary>Of patterns: sum as integers modulo 2^32.</summary>
    static abstract TSelf AddIntegers(TSelf a, TSelf b);

    /// <summary>Of patterns: product as integers modulo 2^32.</summary>
    static abstract TSelf MultiplyIntegers(TSelf a, TSelf b);

    /// <summary>Of patterns.</summary>
    static abstract TSelf ShiftLeft(TSelf a, int bits);

    /// <summary>Of patterns: zeros come from the left.</summary>
    static abstract TSelf ShiftRight(TSelf a, int bits);

    /// <summary>Of patterns: all ones where a is at least b as an unsigned integer, zeros elsewhere.</summary>
    static abstract TSelf IsAtLeast(TSelf a, TSelf b);

    /// <summary>All ones where a is a number, zeros where it is NaN.</summary>
    static abstract TSelf IsNumber(TSelf a);

    /// <summary>yes where the pattern of which is all ones, no where it is zeros.</summary>
    static abstract TSelf Select(TSelf which, TSelf yes, TSelf no);

    /// <summary>Four sums: of the numbers i, i + 4, i + 8 and i + 12, as (i + (i + 8)) + ((i + 4) + (i + 12)).</summary>
    static abstract Vector128<float> FoldSum(TSelf a);

    /// <summary>The largest of the numbers i, i + 4, i + 8 and i + 12; any number or NaN where one of them is NaN.</summary>
    static abstract Vector128<float> FoldMax(TSelf a);
}

/// <summary>What every width computes in the same way.</summary>
internal static class Lanes<V>
    where V : struct, ILanes<V>
{
    /// <summary>The sum of all sixteen.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(V values)
    {
        Vector128<float> four = V.FoldSum(values);
        Vector128<float> two = four + Vector128.Shuffle(four, Vector128.Create(2, 3, 0, 1));
        return two[0] + two[1];
    }

    /// <summary>The largest of all sixteen; any number or NaN where one of them is NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Max(V values)
    {
        Vector128<float> four = V.FoldMax(values);
        Vector128<float> two = Vector128.MaxNative(four, Vector128.Shuffle(four, Vector128.Create(2, 3, 0, 1)));
        return MathF.Max(two[0], two[1]);
    }
}
