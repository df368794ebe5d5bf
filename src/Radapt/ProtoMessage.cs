using Google.Protobuf;

namespace Radapt;

/// <summary>
/// A protobuf message, built field by field: for the few messages that Radapt writes and never reads (ONNX models, TensorBoard events).
/// Elements of a repeated field are added one by one, which every reader accepts.
/// </summary>
internal sealed class ProtoMessage
{
    private readonly List<(int Number, object Value)> _fields = [];

    /// <summary>Adds a text.</summary>
    /// <param name="number">The field's number in the schema.</param>
    /// <param name="value">Its value.</param>
    /// <returns>This message.</returns>
    public ProtoMessage Add(int number, string value) => Append(number, value);

    /// <summary>Adds an integer or the number of an enumeration.</summary>
    /// <inheritdoc cref="Add(int, string)"/>
    public ProtoMessage Add(int number, long value) => Append(number, value);

    /// <summary>Adds a float.</summary>
    /// <inheritdoc cref="Add(int, string)"/>
    public ProtoMessage Add(int number, float value) => Append(number, value);

    /// <summary>Adds a double.</summary>
    /// <inheritdoc cref="Add(int, string)"/>
    public ProtoMessage Add(int number, double value) => Append(number, value);

    /// <summary>Adds bytes.</summary>
    /// <inheritdoc cref="Add(int, string)"/>
    public ProtoMessage Add(int number, ByteString value) => Append(number, value);

    /// <summary>Adds a message, which may grow until this one is written.</summary>
    /// <inheritdoc cref="Add(int, string)"/>
    public ProtoMessage Add(int number, ProtoMessage value) => Append(number, value);

    /// <summary>Adds the elements of a repeated field of integers.</summary>
    /// <inheritdoc cref="Add(int, string)"/>
    public ProtoMessage Add(int number, IEnumerable<long> values)
    {
        foreach (long value in values)
        {
            Append(number, value);
        }

        return this;
    }

    /// <summary>Writes the message, without its length.</summary>
    /// <exception cref="OverflowException">It is larger than 2 GB.</exception>
    public void WriteTo(Stream stream)
    {
        using var output = new CodedOutputStream(stream, leaveOpen: true);
        WriteTo(output);
    }

    /// <summary>The message in memory.</summary>
    public byte[] ToByteArray()
    {
        using var memory = new MemoryStream(Size());
        WriteTo(memory);
        return memory.ToArray();
    }

    private ProtoMessage Append(int number, object value)
    {
        _fields.Add((number, value));
        return this;
    }

    private int Size()
    {
        int size = 0;
        foreach ((int number, object value) in _fields)
        {
            size = checked(size + CodedOutputStream.ComputeTagSize(number) + value switch
            {
                string text => CodedOutputStream.ComputeStringSize(text),
                long integer => CodedOutputStream.ComputeInt64Size(integer),
                float => sizeof(float),
                double => sizeof(double),
                ByteString bytes => CodedOutputStream.ComputeBytesSize(bytes),
                _ => Framed(((ProtoMessage)value).Size()),
            });
        }

        return size;
    }

    private static int Framed(int size) => checked(CodedOutputStream.ComputeLengthSize(size) + size);

    private void WriteTo(CodedOutputStream output)
    {
        foreach ((int number, object value) in _fields)
        {
            output.WriteTag(number, value switch
            {
                long => WireFormat.WireType.Varint,
                float => WireFormat.WireType.Fixed32,
                double => WireFormat.WireType.Fixed64,
                _ => WireFormat.WireType.LengthDelimited,
            });
            switch (value)
            {
                case string text:
                    output.WriteString(text);
                    break;
                case long integer:
                    output.WriteInt64(integer);
                    break;
                case float number32:
                    output.WriteFloat(number32);
                    break;
                case double number64:
                    output.WriteDouble(number64);
                    break;
                case ByteString bytes:
                    output.WriteBytes(bytes);
                    break;
                case ProtoMessage message:
                    output.WriteLength(message.Size());
                    message.WriteTo(output);
                    break;
            }
        }
    }
}
