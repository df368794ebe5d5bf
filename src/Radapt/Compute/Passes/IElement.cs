using System.Runtime.CompilerServices;

namespace Radapt.Compute.Passes;

/// <summary>A type that activations are kept in. Passes compute in float32 and are compiled once for each type.</summary>
internal unsafe interface IElement
{
    /// <summary>Bytes of one number.</summary>
    static abstract int Size { get; }

    /// <summary>Sixteen numbers from an index on.</summary>
    static abstract V Load<V>(nint address, nint index)
        where V : struct, ILanes<V>;

    /// <summary>Sixteen numbers to an index on, rounded to the nearest.</summary>
    static abstract void Store<V>(V values, nint address, nint index)
        where V : struct, ILanes<V>;
}

/// <summary>float32.</summary>
internal readonly unsafe struct Float32 : IElement
{
    public static int Size => sizeof(float);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Load<V>(nint address, nint index)
        where V : struct, ILanes<V> => V.Load((float*)address + index);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<V>(V values, nint address, nint index)
        where V : struct, ILanes<V> => V.Store(values, (float*)address + index);
}

/// <summary>bfloat16: the upper half of a float32; rounded to the nearest, ties to even; NaN stays one.</summary>
internal readonly unsafe struct BFloat16 : IElement
{
    public static int Size => sizeof(ushort);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Load<V>(nint address, nint index)
        where V : struct, ILanes<V> => V.LoadUpperHalves((ushort*)address + index);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<V>(V values, nint address, nint index)
        where V : struct, ILanes<V>
    {
        V odd = V.ShiftRight(values, 16) & V.Pattern(1);
        V rounded = V.AddIntegers(V.AddIntegers(values, V.Pattern(0x7FFF)), odd);
        V.StoreUpperHalves(V.Select(V.IsNumber(values), rounded, V.Pattern(0x7FC00000)), (ushort*)address + index);
    }
}
