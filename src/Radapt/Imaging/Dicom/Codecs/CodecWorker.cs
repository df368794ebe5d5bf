using System.Runtime.InteropServices;

namespace Radapt.Imaging.Dicom.Codecs;

/// <summary>What a decoding process does: see <see cref="CodecProcess"/>.</summary>
internal static partial class CodecWorker
{
    /// <summary>Memory of a decoding process: 1 GiB.</summary>
    private const ulong MemoryLimit = 1UL << 30;

    /// <summary>
    /// Answers requests until the input ends. First limits this process's memory (on Linux) and settles the names of the native libraries,
    /// for which reason it is only for processes that do nothing else.
    /// </summary>
    /// <param name="input">Standard input.</param>
    /// <param name="output">Standard output.</param>
    public static void Serve(Stream input, Stream output)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(output);
        LimitMemory();
        CodecLibrary.UseNamesOfThisSystem();
        while (CodecRequest.Read(input) is { } request)
        {
            ushort[] samples;
            try
            {
                samples = Decode(request);
            }
            catch (InvalidDataException e)
            {
                CodecReply.Write(output, e.Message);
                continue;
            }
            catch (OutOfMemoryException)
            {
                CodecReply.Write(output,
                    $"its pixels need more than the {MemoryLimit >> 20} MiB that a decoding process may take; convert the file");
                continue;
            }

            CodecReply.Write(output, samples);
        }
    }

    private static ushort[] Decode(CodecRequest request)
    {
        try
        {
            return request.Coding == PixelCoding.JpegLs ? CharLs.Decode(request) : OpenJpeg.Decode(request);
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            string advice = CodecLibrary.For(request.Coding).Advice;
            throw new InvalidDataException(
                $"its pixels are {TransferSyntax.NameOf(request.Coding)}, which another library decodes: {advice}, or convert the file", e);
        }
    }

    private static void LimitMemory()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        // Private writable memory (not address space, of which .NET reserves much), and no core files of patients' images.
        SetLimit(2, new ResourceLimit(MemoryLimit, MemoryLimit));
        SetLimit(4, default);
    }

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct ResourceLimit(ulong Soft, ulong Hard);

    [LibraryImport("libc", EntryPoint = "setrlimit")]
    private static partial int SetLimit(int resource, in ResourceLimit limit);
}
