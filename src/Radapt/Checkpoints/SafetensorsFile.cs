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

    // The reference implementation allows 100 MB, which takes minutes to parse. A thousand tensors take a tenth of a megabyte.
    private const long MaxHeader = 25_000_000;

    public static CheckpointContent Read(FileBytes file)
    {
        Span<byte> prefix = stackalloc byte[8];
        if (file.Length < prefix.Length)
        {
            throw file.Damaged("it is shorter than the eight bytes that a safetensors file starts with");
        }

        file.Read(0, prefix);
        long size = BinaryPrimitives.ReadInt64LittleEndian(prefix);
        if (size > MaxHeader && size <= file.Length - prefix.Length)
        {
            throw file.Damaged($"its header has {size} bytes, more than the {MaxHeader} that any checkpoint needs");
        }

        if (size < 2 || size > file.Length - prefix.Length)
        {
            throw file.Damaged($"its header claims {(ulong)size} bytes, but the file has {file.Length}");
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
        private static readonly Dictionary<string, ElementType> s_types = Enum.GetValues<ElementType>()
            .ToDictionary(TypeName, StringComparer.Ordinal);

        // Those of the format that hold no weights which Radapt could use.
        private static readonly HashSet<string> s_unread = new(
            ["F8_E4M3", "F8_E5M2", "F8_E8M0", "F8_E4M3FNUZ", "F8_E5M2FNUZ", "F6_E2M3", "F6_E3M2", "F4", "U64", "U32", "U16", "C64"],
                StringComparer.Ordinal);

        private readonly SortedDictionary<string, string> _metadata = new(StringComparer.Ordinal);
        private readonly List<(TensorInfo Info, long Begin, long End)> _tensors = [];
        private readonly List<(string Name, string Type, long Begin, long End)> _unread = [];
        private readonly HashSet<string> _names = new(StringComparer.Ordinal);

        public CheckpointContent Parse(byte[] json)
        {
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 8 });
            reader.Read();
            Expect(ref reader, JsonTokenType.StartObject);
            while (NextName(ref reader) is { } name)
            {
                Require(_names.Count < CheckpointFile.MaxTensors, $"it names more than {CheckpointFile.MaxTensors} tensors");
                Require(name.Length is > 0 and <= 1000
                    && _names.Add(name), $"the name '{(name.Length <= 100 ? name : name[..100])}' is empty, too long or appears twice");
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
            return new CheckpointContent("safetensors", [.. _tensors.Select(Stored)], _metadata, [])
            {
                Unread = [.. _unread.Select(u => (u.Name, u.Type))],
            };
        }

        private void ParseMetadata(ref Utf8JsonReader reader)
        {
            while (NextName(ref reader) is { } key)
            {
                reader.Read();
                Expect(ref reader, JsonTokenType.String);
                Require(_metadata.Count < CheckpointFile.MaxTensors, $"its metadata has more than {CheckpointFile.MaxTensors} entries");
                Require(_metadata.TryAdd(key, reader.GetString()!), $"the metadata '{key}' appears twice");
            }
        }

        private void ParseTensor(ref Utf8JsonReader reader, string name)
        {
            string? type = null;
            List<long>? shape = null, range = null;
            while (NextName(ref reader) is { } field)
            {
                reader.Read();
                switch (field)
                {
                    case "dtype" when type is null: type = reader.GetString(); break;
                    case "shape" when shape is null: shape = ParseNumbers(ref reader); break;
                    case "data_offsets" when range is null: range = ParseNumbers(ref reader); break;
                    case "dtype" or "shape" or "data_offsets": throw new FormatException($"the {field} of {name} appears twice");
                    default: reader.Skip(); break;
                }
            }

            Require(type is not null && shape is not null && range is [_, _], $"{name} lacks its type, shape or byte range");
            (long begin, long end) = (range![0], range[1]);
            if (TypeOf(type!) is not { } known)
            {
                // Eight-bit floats and the like: listed, so that a file with one that nobody needs can be read.
                Require(begin <= end && end <= file.Length - data,
                    $"{name} has the byte range {begin} to {end}, but there are {file.Length - data} bytes of data");
                if (!s_unread.Contains(type!))
                {
                    throw RadaptException.In(file.Path,
                        $"{name} has the element type '{(type!.Length <= 20 ? type : type[..20])}', which the format does not "
                            + "have; convert it to F32, F16 or BF16.");
                }

                _unread.Add((name, type!, begin, end));
                return;
            }

            Int128 bytes = known.Size();
            foreach (long axis in shape!)
            {
                bytes *= axis;
                Require(bytes <= long.MaxValue, $"{name} of shape {TensorInfo.ShapeOf(shape)} has more bytes than 63 bits can count");
            }

            Require(
                begin <= end && end <= file.Length - data && end - begin == bytes,
                $"{name} of shape {TensorInfo.ShapeOf(shape)} needs {bytes} bytes, but has the byte range "
                    + $"{begin} to {end} of {file.Length - data}");
            _tensors.Add((new TensorInfo(name, known, shape), begin, end));
        }

        private static ElementType? TypeOf(string text) => s_types.TryGetValue(text, out ElementType type) ? type : null;

        private static List<long> ParseNumbers(ref Utf8JsonReader reader)
        {
            Expect(ref reader, JsonTokenType.StartArray);
            var numbers = new List<long>();
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                Expect(ref reader, JsonTokenType.Number);
                long number = reader.GetInt64();
                numbers.Add(number >= 0 && numbers.Count < 64 ? number
                    : throw new FormatException("a shape or byte range has a negative number or too many numbers"));
            }

            return numbers;
        }

        /// <summary>The ranges must cover the data without gap and overlap.</summary>
        private void RequireTiling()
        {
            long end = 0;
            IEnumerable<(string Name, long Begin, long End)> ranges = _tensors.Select(t => (t.Info.Name, t.Begin, t.End))
                .Concat(_unread.Select(u => (u.Name, u.Begin, u.End)));
            foreach ((string name, long begin, long stop) in ranges.OrderBy(t => t.Begin).ThenBy(t => t.End))
            {
                Require(begin == end, $"{name} leaves a gap or overlaps with the tensor before it");
                end = stop;
            }

            Require(end == file.Length - data, $"{file.Length - data - end} bytes after its last tensor do not belong to any tensor");
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
                throw new FormatException($"a {type} is expected where a {reader.TokenType} is");
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
