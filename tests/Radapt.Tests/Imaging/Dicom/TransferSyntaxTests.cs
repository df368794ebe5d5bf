using Radapt.Imaging;
using Radapt.Imaging.Dicom;
using Radapt.Imaging.Dicom.Codecs;
using Radapt.TestData.Dicom;

namespace Radapt.Tests.Imaging.Dicom;

/// <summary>The same pixels through every transfer syntax.</summary>
public sealed class TransferSyntaxTests(DecodingProcesses processes) : IClassFixture<DecodingProcesses>
{
    public static TheoryData<string, int> Lossless => Cases(s => s is not ("jpeg-baseline" or "jpeg-extended" or "jpeg-ls-near"));

    public static TheoryData<string, int> Lossy => Cases(s => s is "jpeg-baseline" or "jpeg-extended" or "jpeg-ls-near");

    [Theory]
    [MemberData(nameof(Lossless))]
    public void ReadStored_LosslessSyntax_GivesTheVeryValues(string syntax, int bits)
    {
        SkipWithoutCodec(syntax);
        DicomPhantom phantom = DicomPhantom.Draw(37, 45, bits, seed: bits);
        Assert.Equal(phantom.Samples, DicomReader.ReadStored(phantom.ToFile(syntax), syntax, processes.Codecs).Samples);
    }

    [Theory]
    [MemberData(nameof(Lossy))]
    public void ReadStored_LossySyntax_GivesNearlyTheValues(string syntax, int bits)
    {
        SkipWithoutCodec(syntax);
        DicomPhantom phantom = DicomPhantom.Draw(37, 45, bits, seed: bits);
        StoredPixels pixels = DicomReader.ReadStored(phantom.ToFile(syntax), syntax, processes.Codecs);
        int shift = bits - pixels.Format.BitsStored;
        double worst = pixels.Samples.Zip(phantom.Samples, (a, b) => Math.Abs(a - (b >> shift))).Max();
        Assert.InRange(worst, 0, syntax == "jpeg-baseline" ? 12 : syntax == "jpeg-extended" ? 8 : 2);
    }

    [Theory]
    [InlineData("rle")]
    [InlineData("jpeg-lossless")]
    [InlineData("jpeg-baseline")]
    [InlineData("jpeg-extended")]
    [InlineData("jpeg-ls")]
    [InlineData("jpeg-2000")]
    [InlineData("explicit")]
    [InlineData("deflated")]
    public void Read_TruncatedAnywhere_IsRefusedOrWhole(string syntax)
    {
        SkipWithoutCodec(syntax);
        byte[] file = DicomPhantom.Draw(33, 40, syntax == "jpeg-baseline" ? 8 : 12, seed: 1).ToFile(syntax);
        var options = new DecodingOptions(DicomScale.Max, processes.Codecs);
        byte[] whole = RadiographReader.Read(file, "whole", options).Pixels;
        int refused = 0;
        for (int length = 0; length < file.Length; length += length < file.Length - 40 ? 97 : 1)
        {
            try
            {
                Assert.Equal(whole, RadiographReader.Read(file.AsMemory(0, length), "cut.dcm", options).Pixels);
            }
            catch (RadaptException e)
            {
                Assert.StartsWith("cut.dcm: ", e.Message, StringComparison.Ordinal);
                refused++;
            }
        }

        Assert.InRange(refused, file.Length / 97, int.MaxValue);
    }

    [Theory]
    [InlineData(1, 8)]
    [InlineData(2, 10)]
    [InlineData(3, 12)]
    [InlineData(4, 16)]
    [InlineData(5, 12)]
    [InlineData(6, 14)]
    [InlineData(7, 16)]
    public void JpegLossless_EveryPredictorRestartAndColour_GivesTheVeryValues(int predictor, int bits)
    {
        DicomPhantom phantom = DicomPhantom.Draw(24, 17, bits, seed: predictor);
        ushort[] colour = [.. phantom.Samples, .. phantom.Samples.Reverse(), .. phantom.Samples];
        (int Rows, int Point, int Components)[] kinds = [(0, 0, 1), (5, 0, 1), (0, 2, 1), (0, 0, 3), (4, 1, 3)];
        foreach ((int rows, int point, int components) in kinds)
        {
            var encoder = new JpegLosslessEncoder(17, 24, bits)
            {
                Predictor = predictor,
                RestartRows = rows,
                PointTransform = point,
                Components = components,
            };
            ushort[] samples = components == 1 ? phantom.Samples : colour;
            byte[] file = DicomFiles.Compressed(24, 17, components, bits, DicomPhantom.Syntaxes["jpeg-lossless"], [],
                encoder.Encode(samples));
            Assert.Equal(samples.Select(s => s >> point << point), DicomReader.ReadStored(file, "x", null).Samples.Select(s => (int)s));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(13)]
    [InlineData(16)]
    public void JpegExtended_BitsThatAreNone_AreRefused(byte bits)
    {
        byte[] file = DicomPhantom.Draw(16, 16, 12, 1).ToFile("jpeg-extended");
        file[file.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xC1]) + 4] = bits;
        Assert.Contains("JPEG stream", Assert.Throws<RadaptException>(() => RadiographReader.Read(file, "x.dcm")).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void JpegBaseline_ColourWithoutMarkers_IsWhatTheHeaderSays()
    {
        byte[] rgb = [.. Enumerable.Range(0, 32 * 32).SelectMany(i => new byte[] { 200, 40, 90 })];
        byte[] jpeg = TestImages.Jpeg(rgb, 32, 32, 3); // as YCbCr
        int jfif = jpeg.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xE0]);
        byte[] bare = jfif < 0 ? jpeg : [.. jpeg[..jfif], .. jpeg[(jfif + 18)..]];
        byte[] asRgb = Read("RGB");
        byte[] asYcc = Read("YBR_FULL_422");
        Assert.InRange(asYcc[0], 195, 205);
        Assert.InRange(asRgb[0], 85, 105); // the luminance of that colour, taken for red

        byte[] Read(string photometric) =>
            RadiographReader.Read(DicomFiles.Header(32, 32, 3, 8, photometric).Fragments([], bare)
                .ToFile(DicomPhantom.Syntaxes["jpeg-baseline"]), "x").Pixels;
    }

    [Fact]
    public void Read_SecondFrameDamaged_GivesTheFirst()
    {
        DicomPhantom phantom = DicomPhantom.Draw(16, 16, 8, seed: 3);
        byte[] frame = RleEncoder.Encode(phantom.Samples, 1, 1);
        uint[] offsets = [0, (uint)frame.Length + 8];
        foreach (uint[] table in new[] { [], offsets })
        {
            byte[] file = DicomFiles.Compressed(16, 16, 1, 8, DicomPhantom.Syntaxes["rle"], table, frames: 2, frame, [1, 2, 3, 4]);
            Assert.Equal(phantom.Samples, DicomReader.ReadStored(file, "x", null).Samples);
        }

        byte[] half = frame[..(frame.Length / 4 * 2)];
        byte[] split = DicomFiles.Compressed(16, 16, 1, 8, DicomPhantom.Syntaxes["rle"], [], half, frame[half.Length..]);
        Assert.Equal(phantom.Samples, DicomReader.ReadStored(split, "x", null).Samples);
    }

    /// <summary>R4: an offset table with an entry per fragment says nothing of frames.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Read_OffsetPerFragment_JoinsTheFirstFrame(int frames)
    {
        DicomPhantom phantom = DicomPhantom.Draw(16, 16, 12, seed: 3);
        byte[] frame = new JpegLosslessEncoder(16, 16, 12).Encode(phantom.Samples);
        int half = frame.Length / 4 * 2;
        byte[][] fragments = [.. Enumerable.Repeat(new[] { frame[..half], frame[half..] }, frames).SelectMany(f => f)];
        uint[] offsets = [.. fragments.Select((_, i) => (uint)((i / 2 * (frame.Length + 16)) + (i % 2 * (half + 8))))];
        byte[] file = DicomFiles.Compressed(16, 16, 1, 12, DicomPhantom.Syntaxes["jpeg-lossless"], offsets, frames, fragments);
        Assert.Equal(phantom.Samples, DicomReader.ReadStored(file, "x", null).Samples);
    }

    /// <summary>R6: the stream says what it is, whatever the transfer syntax says.</summary>
    [Fact]
    public void Read_OtherCodingThanTheSyntaxSays_IsDecodedByTheStream()
    {
        DicomPhantom phantom = DicomPhantom.Draw(16, 16, 12, seed: 3);
        byte[] frame = new JpegLosslessEncoder(16, 16, 12).Encode(phantom.Samples);
        foreach (string syntax in new[] { "jpeg-baseline", "jpeg-extended", "jpeg-ls", "jpeg-2000-lossless", "rle" })
        {
            byte[] file = DicomFiles.Compressed(16, 16, 1, 12, DicomPhantom.Syntaxes[syntax], [], frame);
            Assert.Equal(phantom.Samples, DicomReader.ReadStored(file, "x", null).Samples);
        }
    }

    private static void SkipWithoutCodec(string syntax)
    {
        if (syntax.StartsWith("jpeg-ls", StringComparison.Ordinal))
        {
            DecodingProcesses.SkipWithout(CodecLibrary.JpegLs);
        }
        else if (syntax.StartsWith("jpeg-2000", StringComparison.Ordinal))
        {
            DecodingProcesses.SkipWithout(CodecLibrary.Jpeg2000);
        }
    }

    private static TheoryData<string, int> Cases(Func<string, bool> which)
    {
        var data = new TheoryData<string, int>();
        foreach (string syntax in DicomPhantom.Syntaxes.Keys.Where(which))
        {
            foreach (int bits in new[] { 8, 10, 12, 16 })
            {
                data.Add(syntax, bits);
            }
        }

        return data;
    }
}
