using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Radapt.Imaging.Dicom.Codecs;

/// <summary>JPEG 2000 by OpenJPEG 2. Runs in a decoding process only.</summary>
internal static unsafe partial class OpenJpeg
{
    public const string Library = "libopenjp2.so.7";

    private const int ParametersLength = 16_384; // more than opj_dparameters_t has in any 2.x
    private const int CodestreamFormat = 0;
    private const nuint BufferLength = 1 << 20;

    /// <summary>Decodes; samples are interleaved, negative ones in two's complement of 16 bits.</summary>
    /// <exception cref="InvalidDataException">Damaged.</exception>
    public static ushort[] Decode(CodecRequest request)
    {
        int start = Jpeg2000Size.Find(request.Stream.Span);
        fixed (byte* bytes = request.Stream.Span)
        {
            var source = new Source { Bytes = bytes + start, Length = request.Stream.Length - start };
            nint codec = CreateDecompress(CodestreamFormat);
            nint stream = StreamCreate(BufferLength, 1);
            Image* image = null;
            try
            {
                byte* parameters = stackalloc byte[ParametersLength];
                SetDefaultParameters(parameters);
                SetReadFunction(stream, &Read);
                SetSkipFunction(stream, &Skip);
                SetSeekFunction(stream, &Seek);
                SetUserData(stream, &source, 0);
                SetUserDataLength(stream, (ulong)source.Length);
                bool isDecoded = SetupDecoder(codec, parameters) != 0 && ReadHeader(stream, codec, &image) != 0
                    && DecodeImage(codec, stream, image) != 0 && EndDecompress(codec, stream) != 0;
                return isDecoded ? Samples(image, request) : throw Damaged();
            }
            finally
            {
                if (image is not null)
                {
                    ImageDestroy(image);
                }

                StreamDestroy(stream);
                DestroyCodec(codec);
            }
        }
    }

    private static ushort[] Samples(Image* image, CodecRequest request)
    {
        if (image->Components != request.Samples)
        {
            throw Damaged();
        }

        int count = request.Width * request.Height;
        var samples = new ushort[count * request.Samples];
        for (int c = 0; c < request.Samples; c++)
        {
            Component component = image->Data[c];
            if (component.Width != request.Width || component.Height != request.Height || component.Values is null
                || component.Precision > 16)
            {
                throw Damaged();
            }

            for (int i = 0; i < count; i++)
            {
                samples[(i * request.Samples) + c] = (ushort)component.Values[i];
            }
        }

        return samples;
    }

    private static InvalidDataException Damaged() => new("the JPEG 2000 codestream is truncated or damaged; copy or export the file again");

    private struct Source
    {
        public byte* Bytes;
        public long Length;
        public long At;
    }

    // The beginnings of opj_image_t and opj_image_comp_t, the same in all of 2.x.
    [StructLayout(LayoutKind.Sequential)]
    private struct Image
    {
        public uint X0;
        public uint Y0;
        public uint X1;
        public uint Y1;
        public uint Components;
        public int ColourSpace;
        public Component* Data;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Component
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
        public uint Resolutions;
        public uint Factor;
        public int* Values;
        public ushort Alpha;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static nuint Read(byte* buffer, nuint count, Source* source)
    {
        long read = Math.Min((long)count, source->Length - source->At);
        if (read <= 0)
        {
            return nuint.MaxValue; // the end
        }

        Buffer.MemoryCopy(source->Bytes + source->At, buffer, (long)count, read);
        source->At += read;
        return (nuint)read;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static long Skip(long count, Source* source)
    {
        long to = Math.Clamp(source->At + count, 0, source->Length);
        long skipped = to - source->At;
        source->At = to;
        return skipped == 0 && count != 0 ? -1 : skipped;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Seek(long to, Source* source)
    {
        if (to < 0 || to > source->Length)
        {
            return 0;
        }

        source->At = to;
        return 1;
    }

    [LibraryImport(Library, EntryPoint = "opj_create_decompress")]
    private static partial nint CreateDecompress(int format);

    [LibraryImport(Library, EntryPoint = "opj_destroy_codec")]
    private static partial void DestroyCodec(nint codec);

    [LibraryImport(Library, EntryPoint = "opj_set_default_decoder_parameters")]
    private static partial void SetDefaultParameters(byte* parameters);

    [LibraryImport(Library, EntryPoint = "opj_setup_decoder")]
    private static partial int SetupDecoder(nint codec, byte* parameters);

    [LibraryImport(Library, EntryPoint = "opj_stream_create")]
    private static partial nint StreamCreate(nuint bufferLength, int isInput);

    [LibraryImport(Library, EntryPoint = "opj_stream_destroy")]
    private static partial void StreamDestroy(nint stream);

    [LibraryImport(Library, EntryPoint = "opj_stream_set_read_function")]
    private static partial void SetReadFunction(nint stream, delegate* unmanaged[Cdecl]<byte*, nuint, Source*, nuint> function);

    [LibraryImport(Library, EntryPoint = "opj_stream_set_skip_function")]
    private static partial void SetSkipFunction(nint stream, delegate* unmanaged[Cdecl]<long, Source*, long> function);

    [LibraryImport(Library, EntryPoint = "opj_stream_set_seek_function")]
    private static partial void SetSeekFunction(nint stream, delegate* unmanaged[Cdecl]<long, Source*, int> function);

    [LibraryImport(Library, EntryPoint = "opj_stream_set_user_data")]
    private static partial void SetUserData(nint stream, Source* data, nint free);

    [LibraryImport(Library, EntryPoint = "opj_stream_set_user_data_length")]
    private static partial void SetUserDataLength(nint stream, ulong length);

    [LibraryImport(Library, EntryPoint = "opj_read_header")]
    private static partial int ReadHeader(nint stream, nint codec, Image** image);

    [LibraryImport(Library, EntryPoint = "opj_decode")]
    private static partial int DecodeImage(nint codec, nint stream, Image* image);

    [LibraryImport(Library, EntryPoint = "opj_end_decompress")]
    private static partial int EndDecompress(nint codec, nint stream);

    [LibraryImport(Library, EntryPoint = "opj_image_destroy")]
    private static partial void ImageDestroy(Image* image);
}
