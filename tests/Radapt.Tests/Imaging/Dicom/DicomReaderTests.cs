using System.Buffers.Binary;
using Radapt.Datasets.Matching;
using Radapt.Imaging;
using Radapt.Imaging.Dicom;
using Radapt.TestData.Dicom;

namespace Radapt.Tests.Imaging.Dicom;

/// <summary>Headers, layouts of native pixels, and files that mean ill.</summary>
public class DicomReaderTests
{
    private static readonly DicomTag s_private = new(0x0009, 0x0010);

    [Fact]
    public void ReadHeader_Tags_AreTypedAndNothingOfThePatientIsShown()
    {
        byte[] file = (DicomPhantom.Draw(4, 6, 12, 1) with
        {
            PatientId = "Secret",
            StudyUid = "1.2.77",
            InstanceUid = "1.2.88",
            View = "LL",
            IsInverted = true,
        }).ToFile("explicit");
        DicomHeader header = DicomReader.ReadHeader(new MemoryStream(file), "x");
        Assert.Equal(("Secret", "1.2.77", "1.2.88", "A1.2.77"),
            (header.PatientId, header.StudyInstanceUid, header.SopInstanceUid, header.AccessionNumber));
        Assert.Equal(("DX", "Phantoms", DicomView.Lateral, DicomPhotometric.Monochrome1),
            (header.Modality, header.Manufacturer, header.View, header.Photometric));
        Assert.Equal((4, 6, 16, 12), (header.Pixels.Rows, header.Pixels.Columns, header.Pixels.BitsAllocated, header.Pixels.BitsStored));
        Assert.DoesNotContain("Secret", $"{header}", StringComparison.Ordinal);
        Assert.DoesNotContain("1.2.77", $"{header}", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PA", "", "PosteroAnterior")]
    [InlineData("ap ", "", "AnteroPosterior")]
    [InlineData("", "R-10236", "Lateral")]
    [InlineData("", "272479007", "PosteroAnterior")]
    [InlineData("RLO", "", "Other")]
    [InlineData("", "", "Unknown")]
    public void ReadHeader_View_ComesFromPositionOrCode(string position, string code, string expected)
    {
        DicomWriter file = DicomFiles.Header(1, 1, 1, 8, "MONOCHROME2").Text(DicomTag.ViewPosition, "CS", position)
            .Text(DicomTag.ImageLaterality, "CS", "R");
        file.Sequence(DicomTag.ViewCode, false, new DicomWriter().Text(DicomTag.CodeValue, "SH", code))
            .Element(DicomTag.PixelData, "OB", [0, 0]);
        DicomHeader header = DicomReader.ReadHeader(new MemoryStream(file.ToFile(DicomWriter.ExplicitLittleEndian)), "x");
        Assert.Equal((expected, DicomLaterality.Right), ($"{header.View}", header.Laterality));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Read_BareDataSet_IsRecognisedByContent(bool isExplicit)
    {
        byte[] file = DicomFiles.Header(2, 2, 1, 8, "MONOCHROME2", isExplicit: isExplicit)
            .Element(DicomTag.PixelData, "OW", [0, 1, 2, 3]).DataSet;
        Assert.Equal([0, 1, 2, 3], DicomReader.ReadStored(file, "x", null).Samples.Select(s => (int)s));
        Assert.Equal(2, RadiographReader.Read(file, "no extension").Width);
    }

    [Fact]
    public void ReadStored_ColourLayouts_BecomeInterleavedRgb()
    {
        byte[] planar = DicomFiles.Header(1, 2, 3, 8, "RGB", isPlanar: true).Element(DicomTag.PixelData, "OB", [1, 2, 3, 4, 5, 6])
            .ToFile(DicomWriter.ExplicitLittleEndian);
        Assert.Equal([1, 3, 5, 2, 4, 6], RadiographReader.Read(planar, "x").Pixels);
        byte[] full = DicomFiles.Header(1, 2, 3, 8, "YBR_FULL").Element(DicomTag.PixelData, "OB", [76, 85, 255, 100, 128, 128])
            .ToFile(DicomWriter.ExplicitLittleEndian);
        Assert.Equal([254, 0, 0, 100, 100, 100], RadiographReader.Read(full, "x").Pixels);
        byte[] half = DicomFiles.Header(1, 2, 3, 8, "YBR_FULL_422").Element(DicomTag.PixelData, "OB", [76, 100, 85, 255])
            .ToFile(DicomWriter.ExplicitLittleEndian);
        Assert.Equal([254, 0, 0, 255, 24, 24], RadiographReader.Read(half, "x").Pixels);
        byte[] gray = DicomFiles.Header(1, 2, 3, 8, "RGB").Element(DicomTag.PixelData, "OB", [9, 9, 9, 7, 7, 7])
            .ToFile(DicomWriter.ExplicitLittleEndian);
        Assert.Equal((1, 2), (RadiographReader.Read(gray, "x").Channels, RadiographReader.Read(gray, "x").Pixels.Length));
    }

    [Fact]
    public void Read_Palette_IsLookedUp()
    {
        DicomWriter file = DicomFiles.Header(1, 4, 1, 8, "PALETTE COLOR");
        file.Words(DicomTag.RedDescriptor, 3, 1, 16).Words(DicomTag.GreenDescriptor, 3, 1, 16).Words(DicomTag.BlueDescriptor, 3, 1, 16)
            .Words(DicomTag.RedData, "OW", 0x1000, 0x2000, 0x3000).Words(DicomTag.GreenData, "OW", 0, 0xFF00, 0x8000)
            .Words(DicomTag.BlueData, "OW", 0x0100, 0, 0)
            .Element(DicomTag.PixelData, "OB", [0, 1, 2, 3]);
        Assert.Equal([16, 0, 1, 16, 0, 1, 32, 255, 0, 48, 128, 0],
            RadiographReader.Read(file.ToFile(DicomWriter.ExplicitLittleEndian), "x").Pixels);
    }

    [Fact]
    public void ReadStored_BytesOfBigEndianWords_AreSwappedBack()
    {
        byte[] words = DicomFiles.Header(1, 4, 1, 8, "MONOCHROME2", isBigEndian: true).Element(DicomTag.PixelData, "OW", [2, 1, 4, 3])
            .ToFile(DicomWriter.BigEndian);
        Assert.Equal([1, 2, 3, 4], DicomReader.ReadStored(words, "x", null).Samples.Select(s => (int)s));
        byte[] bytes = DicomFiles.Header(1, 4, 1, 8, "MONOCHROME2", isBigEndian: true).Element(DicomTag.PixelData, "OB", [1, 2, 3, 4])
            .ToFile(DicomWriter.BigEndian);
        Assert.Equal([1, 2, 3, 4], DicomReader.ReadStored(bytes, "x", null).Samples.Select(s => (int)s));
    }

    [Fact]
    public void ReadStored_OverlayBitsBesideThePixels_AreCutOff()
    {
        byte[] file = DicomFiles.Header(1, 2, 1, 10, "MONOCHROME2", high: 11).Words(DicomTag.PixelData, "OW", 0xF007, 0x0FFC)
            .ToFile(DicomWriter.ExplicitLittleEndian);
        Assert.Equal([1, 1023], DicomReader.ReadStored(file, "x", null).Samples.Select(s => (int)s));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Read_NestedPrivateSequencesBeforeThePixels_ArePassedOver(bool isDefined)
    {
        DicomWriter inner = new DicomWriter().Words(DicomTag.Rows, 77);
        for (int depth = 0; depth < 20; depth++)
        {
            inner = new DicomWriter().Sequence(s_private, isDefined, inner, inner);
            inner = depth % 7 == 0 ? new DicomWriter().Sequence(s_private, isDefined, inner) : inner;
            if (inner.DataSet.Length > 1 << 20)
            {
                break;
            }
        }

        byte[] file = [.. new DicomWriter().Text(DicomTag.Modality, "CS", "CR").DataSet, .. inner.DataSet,
            .. DicomFiles.Header(1, 2, 1, 8, "MONOCHROME2").DataSet,
            .. new DicomWriter().Element(DicomTag.PixelData, "OB", [5, 6]).DataSet];
        Assert.Equal([5, 6], DicomReader.ReadStored(file, "x", null).Samples.Select(s => (int)s));
        Assert.Equal(2, DicomReader.ReadHeader(new MemoryStream(file), "x").Pixels.Columns);
    }

    [Fact]
    public void Read_BottomlessNesting_IsRefused()
    {
        var bytes = new List<byte>(new DicomWriter().Text(DicomTag.Modality, "CS", "CR").DataSet);
        for (int i = 0; i < 100_000; i++)
        {
            bytes.AddRange(new DicomWriter().Header(s_private, "SQ", DicomElement.Undefined)
                .Header(DicomTag.Item, "", DicomElement.Undefined).DataSet);
        }

        Assert.Contains("nested", Refused([.. bytes]), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_DeflatedBomb_IsRefusedBeforeItIsLarge()
    {
        var file = new DicomWriter().Text(DicomTag.Modality, "CS", "CR");
        for (int i = 0; i < 9; i++)
        {
            file.Element(s_private, "UN", new byte[16 << 20]);
        }

        byte[] bytes = file.ToFile(DicomWriter.Deflated);
        Assert.InRange(bytes.Length, 0, 1 << 20);
        Assert.Contains("128 MiB", Refused(bytes), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("rle")]
    [InlineData("jpeg-lossless")]
    [InlineData("jpeg-baseline")]
    [InlineData("jpeg-extended")]
    public void Read_HugeSizeWithFewBytes_TakesLittleMemory(string syntax)
    {
        byte[] file = DicomPhantom.Draw(8, 8, 8, 1).ToFile(syntax);
        foreach (DicomTag tag in new[] { DicomTag.Rows, DicomTag.Columns })
        {
            int at = file.AsSpan().IndexOf((ReadOnlySpan<byte>)[(byte)tag.Group, 0, (byte)tag.Element, 0, (byte)'U', (byte)'S']);
            BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(at + 8), 9000);
        }

        long before = GC.GetTotalAllocatedBytes(precise: true);
        Refused(file);
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 600L << 20);
    }

    [Fact]
    public void Read_PatientNameInAnyDamagedPlace_IsNeverInTheMessage()
    {
        byte[] whole = (DicomPhantom.Draw(4, 4, 8, 1) with { PatientId = "Zaphod" }).ToFile("explicit");
        for (int at = 132; at < whole.Length; at++)
        {
            byte[] file = [.. whole];
            file[at] ^= 0x55;
            try
            {
                RadiographReader.Read(file, "scan.dcm");
            }
            catch (RadaptException e)
            {
                Assert.DoesNotContain("Zaphod", e.Message, StringComparison.Ordinal);
                Assert.DoesNotContain("Phantom^", e.Message, StringComparison.Ordinal);
                Assert.StartsWith("scan.dcm: ", e.Message, StringComparison.Ordinal);
            }
        }
    }

    /// <summary>R1: a count of frames that is not one means a single image, for whoever asks.</summary>
    [Theory]
    [InlineData("0", 1)]
    [InlineData("", 1)]
    [InlineData("-1", 1)]
    [InlineData("many", 1)]
    [InlineData("3", 3)]
    public void Read_NumberOfFrames_IsTheSameForHeaderAndIdentity(string frames, long expected)
    {
        using var folder = new TemporaryFolder();
        byte[] file = DicomFiles.Header(1, 2, 1, 8, "MONOCHROME2").Text(DicomTag.Frames, "IS", frames)
            .Element(DicomTag.PixelData, "OB", [5, 6])
            .ToFile(DicomWriter.ExplicitLittleEndian);
        File.WriteAllBytes(folder["a.dcm"], file);
        Assert.Equal(expected, DicomReader.ReadIdentity(folder["a.dcm"]).Frames);
        Assert.Equal(expected, DicomReader.ReadHeader(folder["a.dcm"]).Pixels.Frames);
        Assert.Equal(expected == 1, new FolderImage(folder["a.dcm"], "a.dcm").WithHeader().Refusal is null);
    }

    /// <summary>S3, in signed samples too: what lies below the lowest stored bit is not looked at.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ReadStored_HighBit15OfLosslessJpeg_IsWhereTheSampleIs(bool isSigned)
    {
        ushort[] stored = [0x0010, 0x7FF3, 0x8001, 0xFFF0];
        byte[] stream = new JpegLosslessEncoder(2, 2, 16).Encode(stored);
        byte[] file = DicomFiles.Header(2, 2, 1, 12, "MONOCHROME2", isSigned, high: 15).Fragments([], stream)
            .ToFile(DicomPhantom.Syntaxes["jpeg-lossless"]);
        StoredPixels pixels = DicomReader.ReadStored(file, "x", null);
        Assert.Equal(isSigned ? [1, 2047, -2048, -1] : [1, 2047, 2048, 4095], pixels.Samples.Select(s => pixels.ValueOf(s)));
    }

    private static string Refused(byte[] file)
    {
        string message = Assert.Throws<RadaptException>(() => RadiographReader.Read(file, "x.dcm")).Message;
        Assert.StartsWith("x.dcm: ", message, StringComparison.Ordinal);
        return message;
    }
}
