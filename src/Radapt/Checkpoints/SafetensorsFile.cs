using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Unicode;

namespace Radapt.Checkpoints;

/// <summary>
/// Opens the safetensors format: the header's size (64 bits), a JSON header of name -> type, shape, byte range, then the tensors'
/// bytes without gap or overlap.
/// </summary>
internal static class SafetensorsFile
{
    internal const string MetadataName = "__metadata__";
    private const long MaxHeader = 100_000_000; // the reference implementation's limit

    public static CheckpointContent Read(FileBytes file)
    {
        Span<byte> prefix = stackalloc byte[8];
        if (file.Length < prefix.Length)
        {
            throw file.Damaged("it is shorter than the eight bytes a safetensors file starts with");
        }

        file.Read(0, prefix);
        long size = BinaryPrimitives.ReadInt64LittleEndian(prefix);
        if (size is < 2 or > MaxHeader || size > file.Length - prefix.Length)
        {
            throw file.Damaged($"its header claims {(ulong)size} bytes, the file has {file.Length}");
        }

        byte[] header = new byte[size];
        file.Read(prefix.Length, header);
        if (!Utf8.IsValid(header))
        {
            throw file.Damaged("its header is not UTF-8");
        }

        try
        {
            return new Header(file, prefix.Length + size).Parse(header);
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException or FormatException)
        {
            throw file.Damaged($"its header is malformed: {failure.Message.TrimEnd('.')}", failure);
        }
    }

    public static string TypeName(ElementType type) => type switch
    {
        ElementType.Float64 => "F64",
        ElementType.Float32 => "F32",
        ElementType.Float16 => "F16",
        ElementType.BFloat16 => "BF16",
        ElementType.Int64 => "I64",
        ElementType.Int32 => "I32",
        ElementType.Int16 => "I16",
        ElementType.Int8 => "I8",
        ElementType.UInt8 => "U8",
        ElementType.Bool => "BOOL",
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };

    private sealed class Header(FileBytes file, long data)
    {
        private readonly SortedDictionary<string, string> _metadata = new(StringComparer.Ordinal);
        private readonly List<(TensorInfo Info, long Begin, long End)> _tensors = [];
        private readonly HashSet<string> _names = new(StringComparer.Ordinal);

        public CheckpointContent Parse(byte[] json)
        {
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 8 });
            reader.Read();
            Expect(ref reader, JsonTokenType.StartObject);
            while (NextName(ref reader) is { } name)
            {
                Require(name.Length is > 0 and <= 1000 && _names.Add(name), $"the name '{(name.Length <= 100 ? name : name[..100])}' is empty, too long or stands twice");
                reader.Read();
                Expect(ref reader, JsonTokenType.StartObject);
                if (name == MetadataName)
                {
                    ParseMetadata(ref reader);
                }
                else
                {
                    ParseTensor(ref reader, name);
                }
            }

            while (reader.Read())
            {
            }

            RequireTiling();
            return new CheckpointContent("safetensors", [.. _tensors.Select(Stored)], _metadata, []);
        }

        private void ParseMetadata(ref Utf8JsonReader reader)
        {
            while (NextName(ref reader) is { } key)
            {
                reader.Read();
                Expect(ref reader, JsonTokenType.String);
                Require(_metadata.TryAdd(key, reader.GetString()!), $"the metadata '{key}' stands twice");
            }
        }

        private void ParseTensor(ref Utf8JsonReader reader, string name)
        {
            ElementType? type = null;
            List<long>? shape = null, range = null;
            while (NextName(ref reader) is { } field)
            {
                reader.Read();
                switch (field)
                {
                    case "dtype" when type is null: type = ParseType(reader.GetString()!, name); break;
                    case "shape" when shape is null: shape = ParseNumbers(ref reader); break;
                    case "data_offsets" when range is null: range = ParseNumbers(ref reader); break;
                    case "dtype" or "shape" or "data_offsets": throw new FormatException($"the {field} of {name} stands twice");
                    default: reader.Skip(); break;
                }
            }

            Require(type is not null && shape is not null && range is [_, _], $"{name} lacks its type, shape or byte range");
            Int128 bytes = type!.Value.Size();
            foreach (long axis in shape!)
            {
                bytes *= axis;
                Require(bytes <= long.MaxValue, $"{name} of shape {TensorInfo.ShapeOf(shape)} has more bytes than 63 bits count");
            }

            (long begin, long end) = (range![0], range[1]);
            Require(
                begin <= end && end <= file.Length - data && end - begin == bytes,
                $"{name} of shape {TensorInfo.ShapeOf(shape)} has the byte range {begin} to {end} of {file.Length - data}");
            _tensors.Add((new TensorInfo(name, type.Value, shape), begin, end));
        }

        private ElementType ParseType(string text, string name)
        {
            foreach (ElementType type in Enum.GetValues<ElementType>())
            {
                if (TypeName(type) == text)
                {
                    return type;
                }
            }

            throw new RadaptException($"{file.Path}: {name} has the element type '{text}', which Radapt does not read; convert it to F32, F16 or BF16.");
        }

        private static List<long> ParseNumbers(ref Utf8JsonReader reader)
        {
            Expect(ref reader, JsonTokenType.StartArray);
            var numbers = new List<long>();
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                Expect(ref reader, JsonTokenType.Number);
                long number = reader.GetInt64();
                numbers.Add(number >= 0 && numbers.Count < 64 ? number : throw new FormatException("a shape or byte range has a negative number or too many numbers"));
            }

            return numbers;
        }

        /// <summary>The ranges must cover the data without gap and overlap.</summary>
        private void RequireTiling()
        {
            long end = 0;
            foreach ((TensorInfo info, long begin, long stop) in _tensors.OrderBy(t => t.Begin).ThenBy(t => t.End))
            {
                Require(begin == end, $"{info.Name} leaves a gap or overlaps with the tensor before it");
                end = stop;
            }

            Require(end == file.Length - data, $"{file.Length - data - end} bytes after its last tensor belong to none");
        }

        private StoredTensor Stored((TensorInfo Info, long Begin, long End) tensor)
        {
            long size = tensor.End - tensor.Begin;
            var bytes = new StorageBytes(file, tensor.Info.Name, data + tensor.Begin, size, size);
            return new StoredTensor(file, tensor.Info, bytes, 0, RowMajor(tensor.Info.Shape));
        }

        private static long[] RowMajor(IReadOnlyList<long> shape)
        {
            long[] strides = new long[shape.Count];
            long stride = 1;
            for (int i = shape.Count - 1; i >= 0; i--)
            {
                strides[i] = stride;
                stride *= Math.Max(shape[i], 1);
            }

            return strides;
        }

        private static string? NextName(ref Utf8JsonReader reader)
        {
            reader.Read();
            return reader.TokenType == JsonTokenType.EndObject ? null : reader.GetString();
        }

        private static void Expect(ref Utf8JsonReader reader, JsonTokenType type)
        {
            if (reader.TokenType != type)
            {
                throw new FormatException($"a {type} should stand where a {reader.TokenType} does");
            }
        }

        private void Require(bool condition, string defect)
        {
            if (!condition)
            {
                throw file.Damaged(defect);
            }
        }
    }
}
