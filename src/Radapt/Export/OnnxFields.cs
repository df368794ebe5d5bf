namespace Radapt.Export;

/// <summary>
/// The numbers of the fields that a model for inference needs, by message, as in ONNX's published schema
/// (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto).
/// </summary>
internal static class OnnxFields
{
    internal static class Model
    {
        public const int IrVersion = 1, ProducerName = 2, ProducerVersion = 3, DocString = 6, Graph = 7, OpsetImport = 8;
        public const int MetadataProps = 14;
    }

    internal static class StringStringEntry
    {
        public const int Key = 1, Value = 2;
    }

    internal static class OperatorSetId
    {
        public const int Version = 2;
    }

    internal static class Graph
    {
        public const int Node = 1, Name = 2, Initializer = 5, Input = 11, Output = 12;
    }

    internal static class Node
    {
        public const int Input = 1, Output = 2, Name = 3, OpType = 4, Attribute = 5;
    }

    internal static class Attribute
    {
        public const int Name = 1, F = 2, I = 3, G = 6, Ints = 8, Type = 20;

        /// <summary>Values of <see cref="Type"/>.</summary>
        public const int Float = 1, Int = 2, Graph = 5, IntsType = 7;
    }

    internal static class Tensor
    {
        public const int Dims = 1, DataType = 2, Name = 8, RawData = 9;

        /// <summary>Values of <see cref="DataType"/>.</summary>
        public const int Float = 1, Int8 = 3, Int64 = 7;
    }

    internal static class ValueInfo
    {
        public const int Name = 1, Type = 2;
    }

    internal static class Type
    {
        public const int TensorType = 1;
    }

    internal static class TensorType
    {
        public const int ElemType = 1, Shape = 2;
    }

    internal static class TensorShape
    {
        public const int Dim = 1;
    }

    internal static class Dimension
    {
        public const int DimValue = 1, DimParam = 2;
    }
}
