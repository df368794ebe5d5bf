using Radapt.Imaging.Dicom.Codecs;

namespace Radapt.Tests.Imaging.Dicom;

/// <summary>Decoding processes of the test program, shared by the tests of a class.</summary>
public sealed class DecodingProcesses : IDisposable
{
    /// <summary>The processes; none is started before an image needs one.</summary>
    public CodecProcess Codecs { get; } = new() { TimeLimit = TimeSpan.FromHours(1) };

    /// <summary>Skips the calling test where the codec that a file of this name needs is not installed.</summary>
    public void SkipWithoutCodec(string file)
    {
        _ = Codecs;
        if (file.Contains("jpegls", StringComparison.Ordinal))
        {
            SkipWithout(CodecLibrary.JpegLs);
        }
        else if (file.Contains("j2k", StringComparison.Ordinal))
        {
            SkipWithout(CodecLibrary.Jpeg2000);
        }
    }

    internal static void SkipWithout(CodecLibrary library) => Assert.SkipUnless(library.IsInstalled(), library.Advice);

    public void Dispose() => Codecs.Dispose();
}
