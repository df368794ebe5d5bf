using System.Globalization;
using System.Numerics;
using System.Text;
using Radapt.Imaging.Dicom;
using Radapt.Imaging.Dicom.Writing;
using Radapt.Pacs.Results;
using Radapt.Tests.Pacs.Results;

namespace Radapt.Tests.Imaging.Dicom.Writing;

public class DicomWritingTests
{
    [Fact]
    public void FromNames_IsAUuidOfVersion8_AndTellsNamesApart()
    {
        string uid = DicomUid.FromNames("a", "bc");
        byte[] uuid = BigInteger.Parse(uid["2.25.".Length..], CultureInfo.InvariantCulture)
            .ToByteArray(isUnsigned: true, isBigEndian: true);
        Assert.Equal((8, 2), (uuid[^10] >> 4, uuid[^8] >> 6));
        Assert.Equal(uid, DicomUid.FromNames("a", "bc"));
        string[] others = [DicomUid.FromNames("ab", "c"), DicomUid.FromNames("abc"), DicomUid.FromNames("a", "bc", "")];
        Assert.Equal(4, others.Append(uid).Distinct().Count());
        Assert.All(Enumerable.Range(0, 1000), i => Assert.True(DicomUid.IsPlausible(DicomUid.FromNames($"{i}"))));
        Assert.True(DicomUid.IsPlausible(DicomUid.Implementation));
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("1.2.840", true)]
    [InlineData("1..2", false)]
    [InlineData(".1", false)]
    [InlineData("1.", false)]
    [InlineData("1.2 ", false)]
    [InlineData("1.2/../3", false)]
    public void IsPlausible_Texts(string uid, bool expected) => Assert.Equal(expected, DicomUid.IsPlausible(uid));

    [Fact]
    public void Write_ElementsInAnyOrder_AreSortedAndEven()
    {
        byte[] bytes = new WrittenDataSet().Text(DicomTag.PatientId, "LO", "abc").Text(DicomTag.SopClassUid, "UI", "1.2")
            .Word(DicomTag.Rows, 513).Bytes(DicomTag.PixelData, "OB", [1]).ToBytes(Encoding.ASCII);
        byte[] expected =
        [
            0x08, 0, 0x16, 0, (byte)'U', (byte)'I', 4, 0, (byte)'1', (byte)'.', (byte)'2', 0,
            0x10, 0, 0x20, 0, (byte)'L', (byte)'O', 4, 0, (byte)'a', (byte)'b', (byte)'c', (byte)' ',
            0x28, 0, 0x10, 0, (byte)'U', (byte)'S', 2, 0, 1, 2,
            0xE0, 0x7F, 0x10, 0, (byte)'O', (byte)'B', 0, 0, 2, 0, 0, 0, 1, 0,
        ];
        Assert.Equal(expected, bytes);
    }

    [Fact]
    public void Write_Sequences_AreReadByTheOwnReader()
    {
        WrittenDataSet item = new WrittenDataSet().Text(DicomTag.CodeValue, "SH", "R-10206");
        byte[] file = DicomFileWriter.Write(new WrittenDataSet().Sequence(DicomTag.ViewCode, item).Sequence(new DicomTag(8, 0x1111)),
            "1.2.3", "1.2.3.4", Encoding.ASCII, "0.1.0");
        var read = DicomFile.Parse(file, file.Length);
        Assert.Equal("R-10206", read.Elements.FirstItem(DicomTag.ViewCode)!.Text(DicomTag.CodeValue));
        Assert.Equal(("1.2.3", "1.2.3.4"), (read.Elements.Text(DicomTag.SopClassUid), read.Elements.Text(DicomTag.SopInstanceUid)));
        Assert.True(DicomPeer.IsPart10(file));
    }

    [Theory]
    [InlineData("SH", 17)]
    [InlineData("LO", 65)]
    [InlineData("UI", 65)]
    [InlineData("CS", 17)]
    [InlineData("DS", 17)]
    public void Text_TooLong_IsRefused(string vr, int length)
    {
        Assert.Throws<ArgumentException>(() => new WrittenDataSet().Text(DicomTag.StudyId, vr, new string('1', length)));
        new WrittenDataSet().Text(DicomTag.StudyId, vr, new string('1', length - 1));
    }

    [Theory]
    [InlineData("", true, "ISO_IR 192")]
    [InlineData("", false, "")]
    [InlineData("ISO_IR 100", false, "ISO_IR 100")]
    [InlineData("ISO_IR 144", true, "ISO_IR 192")]
    [InlineData("GB18030", true, "ISO_IR 192")]
    [InlineData(@"\ISO 2022 IR 87", true, @"\ISO 2022 IR 87")]
    [InlineData("lower case", false, "")]
    [InlineData("A TERM THAT IS MUCH TOO LONG", false, "")]
    public void ResultCharacterSet_Choose(string declared, bool needsMore, string expected) =>
        Assert.Equal(expected, ResultCharacterSet.Choose(declared, [needsMore ? "ß" : "s"]).Declared);

    [Theory]
    [InlineData("ISO_IR 144", new byte[] { 0xB8, 0xC2 }, "ИТ")]
    [InlineData("GB18030", new byte[] { 0xD6, 0xD0 }, "中")]
    [InlineData("ISO_IR 101", new byte[] { 0xA3 }, "Ł")]
    [InlineData("", new byte[] { 0xE4 }, "ä")]
    public void ResultCharacterSet_Convert(string declared, byte[] text, string expected) =>
        Assert.Equal(expected, Encoding.UTF8.GetString(ResultCharacterSet.Choose(declared, ["ß"]).Convert(text)));

    [Fact]
    public void PixelFont_Wrap_BreaksAtBlanksAndLongWords() =>
        Assert.Equal(["ab cd", "abcde", "fgh i"], PixelFont.Wrap("ab  cd abcdefgh i", 5));
}
