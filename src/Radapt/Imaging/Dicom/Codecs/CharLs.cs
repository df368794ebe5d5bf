using System.Runtime.InteropServices;

namespace Radapt.Imaging.Dicom.Codecs;

/// <summary>JPEG-LS by CharLS 2 (its C interface). Runs in a decoding process only.</summary>
internal static partial class CharLs
{
    public const string Library = "libcharls.so.2";

    /// <summary>Decodes; samples are interleaved.</summary>
    /// <exception cref="InvalidDataException">Damaged.</exception>
    public static unsafe ushort[] Decode(CodecRequest request)
    {
        nint decoder = Create();
        try
        {
            fixed (byte* source = request.Stream.Span)
            {
                Check(SetSource(decoder, source, (nuint)request.Stream.Length));
                Check(ReadHeader(decoder));
                Check(GetFrameInfo(decoder, out FrameInfo frame));
                Check(GetInterleaveMode(decoder, out int mode));
                if (frame.Width != request.Width || frame.Height != request.Height || frame.Components != request.Samples)
                {
                    throw new InvalidDataException("the size of the JPEG-LS stream differs from the size in the header; export the file again");
                }

                Check(GetDestinationSize(decoder, 0, out nuint size));
                var bytes = new byte[size];
                fixed (byte* destination = bytes)
                {
                    Check(DecodeTo(decoder, destination, size, 0));
                }

                return Samples(bytes, frame, isPlanar: mode == 0 && frame.Components > 1);
            }
        }
        finally
        {
            Destroy(decoder);
        }
    }

    private static ushort[] Samples(byte[] bytes, FrameInfo frame, bool isPlanar)
    {
        int count = (int)(frame.Width * frame.Height);
        var samples = new ushort[count * frame.Components];
        bool isWide = frame.Bits > 8;
        ReadOnlySpan<ushort> words = MemoryMarshal.Cast<byte, ushort>(bytes);
        for (int i = 0; i < samples.Length; i++)
        {
            int from = isPlanar ? ((i % frame.Components) * count) + (i / frame.Components) : i;
            samples[i] = isWide ? words[from] : bytes[from];
        }

        return samples;
    }

    private static void Check(int error)
    {
        if (error != 0)
        {
            throw new InvalidDataException(
                $"the JPEG-LS stream is truncated or damaged (CharLS error {error}); copy or export the file again");
        }
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct FrameInfo
    {
        public uint Width;
        public uint Height;
        public int Bits;
        public int Components;
    }

    [LibraryImport(Library, EntryPoint = "charls_jpegls_decoder_create")]
    private static partial nint Create();

    [LibraryImport(Library, EntryPoint = "charls_jpegls_decoder_destroy")]
    private static partial void Destroy(nint decoder);

    [LibraryImport(Library, EntryPoint = "charls_jpegls_decoder_set_source_buffer")]
    private static unsafe partial int SetSource(nint decoder, byte* source, nuint size);

    [LibraryImport(Library, EntryPoint = "charls_jpegls_decoder_read_header")]
    private static partial int ReadHeader(nint decoder);

    [LibraryImport(Library, EntryPoint = "charls_jpegls_decoder_get_frame_info")]
    private static partial int GetFrameInfo(nint decoder, out FrameInfo frame);

    [LibraryImport(Library, EntryPoint = "charls_jpegls_decoder_get_interleave_mode")]
    private static partial int GetInterleaveMode(nint decoder, out int mode);

    [LibraryImport(Library, EntryPoint = "charls_jpegls_decoder_get_destination_size")]
    private static partial int GetDestinationSize(nint decoder, uint stride, out nuint size);

    [LibraryImport(Library, EntryPoint = "charls_jpegls_decoder_decode_to_buffer")]
    private static unsafe partial int DecodeTo(nint decoder, byte* destination, nuint size, uint stride);
}
