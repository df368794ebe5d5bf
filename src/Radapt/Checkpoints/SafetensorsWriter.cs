using System.Buffers.Binary;
using System.Text.Encodings.Web;
using System.Text.Json;
using Radapt.Compute;
using static TorchSharp.torch;

namespace Radapt.Checkpoints;

/// <summary>Writes tensors as safetensors. The same tensors and metadata give the same bytes.</summary>
internal static class SafetensorsWriter
{
    private const int Piece = 16 << 20;

    /// <summary>
    /// Writes the whole file or leaves the old one as it was. One tensor at a time is made contiguous on the CPU, so any strides, devices
    /// and sizes will do.
    /// </summary>
    /// <param name="path">The target.</param>
    /// <param name="tensors">Names and tensors of any type that <see cref="ElementType"/> has.</param>
    /// <param name="metadata">The file's <c>__metadata__</c>.</param>
    /// <exception cref="RadaptException">The file cannot be written.</exception>
    public static void Write(
        string path, IReadOnlyDictionary<string, Tensor> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        // Wide elements first, as the reference implementation does, so that every tensor is aligned to its elements.
        KeyValuePair<string, Tensor>[] ordered =
            [.. tensors.OrderByDescending(t => t.Value.dtype.ToElementType().Size()).ThenBy(t => t.Key, StringComparer.Ordinal)];
        byte[] header = Header(ordered, metadata);
        AtomicFile.Write(path, file =>
        {
            file.Write(header);
            foreach ((_, Tensor tensor) in ordered)
            {
                WriteTensor(file, tensor);
            }
        });
    }

    private static byte[] Header(KeyValuePair<string, Tensor>[] tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        using var buffer = new MemoryStream();
        buffer.Write(stackalloc byte[8]);
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            if (metadata is { Count: > 0 })
            {
                json.WriteStartObject(SafetensorsFile.MetadataName);
                foreach ((string key, string value) in metadata.OrderBy(m => m.Key, StringComparer.Ordinal))
                {
                    json.WriteString(key, value);
                }

                json.WriteEndObject();
            }

            long at = 0;
            foreach ((string name, Tensor tensor) in tensors)
            {
                ElementType type = tensor.dtype.ToElementType();
                json.WriteStartObject(name);
                json.WriteString("dtype", SafetensorsFile.TypeName(type));
                WriteNumbers(json, "shape", tensor.shape);
                WriteNumbers(json, "data_offsets", at, at += tensor.numel() * type.Size());
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        while (buffer.Length % 8 != 0)
        {
            buffer.WriteByte((byte)' ');
        }

        byte[] header = buffer.ToArray();
        BinaryPrimitives.WriteInt64LittleEndian(header, header.Length - 8);
        return header;
    }

    private static void WriteNumbers(Utf8JsonWriter json, string name, params ReadOnlySpan<long> numbers)
    {
        json.WriteStartArray(name);
        foreach (long number in numbers)
        {
            json.WriteNumberValue(number);
        }

        json.WriteEndArray();
    }

    private static unsafe void WriteTensor(Stream file, Tensor tensor)
    {
        using Tensor detached = tensor.detach();
        using Tensor local = detached.cpu();
        using Tensor contiguous = local.contiguous();
        byte* address = (byte*)TensorAddress.Of(contiguous);
        long length = contiguous.numel() * contiguous.dtype.ToElementType().Size();
        for (long done = 0; done < length; done += Piece)
        {
            file.Write(new ReadOnlySpan<byte>(address + done, (int)Math.Min(Piece, length - done)));
        }

        GC.KeepAlive(contiguous);
    }
}
