using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Radapt.Compute.Passes;

/// <summary>A type that activations are kept in. Passes compute in float32, sixteen numbers at a time, and are compiled once for each type.</summary>
internal unsafe interface IElement
{
    /// <summary>Bytes of one number.</summary>
    static abstract int Size { get; }

    /// <summary>Sixteen numbers from an index on.</summary>
    static abstract Vector512<float> Load(nint address, nint index);

    /// <summary>Sixteen numbers to an index on, rounded to the nearest.</summary>
    static abstract void Store(Vector512<float> values, nint address, nint index);

    /// <summary>One number.</summary>
    static abstract float Read(nint address, nint index);

    /// <summary>One number, rounded to the nearest.</summary>
    static abstract void Write(float value, nint address, nint index);
}

/// <summary>float32.</summary>
internal readonly unsafe struct Float32 : IElement
{
    public static int Size => sizeof(float);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load(nint address, nint index) => Vector512.Load((float*)address + index);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<float> values, nint address, nint index) => values.Store((float*)address + index);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Read(nint address, nint index) => ((float*)address)[index];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Write(float value, nint address, nint index) => ((float*)address)[index] = value;
}

/// <summary>bfloat16: the upper half of a float32; rounded to the nearest, ties to even; NaN stays one.</summary>
internal readonly unsafe struct BFloat16 : IElement
{
    public static int Size => sizeof(ushort);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load(nint address, nint index)
    {
        Vector256<ushort> halves = Vector256.Load((ushort*)address + index);
        Vector512<uint> wide = Avx512F.IsSupported
            ? Avx512F.ConvertToVector512UInt32(halves)
            : Vector512.Create(Vector256.WidenLower(halves), Vector256.WidenUpper(halves));
        return Vector512.ShiftLeft(wide, 16).AsSingle();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<float> values, nint address, nint index)
    {
        Vector512<uint> bits = values.AsUInt32();
        Vector512<uint> odd = Vector512.ShiftRightLogical(bits, 16) & Vector512<uint>.One;
        Vector512<uint> rounded = Vector512.ShiftRightLogical(bits + Vector512.Create(0x7FFFu) + odd, 16);
        rounded = Vector512.ConditionalSelect(Vector512.Equals(values, values).AsUInt32(), rounded, Vector512.Create(0x7FC0u));
        Vector256<ushort> halves = Avx512F.IsSupported
            ? Avx512F.ConvertToVector256UInt16(rounded)
            : Vector256.Narrow(rounded.GetLower(), rounded.GetUpper());
        halves.Store((ushort*)address + index);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Read(nint address, nint index) => BitConverter.UInt32BitsToSingle((uint)((ushort*)address)[index] << 16);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Write(float value, nint address, nint index)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        ((ushort*)address)[index] = float.IsNaN(value) ? (ushort)0x7FC0 : (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }
}
