using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Radapt.Checkpoints;

/// <summary>
/// Identifies weights by their content rather than by a file's bytes: the same weights as .pth and as .safetensors, as float32 and as
/// float64, with query, key and value fused or apart, have the same hash.
/// </summary>
internal static class CanonicalHash
{
    private const int Elements = 1 << 16; // converted at a time

    /// <summary>
    /// SHA-256, as lower-case hexadecimals, over the tensors sorted by name (ordinal): the UTF-8 name, a zero byte, the number of axes
    /// and the sizes (64 bits, little-endian), then the contiguous elements as float32.
    /// </summary>
    /// <param name="file">Where the tensors are.</param>
    /// <param name="tensors">Model tensor name -> what the file keeps it as.</param>
    /// <exception cref="RadaptException">A tensor is missing, damaged or holds no floats.</exception>
    public static string Compute(CheckpointFile file, IReadOnlyDictionary<string, TensorParts> tensors)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach ((string name, TensorParts parts) in tensors.OrderBy(t => t.Key, StringComparer.Ordinal))
        {
            if (!parts.HoldsFloats(file) || parts.ShapeIn(file) is not { } shape)
            {
                throw RadaptException.In(file.Path,
                    $"{string.Join(", ", parts.Names.Select(n => $"{n} ({file.Info(n).Type})"))} do not contain weights of {name}.");
            }

            hash.AppendData(Encoding.UTF8.GetBytes(name + "\0"));
            Append(hash, shape.Count);
            foreach (long size in shape)
            {
                Append(hash, size);
            }

            foreach ((string? part, long zeros) in parts.All)
            {
                if (part is null)
                {
                    hash.AppendData(new byte[zeros * shape.Skip(parts.Axis + 1).Aggregate(1L, (a, b) => a * b) * sizeof(float)]);
                }
                else
                {
                    AppendElements(hash, file, file.Info(part));
                }
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static unsafe void AppendElements(IncrementalHash hash, CheckpointFile file, TensorInfo info)
    {
        using var memory = new NativeBlock(info.Bytes);
        file.CopyTo(info.Name, memory.Address, info.Bytes);
        byte[] converted = new byte[Elements * sizeof(float)];
        int size = info.Type.Size();
        for (long done = 0; done < info.Elements; done += Elements)
        {
            int count = (int)Math.Min(Elements, info.Elements - done);
            var source = new ReadOnlySpan<byte>((byte*)memory.Address + (done * size), count * size);
            if (info.Type == ElementType.Float32)
            {
                hash.AppendData(source);
                continue;
            }

            for (int i = 0; i < count; i++)
            {
                BinaryPrimitives.WriteSingleLittleEndian(converted.AsSpan(i * sizeof(float)), ToFloat32(info.Type, source[(i * size)..]));
            }

            hash.AppendData(converted, 0, count * sizeof(float));
        }
    }

    private static float ToFloat32(ElementType type, ReadOnlySpan<byte> element) => type switch
    {
        ElementType.Float64 => (float)BinaryPrimitives.ReadDoubleLittleEndian(element),
        ElementType.Float16 => (float)BinaryPrimitives.ReadHalfLittleEndian(element),
        _ => BitConverter.Int32BitsToSingle(BinaryPrimitives.ReadUInt16LittleEndian(element) << 16),
    };

    private static void Append(IncrementalHash hash, long number)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
        hash.AppendData(bytes);
    }
}
