using System.Diagnostics.CodeAnalysis;

namespace Radapt.Checkpoints;

/// <summary>The type of a stored tensor's elements; all little-endian.</summary>
[SuppressMessage("Naming", "CA1720:Identifier contains type name", Justification = "These are the types' names.")]
internal enum ElementType
{
    /// <summary>IEEE 754, 64 bits.</summary>
    Float64,

    /// <summary>IEEE 754, 32 bits.</summary>
    Float32,

    /// <summary>IEEE 754, 16 bits.</summary>
    Float16,

    /// <summary>The upper half of a float32.</summary>
    BFloat16,

    /// <summary>Signed, 64 bits.</summary>
    Int64,

    /// <summary>Signed, 32 bits.</summary>
    Int32,

    /// <summary>Signed, 16 bits.</summary>
    Int16,

    /// <summary>Signed, 8 bits.</summary>
    Int8,

    /// <summary>Unsigned, 8 bits.</summary>
    UInt8,

    /// <summary>One byte, 0 or 1.</summary>
    Bool,
}

/// <summary>Sizes and kinds of element types.</summary>
internal static class ElementTypes
{
    public static int Size(this ElementType type) => type switch
    {
        ElementType.Float64 or ElementType.Int64 => 8,
        ElementType.Float32 or ElementType.Int32 => 4,
        ElementType.Float16 or ElementType.BFloat16 or ElementType.Int16 => 2,
        _ => 1,
    };

    public static bool IsFloat(this ElementType type) =>
        type is ElementType.Float64 or ElementType.Float32 or ElementType.Float16 or ElementType.BFloat16;
}
