using Radapt.Datasets;
using Radapt.Imaging;
using Radapt.Imaging.Dicom;
using Radapt.Imaging.Dicom.Codecs;
using Radapt.Training.Recipes;

namespace Radapt.Training;

/// <summary>
/// A contact sheet of what a training sees: a row per image; first as evaluation sees it, then as the first epochs of training do, the very
/// same
/// crops, operations and noise.
/// </summary>
internal static class TrainingPreview
{
    private const int DefaultSize = 224;
    private const int ImagesAcross = 6;
    private const int SmallSize = 64; // up to it, the default is shifts rather than crops

    /// <summary>Draws the sheet and writes it as PNG.</summary>
    /// <param name="layers">Data, pixels and seed as for a training; the first beats the second. No weights are needed.</param>
    /// <param name="path">The PNG file.</param>
    /// <param name="images">The first so many training images, a row each.</param>
    /// <param name="epochs">Columns after the first; with 0, images stand six in a row.</param>
    /// <param name="codecs">Where DICOM files in JPEG-LS and JPEG 2000 are decoded; null: they are refused.</param>
    /// <returns>What each image shows.</returns>
    /// <exception cref="RadaptException">The data cannot be read, an option is wrong, or the file cannot be written.</exception>
    public static IReadOnlyList<PreviewRow> Write(
        IReadOnlyList<RecipeLayer> layers, string path, int images, int epochs, CodecProcess? codecs = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(images);
        ArgumentOutOfRangeException.ThrowIfNegative(epochs);
        Recipe recipe = RecipeResolver.Partial(layers);
        if (recipe.Data is null && (recipe.Train is null || recipe.Val is null))
        {
            throw new RadaptException(
                "There are no images to look at; give --data DIR, FILE.csv or a published set such as nih:DIR, or "
                    + "--train LIST --val LIST with --findings.");
        }

        int size = recipe.ImageSize > 0 ? recipe.ImageSize : DefaultSize;
        bool isChosen = RecipeLayer.Merge(layers).Find("augment") is not null;
        Augmentation augmentation = isChosen || size > SmallSize ? AugmentationNames.Parse(recipe.Augment) : Augmentation.ShiftFlipNoise;
        var p = new Preprocessing(
            size, recipe.Resize > 0 ? recipe.Resize : size, recipe.Mean > 0 ? recipe.Mean : RecipeDefaults.PaperMean, recipe.Std > 0
                ? recipe.Std : RecipeDefaults.PaperStd);
        bool isScaleGiven = RecipeLayer.Merge(layers).Find("dicom-scale") is not null;
        LabelledImages train = DataReader.Read(RunData.Options(recipe) with { AllowRareFindings = true }).Train;
        var decoding = new DecodingOptions(isScaleGiven ? recipe.DicomScale : RecipeDefaults.DicomScaleOf(recipe.Data), codecs)
        {
            PngBits = RecipeLayer.Merge(layers).Find("png-bits") is not null ? recipe.PngBits
                : PngDepth.Measure([.. train.Items.Select(i => i.Path)])?.Bits ?? PngDepth.Full,
        };
        bool flips = recipe.Flip == "on" || (recipe.Flip == "auto" && SidedFindings.First(train.Findings) is null);
        int rows = Math.Min(images, train.Items.Count);
        int across = epochs > 0 ? 1 : Math.Min(ImagesAcross, rows);
        var sheet = new ContactSheet(across + epochs, (rows + across - 1) / across, size);
        var values = new float[size * size];
        var shown = new List<PreviewRow>();
        for (int row = 0; row < rows; row++)
        {
            LabelledImage item = train.Items[row];
            Radiograph image = Read(item, decoding);
            EvaluationTransform.Apply(image, p, values);
            sheet.Put(row % across, row / across, Levels(values, p));
            for (int epoch = 0; epoch < epochs; epoch++)
            {
                TrainingTransform.Apply(image, p, augmentation, recipe.Seed, epoch, row, values, flips);
                sheet.Put(1 + epoch, row, Levels(values, p));
            }

            shown.Add(new PreviewRow(item.Shown, [.. train.Findings.Where((_, f) => item.Labels[f] == 1)]));
        }

        sheet.Write(path);
        return shown;
    }

    private static Radiograph Read(LabelledImage image, DecodingOptions decoding)
    {
        try
        {
            return RadiographReader.Read(image.Path, decoding);
        }
        catch (RadaptException e)
        {
            throw image.Reported(e);
        }
    }

    private static byte[] Levels(float[] values, Preprocessing p) =>
        [.. values.Select(v => (byte)Math.Clamp(Math.Round(((v * p.Std) + p.Mean) * 255), 0, 255))];
}

/// <summary>An image of a preview.</summary>
/// <param name="Image">Name as in the table, or its row where the data knows patients.</param>
/// <param name="Findings">Those that are present.</param>
internal sealed record PreviewRow(string Image, IReadOnlyList<string> Findings);
