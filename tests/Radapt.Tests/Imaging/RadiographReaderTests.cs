using System.Buffers.Binary;
using Radapt.Imaging;
using Radapt.Imaging.Dicom;

namespace Radapt.Tests.Imaging;

public class RadiographReaderTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(3, 3)]
    [InlineData(4, 3)]
    public void Read_PngWithOrWithoutAlpha_KeepsTheColoursAndDropsAlpha(int bands, int channels)
    {
        byte[] pixels = TestImages.Pattern(37, 21, bands);
        foreach (bool interlace in new[] { false, true })
        {
            Radiograph image = RadiographReader.Read(TestImages.Png(pixels, 37, 21, bands, interlace), "test");
            Assert.Equal((37, 21, channels, 8), (image.Width, image.Height, image.Channels, image.SourceBits));
            Assert.Equal([.. pixels.Chunk(bands).SelectMany(p => p[..channels])], image.Pixels);
        }
    }

    // K16: reading a pipe that nobody writes would wait for ever.
    [Theory]
    [InlineData("scan.png")]
    [InlineData("scan.dcm")]
    public async Task Read_Pipe_IsRefused(string name)
    {
        using var folder = new TemporaryFolder();
        string pipe = NamedPipe.Make(folder[name]);
        CancellationToken token = TestContext.Current.CancellationToken;
        Action[] reads = [() => RadiographReader.Read(pipe), () => RadiographReader.Probe(pipe), () => DicomReader.ReadIdentity(pipe)];
        Task<string[]> read = Task.Run(() => reads.Select(a => Assert.Throws<RadaptException>(a).Message).ToArray(), token);
        string[] messages = await read.WaitAsync(token);
        Assert.All(messages, m => Assert.Contains("a named pipe instead of a file", m, StringComparison.Ordinal));
    }

    [Fact]
    public void Read_RgbPngWithEqualChannels_BecomesGray()
    {
        byte[] gray = TestImages.Pattern(16, 9, 1);
        Radiograph image = RadiographReader.Read(TestImages.Png([.. gray.SelectMany(v => new[] { v, v, v })], 16, 9, 3), "test");
        Assert.Equal(1, image.Channels);
        Assert.Equal(gray, image.Pixels);
    }

    [Fact]
    public void Read_RgbPngWhoseOnlyColourIsInTheLastRow_StaysColour()
    {
        byte[] pixels = [.. TestImages.Pattern(16, 40, 1).SelectMany(v => new[] { v, v, v })];
        pixels[^1] ^= 1;
        Radiograph image = RadiographReader.Read(TestImages.Png(pixels, 16, 40, 3), "test");
        Assert.Equal(3, image.Channels);
        Assert.Equal(pixels, image.Pixels);
    }

    [Fact]
    public void Read_16BitGray_IsScaledToTheFullRange()
    {
        ushort[] samples = [0, 128, 129, 257, 32_767, 32_768, 65_406, 65_407, 65_535];
        Radiograph image = RadiographReader.Read(TestImages.Png16(samples, 9, 1, 1), "test");
        Assert.Equal([.. samples.Select(v => (byte)Math.Round(v / 257.0))], image.Pixels);
        Assert.Equal(16, image.SourceBits);
    }

    [Fact]
    public void Read_16BitColour_IsCutToTheHighByteAsPillowDoes()
    {
        ushort[] samples = [0x01FF, 0x8000, 0xFFFF, 0x00FF, 0x7F80, 0x1234];
        Radiograph image = RadiographReader.Read(TestImages.Png16(samples, 2, 1, 3), "test");
        Assert.Equal([.. samples.Select(v => (byte)(v >> 8))], image.Pixels);
    }

    [Fact] // WORKFLOW A9
    public void Read_JpegWithOrientation_IsTurnedUpright()
    {
        byte[] plain = TestImages.Jpeg(TestImages.Pattern(40, 24, 1), 40, 24, 1);
        byte[] exif =
        [
            0xFF, 0xE1, 0, 34, .. "Exif\0\0MM"u8, 0, 42, 0, 0, 0, 8,
            0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0, // one entry: orientation 6, a quarter turn
        ];
        Radiograph stored = RadiographReader.Read(plain, "plain");
        Radiograph upright = RadiographReader.Read((byte[])[.. plain[..2], .. exif, .. plain[2..]], "turned");
        Assert.Equal((24, 40), (upright.Width, upright.Height));
        for (int y = 0; y < 40; y++)
        {
            for (int x = 0; x < 24; x++)
            {
                Assert.Equal(stored.Pixels[((23 - x) * 40) + y], upright.Pixels[(y * 24) + x]); // a quarter turn to the right
            }
        }
    }

    [Fact]
    public void Read_FromManyThreads_GivesTheSamePixels()
    {
        byte[] png = TestImages.Png(TestImages.Pattern(301, 203, 1), 301, 203, 1);
        byte[] jpeg = TestImages.Jpeg(TestImages.Pattern(301, 203, 3), 301, 203, 3, progressive: true);
        byte[] expectedPng = RadiographReader.Read(png, "png").Pixels;
        byte[] expectedJpeg = RadiographReader.Read(jpeg, "jpeg").Pixels;
        Parallel.For(0, 64, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
            Assert.Equal(i % 2 == 0 ? expectedPng : expectedJpeg, RadiographReader.Read(i % 2 == 0 ? png : jpeg, "x").Pixels));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Read_CutAnywhere_NeverGivesOtherPixels(bool png)
    {
        byte[] pixels = TestImages.Pattern(50, 40, 3);
        byte[] file = png ? TestImages.Png(pixels, 50, 40, 3) : TestImages.Jpeg(pixels, 50, 40, 3);
        byte[] whole = RadiographReader.Read(file, "whole").Pixels;
        for (int length = 0; length < file.Length; length += 7)
        {
            try
            {
                Assert.Equal(whole, RadiographReader.Read(file.AsMemory(0, length), "cut").Pixels);
                Assert.True(png && length >= file.Length - 12, "only a PNG's closing chunk may be missing");
            }
            catch (RadaptException)
            {
                // Refusing is the other right answer.
            }
        }
    }

    [Theory]
    [InlineData("png", 0)]
    [InlineData("png", 3)]
    [InlineData("png", 20)]
    [InlineData("png", 60)]
    [InlineData("png", 2000)]
    [InlineData("png", -100)]
    [InlineData("jpeg", 0)]
    [InlineData("jpeg", 3)]
    [InlineData("jpeg", 20)]
    [InlineData("jpeg", 2000)]
    [InlineData("jpeg", -100)]
    [InlineData("progressive", 2000)]
    [InlineData("progressive", -100)]
    public void Read_TruncatedFile_IsOneLineThatNamesTheFile(string kind, int keep)
    {
        byte[] pixels = TestImages.Pattern(200, 150, 1);
        byte[] file = kind == "png" ? TestImages.Png(pixels, 200, 150, 1) : TestImages.Jpeg(pixels, 200, 150, 1, kind == "progressive");
        int length = keep >= 0 ? keep : file.Length + keep;
        Assert.InRange(length, 0, file.Length - 1);
        AssertRefused(file[..length], "truncated", "empty", "neither");
    }

    [Fact]
    public void Read_PngWithDamagedPixels_IsAnError()
    {
        byte[] file = TestImages.Png(TestImages.Pattern(200, 150, 1), 200, 150, 1);
        file.AsSpan(file.Length / 2, 64).Fill(0x55);
        AssertRefused(file, "damaged");
    }

    [Fact]
    public void Read_TextNamedPng_SaysItIsNeither() =>
        AssertRefused("version https://git-lfs.github.com/spec/v1\noid sha256:0\n"u8.ToArray(), "neither PNG, JPEG nor DICOM");

    [Fact]
    public void Read_OtherImageFormat_SaysItIsNeither() =>
        AssertRefused("GIF89a_______________"u8.ToArray(), "neither PNG, JPEG nor DICOM");

    [Theory]
    [InlineData(60_000, 60_000)]
    [InlineData(100_000, 1)]
    [InlineData(0, 5)]
    [InlineData(-1, 5)]
    public void Read_AbsurdSizeInPngHeader_IsRefusedBeforeMemoryIsTaken(int width, int height)
    {
        byte[] file = TestImages.Png(TestImages.Pattern(20, 20, 1), 20, 20, 1);
        BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(16), width);
        BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(20), height);
        long before = GC.GetAllocatedBytesForCurrentThread();
        AssertRefused(file, "pixels are read");
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
    }

    [Fact]
    public void Read_AbsurdSizeInJpegHeader_IsRefused()
    {
        byte[] file = TestImages.Jpeg(TestImages.Pattern(20, 20, 1), 20, 20, 1);
        int frame = file.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xC0]);
        file.AsSpan(frame + 5, 4).Fill(0xFF);
        AssertRefused(file, "million pixels");
    }

    [Fact]
    public void Read_CmykJpeg_SaysHowToConvert() => AssertRefused(TestImages.Jpeg(TestImages.Pattern(20, 20, 4), 20, 20, 4), "CMYK");

    [Fact]
    public void Read_NameOrContentOfDicom_IsReadAsDicom()
    {
        var file = new byte[200];
        "DICM"u8.CopyTo(file.AsSpan(128));
        AssertRefused(file, "ends inside a data element");
        byte[] png = TestImages.Png(TestImages.Pattern(4, 4, 1), 4, 4, 1);
        Assert.Contains("not DICOM", Assert.Throws<RadaptException>(() => RadiographReader.Read(png, "scan.DCM")).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Read_MissingFileOrFolder_NamesIt()
    {
        using var folder = new TemporaryFolder();
        foreach (string path in new[] { folder["missing.png"], folder.Path, folder[Path.Combine("no", "where.png")] })
        {
            Assert.StartsWith(path, Assert.Throws<RadaptException>(() => RadiographReader.Read(path)).Message, StringComparison.Ordinal);
            Assert.StartsWith(path, Assert.Throws<RadaptException>(() => RadiographReader.Probe(path)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Probe_FileWithAWrongExtension_TellsItsContent()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["a.png"], TestImages.Jpeg(TestImages.Pattern(33, 12, 3), 33, 12, 3, progressive: true));
        File.WriteAllBytes(folder["b.jpg"], TestImages.Png16(new ushort[35], 7, 5, 1));
        File.WriteAllBytes(folder["c"], TestImages.Png(TestImages.Pattern(6, 4, 4), 6, 4, 4));
        Assert.Equal(new ImageInfo(ImageFormat.Jpeg, 33, 12, 3, 8), RadiographReader.Probe(folder["a.png"]));
        Assert.Equal(new ImageInfo(ImageFormat.Png, 7, 5, 1, 16), RadiographReader.Probe(folder["b.jpg"]));
        Assert.Equal(new ImageInfo(ImageFormat.Png, 6, 4, 3, 8), RadiographReader.Probe(folder["c"]));
    }

    [Theory]
    [InlineData("covid-cxr", 40)]
    [InlineData("pneumonia-cxr", 10)]
    [InlineData("unlabeled-cxr", 10)]
    [InlineData("pneumoniamnist", 10)]
    public void Read_RealRadiographs_AllDecode(string folder, int count)
    {
        string[] files = [.. Directory.EnumerateFiles(Path.Combine(Repository.RealData(folder), "images"), "*", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal)];
        Assert.NotEmpty(files);
        foreach (string file in files.Where((_, i) => i % Math.Max(1, files.Length / count) == 0))
        {
            Radiograph image = RadiographReader.Read(file);
            ImageInfo info = RadiographReader.Probe(file);
            Assert.Equal((info.Width, info.Height), (image.Width, image.Height));
            Assert.True(image.Pixels.AsSpan().ContainsAnyExcept(image.Pixels[0]), $"{file} is blank");
        }
    }

    private static void AssertRefused(byte[] file, params string[] anyOf)
    {
        RadaptException error = Assert.Throws<RadaptException>(() => RadiographReader.Read(file, "folder/x.png"));
        Assert.StartsWith("folder/x.png: ", error.Message, StringComparison.Ordinal);
        Assert.Equal("folder/x.png", error.Place); // which batches replace by what may be shown
        Assert.DoesNotContain("x.png", error.What, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
        Assert.Contains(anyOf, text => error.Message.Contains(text, StringComparison.Ordinal));
    }
}
