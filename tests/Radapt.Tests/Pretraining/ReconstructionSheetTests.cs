using Radapt.Batching;
using Radapt.Compute;
using Radapt.Datasets;
using Radapt.Datasets.Phantoms;
using Radapt.Imaging;
using Radapt.Models;
using Radapt.Pretraining;

namespace Radapt.Tests.Pretraining;

public sealed class ReconstructionSheetTests
{
    private const int Side = 32;
    private const int Gap = 2;

    /// <summary>Column by column: the image, what is seen of it, and seen beside predicted patches.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Write_Phantoms_ShowsImagesMasksAndPredictions(bool normalised)
    {
        using var folder = new TemporaryFolder();
        PhantomSet.Write(folder["p"], new PhantomOptions { Count = 10, Size = Side, Masks = false, Threads = 1 },
            cancellation: TestContext.Current.CancellationToken);
        LabelledImage[] items = [.. Directory.GetFiles(folder["p"], "*.png", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(path => new LabelledImage(Path.GetFileName(path), path, null, []))];
        var preprocessing = new Preprocessing(Side, Side, 0.5, 0.25);
        using var model = new MaskedAutoencoder(
            new BackboneShape(Side, 8, 1, 32, 2), new DecoderShape(32, 1, 1), 8, new Kernels(ComputePlan.Float32));
        model.InitialiseFromScratch(1);
        var settings = new MaskedImageSettings { NormalisedTargets = normalised };

        ReconstructionSheet.Write(
            folder["sheet.png"], model, new ImageBatches(new LabelledImages([], items), preprocessing, 3, 1), preprocessing, settings, 2);

        Radiograph sheet = RadiographReader.Read(folder["sheet.png"]);
        Assert.Equal((Gap + (2 * (Side + Gap)), Gap + (3 * (Side + Gap))), (sheet.Width, sheet.Height));
        for (int column = 0; column < 2; column++)
        {
            byte[][] rows = [.. Enumerable.Range(0, 3).Select(row => Picture(sheet, column, row))];
            Assert.Equal(RadiographReader.Read(items[column].Path).Pixels.ToArray(), rows[0]);
            int masked = 0;
            for (int patch = 0; patch < 16; patch++)
            {
                byte[][] here = [.. rows.Select(r => Patch(r, patch))];
                bool isHidden = here[1].All(v => v == 89); // 0.35 of 255
                masked += isHidden ? 1 : 0;
                Assert.Equal(isHidden, !here[0].SequenceEqual(here[1]));
                Assert.True(isHidden || here[0].SequenceEqual(here[2]));
            }

            Assert.Equal(12, masked);
        }
    }

    private static byte[] Picture(Radiograph sheet, int column, int row) => [.. Enumerable.Range(0, Side * Side).Select(i =>
        sheet.Pixels[((Gap + (row * (Side + Gap)) + (i / Side)) * sheet.Width) + Gap + (column * (Side + Gap)) + (i % Side)])];

    private static byte[] Patch(byte[] picture, int patch) => [.. Enumerable.Range(0, 64).Select(i =>
        picture[(((patch / 4 * 8) + (i / 8)) * Side) + (patch % 4 * 8) + (i % 8)])];
}
