using System.Runtime.InteropServices;

namespace Radapt.TestData.Dicom;

/// <summary>JPEG-LS by CharLS 2, to have something to decode.</summary>
internal static partial class CharLsEncoder
{
    private const string Library = "libcharls.so.2";

    public static unsafe byte[] Encode(ReadOnlySpan<ushort> samples, int width, int height, int bits, int near)
    {
        byte[] source = bits > 8 ? MemoryMarshal.AsBytes(samples).ToArray() : [.. samples.ToArray().Select(s => (byte)s)];
        var target = new byte[(2 * source.Length) + 4096];
        nint encoder = Create();
        try
        {
            var frame = new FrameInfo { Width = (uint)width, Height = (uint)height, Bits = bits, Components = 1 };
            fixed (byte* from = source, to = target)
            {
                Check(SetFrameInfo(encoder, frame));
                Check(SetNearLossless(encoder, near));
                Check(SetDestination(encoder, to, (nuint)target.Length));
                Check(EncodeFrom(encoder, from, (nuint)source.Length, 0));
                Check(GetBytesWritten(encoder, out nuint written));
                return target[..(int)written];
            }
        }
        finally
        {
            Destroy(encoder);
        }
    }

    private static void Check(int error)
    {
        if (error != 0)
        {
            throw new InvalidOperationException($"CharLS error {error}");
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

    [LibraryImport(Library, EntryPoint = "charls_jpegls_encoder_create")]
    private static partial nint Create();

    [LibraryImport(Library, EntryPoint = "charls_jpegls_encoder_destroy")]
    private static partial void Destroy(nint encoder);

    [LibraryImport(Library, EntryPoint = "charls_jpegls_encoder_set_frame_info")]
    private static partial int SetFrameInfo(nint encoder, in FrameInfo frame);

    [LibraryImport(Library, EntryPoint = "charls_jpegls_encoder_set_near_lossless")]
    private static partial int SetNearLossless(nint encoder, int near);

    [LibraryImport(Library, EntryPoint = "charls_jpegls_encoder_set_destination_buffer")]
    private static unsafe partial int SetDestination(nint encoder, byte* destination, nuint size);

    [LibraryImport(Library, EntryPoint = "charls_jpegls_encoder_encode_from_buffer")]
    private static unsafe partial int EncodeFrom(nint encoder, byte* source, nuint size, uint stride);

    [LibraryImport(Library, EntryPoint = "charls_jpegls_encoder_get_bytes_written")]
    private static partial int GetBytesWritten(nint encoder, out nuint written);
}
