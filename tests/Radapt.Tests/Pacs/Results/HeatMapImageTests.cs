using Radapt.Imaging;
using Radapt.Imaging.Dicom;
using Radapt.Pacs.Results;

namespace Radapt.Tests.Pacs.Results;

public class HeatMapImageTests
{
    private static readonly Preprocessing s_preprocessing = new(16, 16, 0.5, 0.25);

    [Fact]
    public void Create_OwnReader_ShowsThePixelsThatWereDrawn()
    {
        HeatPicture picture = Picture();
        byte[] file = Create(Phantoms.Image().ToFile("explicit"), picture).File;
        Radiograph read = RadiographReader.Read(file, "heat map");
        Assert.Equal((picture.Width, picture.Height, 3), (read.Width, read.Height, read.Channels));
        Assert.Equal(picture.Rgb, read.Pixels);
    }

    [Theory]
    [InlineData("Effusion")]
    [InlineData("Pleuraerguß")]
    public void Create_Dciodvfy_FindsNoError(string finding) =>
        Assert.Empty(DicomPeer.Validate(Create(Phantoms.Image().ToFile("explicit"), Picture(), finding).File));

    [Fact]
    public void Create_Pydicom_ReadsSourceAndDerivation() => Assert.Equal(
        @"1.2.826.0.1.3680043.8.498.3 ['DERIVED', 'SECONDARY'] NO ['L', 'F'] Radapt True True (0008,2110) absent",
        DicomPeer.Python(
            "d.SourceImageSequence[0].ReferencedSOPInstanceUID, d.ImageType, d.BurnedInAnnotation, d.PatientOrientation, d.Manufacturer, "
                + "'research use' in d.ImageComments, 'Effusion' in d.DerivationDescription, "
                + "'(0008,2110) absent' if 'LossyImageCompression' not in d else d.LossyImageCompression",
            Create(Phantoms.Image().ToFile("explicit"), Picture()).File));

    [Fact]
    public void Create_LossySourceThatNamesThePatient_SaysBoth()
    {
        byte[] image = Phantoms.Image((DicomTag.LossyCompression, "CS", "01"), (DicomTag.BurnedInAnnotation, "CS", "YES"))
            .ToFile("explicit");
        byte[] file = Create(image, Picture()).File;
        DicomDataSet set = DicomFile.Parse(file, file.Length).Elements;
        Assert.Equal(("01", "YES"), (set.Text(DicomTag.LossyCompression), set.Text(DicomTag.BurnedInAnnotation)));
    }

    [Fact]
    public void Draw_WideRadiograph_ColoursOnlyWhatTheModelSaw()
    {
        // 32 x 16 pixels: the model sees the 16 x 16 in the middle, and its lower right patch is warm.
        var image = new Radiograph(32, 16, 1, [.. Enumerable.Repeat((byte)100, 32 * 16)]);
        HeatPicture picture = HeatPicture.Draw(image, s_preprocessing, [0, 0, 0, 1], ["label"]);
        int scale = picture.Width / 32;

        Assert.Equal(512, picture.Width);
        Assert.Equal([100, 100, 100], At(2, 8)); // left of it
        Assert.Equal([100, 100, 100], At(30, 8)); // right of it
        Assert.Equal([100, 100, 100], At(11, 4)); // coolest patch
        byte[] warm = At(20, 12);
        Assert.True(warm[0] > 190 && warm[1] is > 100 and < 130);
        Assert.NotEqual([100, 100, 100], picture.Rgb[(3 * ((8 * scale * picture.Width) + (8 * scale)))..][..3]); // its outline
        Assert.Contains((byte)255, picture.Rgb[(3 * picture.Width * 16 * scale)..]); // the label

        byte[] At(int x, int y) => picture.Rgb[(3 * ((((y * scale) + 1) * picture.Width) + (x * scale) + 1))..][..3];
    }

    [Fact]
    public void Draw_AllPatchesAlike_HasNoColour()
    {
        var image = new Radiograph(16, 16, 1, [.. Enumerable.Repeat((byte)100, 256)]);
        HeatPicture picture = HeatPicture.Draw(image, s_preprocessing, [1, 1, 1, 1], ["label"]);
        Assert.All(picture.Rgb[..(3 * picture.Width * picture.Width)], level => Assert.Equal(100, level));
    }

    [Theory]
    [InlineData(4000, 3000)]
    [InlineData(20, 60)]
    [InlineData(1, 1)]
    public void Draw_AnySize_StaysWithinLimits(int width, int height)
    {
        HeatPicture picture = HeatPicture.Draw(new Radiograph(width, height, 1, new byte[width * height]), s_preprocessing, [0, 1, 2, 3],
            HeatMapImage.Lines("Effusion", Phantoms.Author));
        Assert.InRange(picture.Width, 1, 1024);
        Assert.InRange(picture.Height, 1, 2048);
        Assert.Equal(3 * picture.Width * picture.Height, picture.Rgb.Length);
    }

    private static HeatPicture Picture() => HeatPicture.Draw(
        new Radiograph(33, 41, 1, [.. Enumerable.Range(0, 33 * 41).Select(i => (byte)i)]), s_preprocessing, [0, 1, 2, 3],
        HeatMapImage.Lines("Effusion", Phantoms.Author));

    private static DicomResult Create(byte[] image, HeatPicture picture, string finding = "Effusion") =>
        HeatMapImage.Create(Phantoms.Source(image), Phantoms.Author, finding, 1, picture, Phantoms.Now);
}
