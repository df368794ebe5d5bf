using Radapt.Datasets.Phantoms;
using Radapt.Imaging;
using Radapt.Recipes;
using Radapt.Training;

namespace Radapt.Tests.Training;

public class TrainingPreviewTests
{
    [Fact]
    public void Write_Sheet_ShowsWhatTheTrainingTransformGives()
    {
        using var folder = new TemporaryFolder();
        PhantomSet.Write(folder["set"], new PhantomOptions { Count = 40, Size = 32 }, cancellation: TestContext.Current.CancellationToken);
        IReadOnlyList<PreviewRow> rows = TrainingPreview.Write([Line(folder, "crop-flip")], folder["a.png"], images: 3, epochs: 2);
        TrainingPreview.Write([Line(folder, "crop-flip")], folder["b.png"], images: 3, epochs: 2);
        TrainingPreview.Write([Line(folder, "randaugment-erasing")], folder["c.png"], images: 3, epochs: 2);
        Assert.Equal(File.ReadAllBytes(folder["a.png"]), File.ReadAllBytes(folder["b.png"]));
        Assert.NotEqual(File.ReadAllBytes(folder["a.png"]), File.ReadAllBytes(folder["c.png"]));

        // The phantoms' table has a column of patients, so that rows stand for names unless names are asked for.
        Assert.Equal(["labels.csv, line 2", "labels.csv, line 3", "labels.csv, line 4"], rows.Select(r => r.Image));
        RecipeLayer plain = Line(folder, "crop-flip", ("plain-names", "true"));
        IReadOnlyList<PreviewRow> named = TrainingPreview.Write([plain], folder["a.png"], images: 3, epochs: 2);
        Assert.Equal(["images/phantom000001.png", "images/phantom000002.png", "images/phantom000003.png"], named.Select(r => r.Image));

        // The second row's last column is image 1 in epoch 1.
        Radiograph sheet = RadiographReader.Read(folder["a.png"]);
        Assert.Equal((2 + (3 * 34), 2 + (3 * 34)), (sheet.Width, sheet.Height));
        var p = new Preprocessing(32, 32, 0.4785, 0.2834);
        var values = new float[32 * 32];
        TrainingTransform.Apply(RadiographReader.Read(folder["set/images/phantom000002.png"]), p, Augmentation.CropFlip, seed: 5, epoch: 1,
            sample: 1, values);
        for (int i = 0; i < values.Length; i++)
        {
            byte shown = sheet.Pixels[((2 + 34 + (i / 32)) * sheet.Width) + 2 + 68 + (i % 32)];
            Assert.Equal(((values[i] * p.Std) + p.Mean) * 255, shown, 0.01);
        }

        TrainingPreview.Write([Line(folder, "none")], folder["d.png"], images: 8, epochs: 0);
        Assert.Equal((2 + (6 * 34), 2 + (2 * 34)),
            (RadiographReader.Probe(folder["d.png"]).Width, RadiographReader.Probe(folder["d.png"]).Height));
    }

    [Fact]
    public void Write_WithoutData_SaysWhatToGive() => Assert.Contains(
        "--data", Assert.Throws<RadaptException>(() => TrainingPreview.Write([RecipeLayer.FromCommandLine([])], "x.png", 1, 1)).Message,
            StringComparison.Ordinal);

    private static RecipeLayer Line(TemporaryFolder folder, string augment, params (string Option, string Value)[] more)
    {
        var options = new Dictionary<string, string> { ["data"] = folder["set"], ["image-size"] = "32", ["augment"] = augment };
        options["seed"] = "5";
        Array.ForEach(more, o => options.Add(o.Option, o.Value));
        return RecipeLayer.FromCommandLine(options);
    }
}
