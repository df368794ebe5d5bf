using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Radapt.TestData.Dicom;

/// <summary>JPEG 2000, reversible, by OpenJPEG 2, to have something to decode.</summary>
internal static unsafe partial class OpenJpegEncoder
{
    private const string Library = "libopenjp2.so.7";
    private const int ParametersLength = 32_768; // more than opj_cparameters_t has
    private const int ResolutionsAt = 5600; // opj_cparameters_t.numresolution
    private const int GrayColourSpace = 2;
    private const int CodestreamFormat = 0;

    public static byte[] Encode(ReadOnlySpan<ushort> samples, int width, int height, int bits)
    {
        var target = new byte[(4 * samples.Length) + 65_536];
        fixed (byte* bytes = target)
        {
            var sink = new Sink { Bytes = bytes, Length = target.Length };
            var layout = new Layout
            {
                Dx = 1,
                Dy = 1,
                Width = (uint)width,
                Height = (uint)height,
                Precision = (uint)bits,
                BitsPerPixel = (uint)bits,
            };
            Image* image = CreateImage(1, &layout, GrayColourSpace);
            (image->X1, image->Y1) = ((uint)width, (uint)height);
            int* values = *(int**)(image->Data + 48); // opj_image_comp_t.data
            for (int i = 0; i < samples.Length; i++)
            {
                values[i] = samples[i];
            }

            nint codec = CreateCompress(CodestreamFormat);
            nint stream = StreamCreate(1 << 20, 0);
            byte* parameters = stackalloc byte[ParametersLength];
            SetDefaultParameters(parameters);
            *(int*)(parameters + ResolutionsAt) = BitOperations.Log2((uint)Math.Min(Math.Min(width, height), 32)) + 1;
            SetWriteFunction(stream, &Write);
            SetSkipFunction(stream, &Skip);
            SetSeekFunction(stream, &Seek);
            SetUserData(stream, &sink, 0);
            bool isEncoded = SetupEncoder(codec, parameters, image) != 0 && StartCompress(codec, image, stream) != 0
                && EncodeImage(codec, stream) != 0 && EndCompress(codec, stream) != 0;
            StreamDestroy(stream);
            DestroyCodec(codec);
            ImageDestroy(image);
            return isEncoded ? target[..(int)sink.End] : throw new InvalidOperationException("OpenJPEG did not encode.");
        }
    }

    private struct Sink
    {
        public byte* Bytes;
        public long Length;
        public long At;
        public long End;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Layout
    {
        public uint Dx;
        public uint Dy;
        public uint Width;
        public uint Height;
        public uint X0;
        public uint Y0;
        public uint Precision;
        public uint BitsPerPixel;
        public uint IsSigned;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Image
    {
        public uint X0;
        public uint Y0;
        public uint X1;
        public uint Y1;
        public uint Components;
        public int ColourSpace;
        public byte* Data;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static nuint Write(byte* buffer, nuint count, Sink* sink)
    {
        if (sink->At + (long)count > sink->Length)
        {
            return nuint.MaxValue;
        }

        Buffer.MemoryCopy(buffer, sink->Bytes + sink->At, sink->Length - sink->At, (long)count);
        sink->At += (long)count;
        sink->End = Math.Max(sink->End, sink->At);
        return count;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static long Skip(long count, Sink* sink)
    {
        sink->At += count;
        return count;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Seek(long to, Sink* sink)
    {
        sink->At = to;
        return 1;
    }

    [LibraryImport(Library, EntryPoint = "opj_image_create")]
    private static partial Image* CreateImage(uint components, Layout* layouts, int colourSpace);

    [LibraryImport(Library, EntryPoint = "opj_create_compress")]
    private static partial nint CreateCompress(int format);

    [LibraryImport(Library, EntryPoint = "opj_destroy_codec")]
    private static partial void DestroyCodec(nint codec);

    [LibraryImport(Library, EntryPoint = "opj_set_default_encoder_parameters")]
    private static partial void SetDefaultParameters(byte* parameters);

    [LibraryImport(Library, EntryPoint = "opj_setup_encoder")]
    private static partial int SetupEncoder(nint codec, byte* parameters, Image* image);

    [LibraryImport(Library, EntryPoint = "opj_stream_create")]
    private static partial nint StreamCreate(nuint bufferLength, int isInput);

    [LibraryImport(Library, EntryPoint = "opj_stream_destroy")]
    private static partial void StreamDestroy(nint stream);

    [LibraryImport(Library, EntryPoint = "opj_stream_set_write_function")]
    private static partial void SetWriteFunction(nint stream, delegate* unmanaged[Cdecl]<byte*, nuint, Sink*, nuint> function);

    [LibraryImport(Library, EntryPoint = "opj_stream_set_skip_function")]
    private static partial void SetSkipFunction(nint stream, delegate* unmanaged[Cdecl]<long, Sink*, long> function);

    [LibraryImport(Library, EntryPoint = "opj_stream_set_seek_function")]
    private static partial void SetSeekFunction(nint stream, delegate* unmanaged[Cdecl]<long, Sink*, int> function);

    [LibraryImport(Library, EntryPoint = "opj_stream_set_user_data")]
    private static partial void SetUserData(nint stream, Sink* data, nint free);

    [LibraryImport(Library, EntryPoint = "opj_start_compress")]
    private static partial int StartCompress(nint codec, Image* image, nint stream);

    [LibraryImport(Library, EntryPoint = "opj_encode")]
    private static partial int EncodeImage(nint codec, nint stream);

    [LibraryImport(Library, EntryPoint = "opj_end_compress")]
    private static partial int EndCompress(nint codec, nint stream);

    [LibraryImport(Library, EntryPoint = "opj_image_destroy")]
    private static partial void ImageDestroy(Image* image);
}
