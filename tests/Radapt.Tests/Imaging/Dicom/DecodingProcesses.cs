using System.Runtime.InteropServices;
using Radapt.Imaging.Dicom.Codecs;

namespace Radapt.Tests.Imaging.Dicom;

/// <summary>The built command line as decoding processes, shared by the tests of a class.</summary>
public sealed class DecodingProcesses : IDisposable
{
    /// <summary>The processes; none is started before an image needs one.</summary>
    public CodecProcess Codecs { get; } =
        new([Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "radapt.exe" : "radapt"), "decode-pixels"])
        {
            TimeLimit = TimeSpan.FromMinutes(1),
        };

    /// <summary>Skips the calling test where the codec that a file of this name needs is not installed.</summary>
    public void SkipWithoutCodec(string file)
    {
        _ = Codecs;
        if (file.Contains("jpegls", StringComparison.Ordinal))
        {
            SkipWithout("libcharls.so.2", "libcharls2");
        }
        else if (file.Contains("j2k", StringComparison.Ordinal))
        {
            SkipWithout("libopenjp2.so.7", "libopenjp2-7");
        }
    }

    public static void SkipWithout(string library, string package)
    {
        bool isThere = NativeLibrary.TryLoad(library, out nint handle);
        if (isThere)
        {
            NativeLibrary.Free(handle);
        }

        Assert.SkipUnless(isThere, $"needs {library} (Debian package {package})");
    }

    public void Dispose() => Codecs.Dispose();
}
