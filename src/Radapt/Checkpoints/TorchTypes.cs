using static TorchSharp.torch;

namespace Radapt.Checkpoints;

/// <summary>torch's element types and those of files.</summary>
internal static class TorchTypes
{
    /// <summary>torch's name of an element type.</summary>
    public static ScalarType ToTorch(this ElementType type) => type switch
    {
        ElementType.Float64 => ScalarType.Float64,
        ElementType.Float32 => ScalarType.Float32,
        ElementType.Float16 => ScalarType.Float16,
        ElementType.BFloat16 => ScalarType.BFloat16,
        ElementType.Int64 => ScalarType.Int64,
        ElementType.Int32 => ScalarType.Int32,
        ElementType.Int16 => ScalarType.Int16,
        ElementType.Int8 => ScalarType.Int8,
        ElementType.UInt8 => ScalarType.Byte,
        _ => ScalarType.Bool,
    };

    /// <summary>The element type of a torch tensor.</summary>
    public static ElementType ToElementType(this ScalarType type)
    {
        foreach (ElementType element in Enum.GetValues<ElementType>())
        {
            if (element.ToTorch() == type)
            {
                return element;
            }
        }

        throw new NotSupportedException($"Tensors of {type} cannot be stored.");
    }
}
