using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using F = System.Runtime.Intrinsics.Vector128<float>;
using U = System.Runtime.Intrinsics.Vector128<uint>;
using V = System.Runtime.Intrinsics.Vector128;

namespace Radapt.Compute.Passes;

/// <summary>Sixteen numbers in four registers: Arm's Advanced SIMD.</summary>
internal readonly unsafe struct Lanes128(F v0, F v1, F v2, F v3) : ILanes<Lanes128>
{
    private readonly F _0 = v0;
    private readonly F _1 = v1;
    private readonly F _2 = v2;
    private readonly F _3 = v3;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Load(float* source) => new(V.Load(source), V.Load(source + 4), V.Load(source + 8), V.Load(source + 12));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Lanes128 values, float* target)
    {
        values._0.Store(target);
        values._1.Store(target + 4);
        values._2.Store(target + 8);
        values._3.Store(target + 12);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 LoadUpperHalves(ushort* source)
    {
        (U first, U second) = V.Widen(V.Load(source));
        (U third, U fourth) = V.Widen(V.Load(source + 8));
        return new((first << 16).AsSingle(), (second << 16).AsSingle(), (third << 16).AsSingle(), (fourth << 16).AsSingle());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreUpperHalves(Lanes128 patterns, ushort* target)
    {
        V.Narrow(patterns._0.AsUInt32() >>> 16, patterns._1.AsUInt32() >>> 16).Store(target);
        V.Narrow(patterns._2.AsUInt32() >>> 16, patterns._3.AsUInt32() >>> 16).Store(target + 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Create(float value)
    {
        F same = V.Create(value);
        return new(same, same, same, same);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Pattern(uint bits)
    {
        F same = V.Create(bits).AsSingle();
        return new(same, same, same, same);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Integers(uint first) => new(
        (V.Create(first) + U.Indices).AsSingle(), (V.Create(first + 4) + U.Indices).AsSingle(),
        (V.Create(first + 8) + U.Indices).AsSingle(), (V.Create(first + 12) + U.Indices).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 operator +(Lanes128 a, Lanes128 b) => new(a._0 + b._0, a._1 + b._1, a._2 + b._2, a._3 + b._3);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 operator -(Lanes128 a, Lanes128 b) => new(a._0 - b._0, a._1 - b._1, a._2 - b._2, a._3 - b._3);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 operator *(Lanes128 a, Lanes128 b) => new(a._0 * b._0, a._1 * b._1, a._2 * b._2, a._3 * b._3);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 operator /(Lanes128 a, Lanes128 b) => new(a._0 / b._0, a._1 / b._1, a._2 / b._2, a._3 / b._3);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 operator &(Lanes128 a, Lanes128 b) => new(a._0 & b._0, a._1 & b._1, a._2 & b._2, a._3 & b._3);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 operator ^(Lanes128 a, Lanes128 b) => new(a._0 ^ b._0, a._1 ^ b._1, a._2 ^ b._2, a._3 ^ b._3);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 MultiplyAdd(Lanes128 a, Lanes128 b, Lanes128 c) => new(
        V.FusedMultiplyAdd(a._0, b._0, c._0), V.FusedMultiplyAdd(a._1, b._1, c._1),
        V.FusedMultiplyAdd(a._2, b._2, c._2), V.FusedMultiplyAdd(a._3, b._3, c._3));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Sqrt(Lanes128 a) => new(V.Sqrt(a._0), V.Sqrt(a._1), V.Sqrt(a._2), V.Sqrt(a._3));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Round(Lanes128 a) => new(V.Round(a._0), V.Round(a._1), V.Round(a._2), V.Round(a._3));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Max(Lanes128 a, Lanes128 b) =>
        new(V.MaxNative(a._0, b._0), V.MaxNative(a._1, b._1), V.MaxNative(a._2, b._2), V.MaxNative(a._3, b._3));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 ToIntegers(Lanes128 a) => new(
        V.ConvertToInt32Native(a._0).AsSingle(), V.ConvertToInt32Native(a._1).AsSingle(),
        V.ConvertToInt32Native(a._2).AsSingle(), V.ConvertToInt32Native(a._3).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 AddIntegers(Lanes128 a, Lanes128 b) => new(
        (a._0.AsUInt32() + b._0.AsUInt32()).AsSingle(), (a._1.AsUInt32() + b._1.AsUInt32()).AsSingle(),
        (a._2.AsUInt32() + b._2.AsUInt32()).AsSingle(), (a._3.AsUInt32() + b._3.AsUInt32()).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 MultiplyIntegers(Lanes128 a, Lanes128 b) => new(
        (a._0.AsUInt32() * b._0.AsUInt32()).AsSingle(), (a._1.AsUInt32() * b._1.AsUInt32()).AsSingle(),
        (a._2.AsUInt32() * b._2.AsUInt32()).AsSingle(), (a._3.AsUInt32() * b._3.AsUInt32()).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 ShiftLeft(Lanes128 a, int bits) => new(
        (a._0.AsUInt32() << bits).AsSingle(), (a._1.AsUInt32() << bits).AsSingle(),
        (a._2.AsUInt32() << bits).AsSingle(), (a._3.AsUInt32() << bits).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 ShiftRight(Lanes128 a, int bits) => new(
        (a._0.AsUInt32() >>> bits).AsSingle(), (a._1.AsUInt32() >>> bits).AsSingle(),
        (a._2.AsUInt32() >>> bits).AsSingle(), (a._3.AsUInt32() >>> bits).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 IsAtLeast(Lanes128 a, Lanes128 b) => new(
        V.GreaterThanOrEqual(a._0.AsUInt32(), b._0.AsUInt32()).AsSingle(),
        V.GreaterThanOrEqual(a._1.AsUInt32(), b._1.AsUInt32()).AsSingle(),
        V.GreaterThanOrEqual(a._2.AsUInt32(), b._2.AsUInt32()).AsSingle(),
        V.GreaterThanOrEqual(a._3.AsUInt32(), b._3.AsUInt32()).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 IsNumber(Lanes128 a) =>
        new(V.Equals(a._0, a._0), V.Equals(a._1, a._1), V.Equals(a._2, a._2), V.Equals(a._3, a._3));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Select(Lanes128 which, Lanes128 yes, Lanes128 no) => new(
        V.ConditionalSelect(which._0, yes._0, no._0), V.ConditionalSelect(which._1, yes._1, no._1),
        V.ConditionalSelect(which._2, yes._2, no._2), V.ConditionalSelect(which._3, yes._3, no._3));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F FoldSum(Lanes128 a) => a._0 + a._2 + (a._1 + a._3);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F FoldMax(Lanes128 a) => V.MaxNative(V.MaxNative(a._0, a._2), V.MaxNative(a._1, a._3));
}
