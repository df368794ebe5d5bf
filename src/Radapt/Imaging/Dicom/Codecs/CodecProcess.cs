using System.Collections.Concurrent;
using System.Diagnostics;

namespace Radapt.Imaging.Dicom.Codecs;

/// <summary>
/// Decodes JPEG-LS and JPEG 2000 in child processes, since the native libraries that do it can bring their process down. The processes are
/// further ones of this application, in which nothing of it runs. Any thread may ask at any time; as many processes are kept as threads ask
/// at once. A process that fails or takes too long is ended and another one started for the next image.
/// </summary>
public sealed class CodecProcess : IDisposable
{
    private readonly Func<ProcessStartInfo> _program;
    private readonly ConcurrentBag<Process> _idle = [];
    private volatile bool _isDisposed;

    /// <summary>Processes of this application, none of which is started before an image needs it.</summary>
    public CodecProcess()
        : this(CodecHost.StartInfo)
    {
    }

    /// <param name="program">How to start the program that answers: its file, arguments and environment.</param>
    internal CodecProcess(Func<ProcessStartInfo> program) => _program = program;

    /// <summary>The processes for everything that is not given others. They end with this process.</summary>
    internal static CodecProcess Shared { get; } = new();

    /// <summary>
    /// Time an image may take, the start of a process included. A radiograph of 20 million pixels takes about two seconds.
    /// </summary>
    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Decodes a stream to samples, interleaved.</summary>
    /// <exception cref="InvalidDataException">Damaged, of another size than the format says, or the codec is missing.</exception>
    internal ushort[] Decode(PixelCoding coding, ReadOnlyMemory<byte> stream, PixelFormat format)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        string name = TransferSyntax.NameOf(coding);
        RequireSize(coding, stream.Span, format);
        Process process = _idle.TryTake(out Process? idle) ? idle : Start();
        bool isSound = false;
        bool isLate = false;
        using var limit = new Timer(
            _ =>
            {
                isLate = true;
                End(process);
            },
            null, TimeLimit, Timeout.InfiniteTimeSpan);
        try
        {
            ushort[] samples = Ask(process, coding, stream, format, out string? problem);
            isSound = true;
            return problem is null ? samples : throw new InvalidDataException(problem);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException && !isSound)
        {
            throw new InvalidDataException(
                isLate ? $"decoding its {name} pixels took more than {TimeLimit.TotalSeconds:0} s and was stopped; convert the file"
                : $"the {name} codec stopped at its pixels, which are damaged or too large; convert the file", e);
        }
        finally
        {
            limit.Change(Timeout.Infinite, Timeout.Infinite);
            if (isSound && !isLate && !_isDisposed)
            {
                _idle.Add(process);
            }
            else
            {
                End(process);
                process.Dispose();
            }
        }
    }

    /// <summary>Ends the processes.</summary>
    public void Dispose()
    {
        _isDisposed = true;
        while (_idle.TryTake(out Process? process))
        {
            End(process);
            process.Dispose();
        }
    }

    // The stream's own header is looked at before a native codec sees it.
    private static void RequireSize(PixelCoding coding, ReadOnlySpan<byte> stream, PixelFormat format)
    {
        if (coding == PixelCoding.JpegLs)
        {
            JpegFrame frame = JpegFrame.Read(stream);
            frame.Require(format);
            if (frame.Marker != 0xF7)
            {
                throw new InvalidDataException($"the pixels are not JPEG-LS, as {DicomTag.TransferSyntaxUid} says; export the file again");
            }
        }
        else
        {
            Jpeg2000Size.Require(stream, format);
        }
    }

    private static ushort[] Ask(Process process, PixelCoding coding, ReadOnlyMemory<byte> stream, PixelFormat format, out string? problem)
    {
        Stream to = process.StandardInput.BaseStream;
        Stream from = process.StandardOutput.BaseStream;
        new CodecRequest(coding, format.Columns, format.Rows, format.Samples, stream).Write(to);
        to.Flush();
        return CodecReply.Read(from, format.Count * format.Samples, out problem);
    }

    private Process Start()
    {
        ProcessStartInfo start = _program();
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        start.UseShellExecute = false;
        start.CreateNoWindow = true;
        start.Environment["DOTNET_GCHeapHardLimit"] = "0x30000000"; // 768 MiB; a worker limits its native memory itself
        start.Environment["DOTNET_gcServer"] = "0";           // a web application's collector would take a heap per processor
        start.Environment["DOTNET_DbgEnableMiniDump"] = "0";   // it would hold a patient's image
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        start.Environment["CORECLR_ENABLE_PROFILING"] = "0";
        try
        {
            var process = new Process { StartInfo = start };
            process.ErrorDataReceived += static (_, _) => { }; // what a dying process writes helps nobody and may quote the file
            process.Start();
            process.BeginErrorReadLine();
            return process;
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or FileNotFoundException)
        {
            throw new InvalidDataException(
                $"its pixels need a decoding process, and '{start.FileName}' cannot be started ({e.Message})", e);
        }
    }

    private static void End(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true); // a command may be a script
        }
        catch (Exception e) when (e is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            // it has ended
        }
    }
}
