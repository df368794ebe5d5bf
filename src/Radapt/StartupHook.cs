using System.Runtime.InteropServices;
using Radapt.Imaging.Dicom.Codecs;

/// <summary>
/// .NET calls this before <c>Main</c> in a process whose environment names this assembly in <c>DOTNET_STARTUP_HOOKS</c>, which
/// <see cref="CodecHost"/> does: the process decodes pixels, and <c>Main</c> never runs. .NET asks for this name outside of any namespace.
/// </summary>
internal static class StartupHook
{
    /// <summary>
    /// Decodes what is asked on standard input until it ends, then ends the process. Ctrl-C is for the process that asks.
    /// </summary>
    public static void Initialize()
    {
        using var interruption = PosixSignalRegistration.Create(PosixSignal.SIGINT, static signal => signal.Cancel = true);
        try
        {
            using Stream input = Console.OpenStandardInput();
            using Stream output = Console.OpenStandardOutput();
            CodecWorker.Serve(input, output);
        }
        catch (IOException)
        {
            // the process that asks has ended
        }

        Environment.Exit(0);
    }
}
