using System.Diagnostics;
using Radapt.Imaging;
using Radapt.Imaging.Dicom;
using Radapt.Imaging.Dicom.Codecs;
using Radapt.TestData.Dicom;

namespace Radapt.Tests.Imaging.Dicom;

/// <summary>Decoding processes that end, hang, talk nonsense or are not there cost one image each.</summary>
public sealed class CodecProcessTests(DecodingProcesses processes) : IClassFixture<DecodingProcesses>
{
    private static readonly byte[] s_file = File();

    [Theory]
    [InlineData("stopped at its pixels", "sh", "-c", "exit 3")]
    [InlineData("stopped at its pixels", "sh", "-c", "kill -SEGV $$")]
    [InlineData("stopped at its pixels", "sh", "-c", "cat > /dev/null & yes nonsense; kill $!")]
    [InlineData("took more than", "sh", "-c", "sleep 60")]
    [InlineData("cannot be started", "no-such-program-anywhere")]
    public void Decode_ProcessThatFails_IsOneLineAndTheNextImageIsDecoded(string expected, params string[] command)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs sh");
        using var codecs = new CodecProcess(() => new ProcessStartInfo(command[0], command.Skip(1)))
        {
            TimeLimit = command.Contains("sleep 60") ? TimeSpan.FromSeconds(1) : TimeSpan.FromHours(1),
        };
        for (int i = 0; i < 2; i++)
        {
            RadaptException e =
                Assert.Throws<RadaptException>(() => RadiographReader.Read(s_file, "x.dcm", new DecodingOptions(Codecs: codecs)));
            Assert.Contains(expected, e.Message, StringComparison.Ordinal);
        }
    }

    // issue 15: the library decodes without the application's help
    [Fact]
    public void Decode_NoProcessesGiven_ThoseOfTheLibraryDecode()
    {
        DecodingProcesses.SkipWithout(CodecLibrary.JpegLs);
        DicomPhantom phantom = DicomPhantom.Draw(20, 30, 12, seed: 1);
        Assert.Equal(phantom.Samples, DicomReader.ReadStored(phantom.ToFile("jpeg-ls"), "x", codecs: null).Samples);
    }

    [Fact]
    public void StartInfo_OfTheTestProgram_NamesThisLibraryAsTheHook()
    {
        ProcessStartInfo start = CodecHost.StartInfo();
        Assert.Equal(typeof(CodecProcess).Assembly.Location, start.Environment["DOTNET_STARTUP_HOOKS"]);
        Assert.Equal("exec", start.ArgumentList[0]);
        Assert.EndsWith("Radapt.Tests.dll", start.ArgumentList[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void StartInfo_HooksSwitchedOff_IsRefusedBeforeTheApplicationRunsASecondTime()
    {
        AppContext.SetSwitch("System.StartupHookProvider.IsSupported", false);
        try
        {
            InvalidDataException e = Assert.Throws<InvalidDataException>(CodecHost.StartInfo);
            Assert.Contains("publish without trimming", e.Message, StringComparison.Ordinal);
        }
        finally
        {
            AppContext.SetSwitch("System.StartupHookProvider.IsSupported", true);
        }
    }

    [Fact]
    public void Decode_FromManyThreads_GivesEachItsOwnImage()
    {
        DecodingProcesses.SkipWithout(CodecLibrary.JpegLs);
        DicomPhantom[] phantoms = [.. Enumerable.Range(0, 8).Select(i => DicomPhantom.Draw(20 + i, 30, 12, seed: i))];
        byte[][] files = [.. phantoms.Select(p => p.ToFile("jpeg-ls"))];
        Parallel.For(0, 64, new ParallelOptions { MaxDegreeOfParallelism = 4 }, i =>
            Assert.Equal(phantoms[i % 8].Samples, DicomReader.ReadStored(files[i % 8], "x", processes.Codecs).Samples));
    }

    [Fact]
    public void Decode_DamagedThenSound_GoesOn()
    {
        DecodingProcesses.SkipWithout(CodecLibrary.JpegLs);
        DicomPhantom phantom = DicomPhantom.Draw(40, 40, 12, seed: 1);
        byte[] sound = phantom.ToFile("jpeg-ls");
        byte[] damaged = [.. sound];
        damaged.AsSpan(sound.Length / 2, 100).Clear();
        for (int i = 0; i < 3; i++)
        {
            Assert.Throws<RadaptException>(
                () => RadiographReader.Read(damaged.AsMemory(0, damaged.Length - 200), "x.dcm",
                    new DecodingOptions(Codecs: processes.Codecs)));
            Assert.Equal(phantom.Samples, DicomReader.ReadStored(sound, "x", processes.Codecs).Samples);
        }
    }

    // What a stream holds behind its header does not matter to a process that fails.
    private static byte[] File()
    {
        byte[] jpegLs = [0xFF, 0xD8, 0xFF, 0xF7, 0, 11, 8, 0, 4, 0, 4, 1, 1, 0x11, 0, 0xFF, 0xD9, 0];
        return DicomFiles.Compressed(4, 4, 1, 8, DicomPhantom.Syntaxes["jpeg-ls"], [], jpegLs);
    }
}
