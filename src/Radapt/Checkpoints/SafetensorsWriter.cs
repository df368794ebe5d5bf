using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text.Encodings.Web;
using System.Text.Json;
using Radapt.Compute;
using static TorchSharp.torch;

namespace Radapt.Checkpoints;

/// <summary>Writes tensors as safetensors. The same tensors and metadata give the same bytes.</summary>
internal static class SafetensorsWriter
{
    private const int Piece = 16 << 20;
    private const int PieceOfText = 1 << 12;

    /// <summary>
    /// Writes the whole file or leaves the old one as it was. One tensor at a time is made contiguous on the CPU, so any strides, devices
    /// and sizes will do.
    /// </summary>
    /// <param name="path">The target.</param>
    /// <param name="tensors">Names and tensors of any type that <see cref="ElementType"/> has.</param>
    /// <param name="metadata">The file's <c>__metadata__</c>; a <see cref="StoredChecksum"/> that it brings along is left out.</param>
    /// <param name="checksum">Add a <see cref="StoredChecksum"/>.</param>
    /// <exception cref="RadaptException">The file cannot be written.</exception>
    public static void Write(
        string path, IReadOnlyDictionary<string, Tensor> tensors, IReadOnlyDictionary<string, string>? metadata = null,
            bool checksum = false)
    {
        // Wide elements first, as the reference implementation does, so that every tensor is aligned to its elements.
        KeyValuePair<string, Tensor>[] ordered =
            [.. tensors.OrderByDescending(t => t.Value.dtype.ToElementType().Size()).ThenBy(t => t.Key, StringComparer.Ordinal)];
        Dictionary<string, string> described = (metadata ?? new Dictionary<string, string>()).Where(m => m.Key != StoredChecksum.Key)
            .ToDictionary();
        if (checksum)
        {
            described[StoredChecksum.Key] = Checksum(ordered, described);
        }

        byte[] header = Header(ordered, described);
        AtomicFile.Write(path, file =>
        {
            file.Write(header);
            foreach ((_, Tensor tensor) in ordered)
            {
                Read(tensor, file.Write);
            }
        });
    }

    private static string Checksum(KeyValuePair<string, Tensor>[] tensors, IReadOnlyDictionary<string, string> metadata)
    {
        XxHash128 hash =
            StoredChecksum.Begin(metadata, tensors.Select(t => new TensorInfo(t.Key, t.Value.dtype.ToElementType(), t.Value.shape)));
        foreach ((_, Tensor tensor) in tensors)
        {
            Read(tensor, hash.Append);
        }

        return StoredChecksum.Format(hash);
    }

    private static byte[] Header(KeyValuePair<string, Tensor>[] tensors, Dictionary<string, string> metadata)
    {
        using var buffer = new MemoryStream();
        buffer.Write(stackalloc byte[8]);
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            if (metadata.Count > 0)
            {
                json.WriteStartObject(SafetensorsFile.MetadataName);
                foreach ((string key, string value) in metadata.OrderBy(m => m.Key, StringComparer.Ordinal))
                {
                    json.WritePropertyName(key);
                    WriteLongText(json, value);
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

    // The writer keeps a buffer of 12 bytes for every character that it is given at once, and the state's metadata grow with every epoch.
    private static void WriteLongText(Utf8JsonWriter json, ReadOnlySpan<char> text)
    {
        for (; text.Length > PieceOfText; text = text[PieceOfText..])
        {
            json.WriteStringValueSegment(text[..PieceOfText], isFinalSegment: false);
            json.Flush();
        }

        json.WriteStringValueSegment(text, isFinalSegment: true);
    }

    // The tensor's bytes, contiguous, a piece at a time.
    private static unsafe void Read(Tensor tensor, Bytes into)
    {
        using Tensor detached = tensor.detach();
        using Tensor local = detached.cpu();
        using Tensor contiguous = local.contiguous();
        byte* address = (byte*)TensorAddress.Get(contiguous);
        long length = contiguous.numel() * contiguous.dtype.ToElementType().Size();
        for (long done = 0; done < length; done += Piece)
        {
            into(new ReadOnlySpan<byte>(address + done, (int)Math.Min(Piece, length - done)));
        }

        GC.KeepAlive(contiguous);
    }

    private delegate void Bytes(ReadOnlySpan<byte> bytes);
}
