using Radapt.Adaptation.Files;
using Radapt.Datasets;
using Radapt.Datasets.Matching;
using Radapt.Imaging;
using Radapt.Runs;
using Radapt.TestData.Dicom;
using Radapt.Training;

namespace Radapt.Tests.Training;

/// <summary>WORKFLOW A3: the rules of prediction are those of the training images.</summary>
public sealed class TrainedImagesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Accepted_ViewsOfTheTrainingImages_AreTheRule()
    {
        Assert.Equal(["frontal"], TrainedImages.Accepted([], Images(("PA", "CHEST"), (null, "CHEST")), null).Views);
        Assert.Equal(["all"], TrainedImages.Accepted([], Images(("PA", "CHEST"), ("Lateral", "CHEST")), null).Views);
        Assert.Equal(["PA"], TrainedImages.Accepted(["PA"], Images(("PA", "CHEST")), null).Views);
    }

    [Fact]
    public void Accepted_BodyPartOfManyTrainingImages_IsAcceptedBesideTheChest()
    {
        AcceptedImages hands = TrainedImages.Accepted(
            [], Images([.. Enumerable.Range(0, 40).Select(i => ((string?)"PA", i < 3 ? "HAND" : i == 3 ? "KNEE" : "CHEST PA"))]), null);
        Assert.Equal(["HAND"], hands.BodyParts); // 3 of 40 are more than 5 %, 1 of 40 is not
        Assert.Null(hands.Refusal(File("HAND")));
        Assert.Null(hands.Refusal(File("THORAX")));
        Assert.Null(hands.Refusal(File("UNKNOWN")));
        Assert.Equal("body part KNEE, not the chest", hands.Refusal(File("KNEE")));
        Assert.Equal("body part of an unknown name, not the chest", hands.Refusal(File("FRAU MUSTER 1950")));
    }

    [Fact]
    public void Accepted_ManySaturatedTrainingImages_AreNotAReasonToRefuse()
    {
        var dark = new Radiograph(20, 20, 1, [.. Enumerable.Range(0, 400).Select(i => (byte)(i < 320 ? 0 : i - 150))]);
        LabelledImages images = Images(("PA", "CHEST"));
        AcceptedImages few = TrainedImages.Accepted([], images, new RunPixels { Checked = 100, Saturated = 4 });
        AcceptedImages many = TrainedImages.Accepted([], images, new RunPixels { Checked = 100, Saturated = 5 });
        Assert.Equal("more than 75 % of its pixels are pure black", few.Refusal(dark));
        Assert.Null(many.Refusal(dark));
        Assert.StartsWith("blank", many.Refusal(new Radiograph(20, 20, 1, new byte[400])), StringComparison.Ordinal);
    }

    [Fact]
    public void Adapter_RulesOfItsRun_AreSavedWithIt()
    {
        using var runs = new TinyRuns();
        string run = runs.Run("epochs 1").Folder;
        AdapterDescription saved = AdapterFile.Describe(run);
        Assert.Equal(["frontal"], saved.Accepts!.Views);
        Dictionary<string, string> metadata = saved.ToMetadata().ToDictionary();
        metadata["accepts"] = """{"views":["sideways"],"body_parts":[]}""";
        Assert.Contains("the rules for images are damaged",
            Assert.Throws<RadaptException>(() => AdapterDescription.FromMetadata(metadata, "a")).Message, StringComparison.Ordinal);
        metadata.Remove("accepts");
        Assert.Null(AdapterDescription.FromMetadata(metadata, "a").Accepts);
    }

    private LabelledImages Images(params (string? View, string BodyPart)[] images) => new(["f"],
        [.. images.Select((image, i) => new LabelledImage($"{i}", Write(image.BodyPart, $"{i}"), null, [1]) { View = image.View })]);

    private FolderImage File(string bodyPart) => new FolderImage(Write(bodyPart, "image"), "image").WithHeader();

    private string Write(string bodyPart, string name)
    {
        System.IO.File.WriteAllBytes(_folder[name], (DicomPhantom.Draw(20, 20, 12, 1) with { BodyPart = bodyPart }).ToFile("explicit"));
        return _folder[name];
    }
}
