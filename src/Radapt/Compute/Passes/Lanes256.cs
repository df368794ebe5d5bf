using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using F = System.Runtime.Intrinsics.Vector256<float>;
using U = System.Runtime.Intrinsics.Vector256<uint>;
using V = System.Runtime.Intrinsics.Vector256;

namespace Radapt.Compute.Passes;

/// <summary>Sixteen numbers in two registers: AVX2.</summary>
internal readonly unsafe struct Lanes256(F lower, F upper) : ILanes<Lanes256>
{
    private readonly F _lower = lower;
    private readonly F _upper = upper;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Load(float* source) => new(V.Load(source), V.Load(source + 8));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Lanes256 values, float* target)
    {
        values._lower.Store(target);
        values._upper.Store(target + 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 LoadUpperHalves(ushort* source)
    {
        (U lower, U upper) = V.Widen(V.Load(source));
        return new((lower << 16).AsSingle(), (upper << 16).AsSingle());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreUpperHalves(Lanes256 patterns, ushort* target) =>
        V.Narrow(patterns._lower.AsUInt32() >>> 16, patterns._upper.AsUInt32() >>> 16).Store(target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Create(float value)
    {
        F same = V.Create(value);
        return new(same, same);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Pattern(uint bits)
    {
        F same = V.Create(bits).AsSingle();
        return new(same, same);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Integers(uint first) =>
        new((V.Create(first) + U.Indices).AsSingle(), (V.Create(first + 8) + U.Indices).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 operator +(Lanes256 a, Lanes256 b) => new(a._lower + b._lower, a._upper + b._upper);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 operator -(Lanes256 a, Lanes256 b) => new(a._lower - b._lower, a._upper - b._upper);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 operator *(Lanes256 a, Lanes256 b) => new(a._lower * b._lower, a._upper * b._upper);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 operator /(Lanes256 a, Lanes256 b) => new(a._lower / b._lower, a._upper / b._upper);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 operator &(Lanes256 a, Lanes256 b) => new(a._lower & b._lower, a._upper & b._upper);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 operator ^(Lanes256 a, Lanes256 b) => new(a._lower ^ b._lower, a._upper ^ b._upper);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 MultiplyAdd(Lanes256 a, Lanes256 b, Lanes256 c) =>
        new(V.FusedMultiplyAdd(a._lower, b._lower, c._lower), V.FusedMultiplyAdd(a._upper, b._upper, c._upper));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Sqrt(Lanes256 a) => new(V.Sqrt(a._lower), V.Sqrt(a._upper));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Round(Lanes256 a) => new(V.Round(a._lower), V.Round(a._upper));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Max(Lanes256 a, Lanes256 b) => new(V.MaxNative(a._lower, b._lower), V.MaxNative(a._upper, b._upper));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 ToIntegers(Lanes256 a) =>
        new(V.ConvertToInt32Native(a._lower).AsSingle(), V.ConvertToInt32Native(a._upper).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 AddIntegers(Lanes256 a, Lanes256 b) =>
        new((a._lower.AsUInt32() + b._lower.AsUInt32()).AsSingle(), (a._upper.AsUInt32() + b._upper.AsUInt32()).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 MultiplyIntegers(Lanes256 a, Lanes256 b) =>
        new((a._lower.AsUInt32() * b._lower.AsUInt32()).AsSingle(), (a._upper.AsUInt32() * b._upper.AsUInt32()).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 ShiftLeft(Lanes256 a, int bits) =>
        new((a._lower.AsUInt32() << bits).AsSingle(), (a._upper.AsUInt32() << bits).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 ShiftRight(Lanes256 a, int bits) =>
        new((a._lower.AsUInt32() >>> bits).AsSingle(), (a._upper.AsUInt32() >>> bits).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 IsAtLeast(Lanes256 a, Lanes256 b) => new(
        V.GreaterThanOrEqual(a._lower.AsUInt32(), b._lower.AsUInt32()).AsSingle(),
        V.GreaterThanOrEqual(a._upper.AsUInt32(), b._upper.AsUInt32()).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 IsNumber(Lanes256 a) => new(V.Equals(a._lower, a._lower), V.Equals(a._upper, a._upper));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Select(Lanes256 which, Lanes256 yes, Lanes256 no) =>
        new(V.ConditionalSelect(which._lower, yes._lower, no._lower), V.ConditionalSelect(which._upper, yes._upper, no._upper));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> FoldSum(Lanes256 a)
    {
        F eight = a._lower + a._upper;
        return eight.GetLower() + eight.GetUpper();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> FoldMax(Lanes256 a)
    {
        F eight = V.MaxNative(a._lower, a._upper);
        return Vector128.MaxNative(eight.GetLower(), eight.GetUpper());
    }
}
