using System.Diagnostics;
using System.Runtime.InteropServices;
using Radapt.Benchmarks;
using Radapt.Imaging.Dicom.Codecs;

namespace Radapt.Cli;

/// <summary>The hidden command with which this program starts itself again to decode JPEG-LS and JPEG 2000 pixels.</summary>
internal static class PixelDecoding
{
    private const string Verb = "decode-pixels";

    /// <summary>Whether this process is a decoding process.</summary>
    public static bool IsAsked(string[] args) => args is [Verb];

    /// <summary>Processes of this program; none is started before a file needs it.</summary>
    public static CodecProcess Processes()
    {
        ProcessStartInfo start = OwnProcess.StartInfo(typeof(Program).Assembly, Verb);
        return new CodecProcess([start.FileName, .. start.ArgumentList]);
    }

    /// <summary>Decodes what is asked on standard input until it ends. Ctrl-C is for the process that asks.</summary>
    public static int Serve()
    {
        using var interruption = PosixSignalRegistration.Create(PosixSignal.SIGINT, static signal => signal.Cancel = true);
        using Stream input = Console.OpenStandardInput();
        using Stream output = Console.OpenStandardOutput();
        CodecWorker.Serve(input, output);
        return ExitCode.Done;
    }
}
