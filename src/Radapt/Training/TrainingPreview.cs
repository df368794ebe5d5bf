using Radapt.Datasets;
using Radapt.Imaging;
using Radapt.Imaging.Dicom.Codecs;
using Radapt.Recipes;

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

    /// <summary>Draws the sheet and writes it as PNG.</summary>
    /// <param name="layers">Data, pixels and seed as for a training; the first beats the second. No weights are needed.</param>
    /// <param name="path">The PNG file.</param>
    /// <param name="images">The first so many training images, a row each.</param>
    /// <param name="epochs">Columns after the first; with 0, images are six in a row.</param>
    /// <param name="codecs">Where DICOM files in JPEG-LS and JPEG 2000 are decoded; null: in processes of its own.</param>
    /// <returns>What each image shows.</returns>
    /// <exception cref="RadaptException">The data cannot be read, an option is wrong, or the file cannot be written.</exception>
    public static IReadOnlyList<PreviewRow> Write(
        IReadOnlyList<RecipeLayer> layers, string path, int images, int epochs, CodecProcess? codecs = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(images);
        ArgumentOutOfRangeException.ThrowIfNegative(epochs);
        var given = PartialRecipe.Merge(layers);
        DataOptions data = given.Data;
        if (data.Data is null && (data.Train is null || data.Val is null))
        {
            throw new RadaptException(
                "There are no images to look at; give --data DIR, FILE.csv or a published set such as nih:DIR, or "
                    + "--train LIST --val LIST with --findings.");
        }

        int size = given.Value((ModelOptions m) => m.ImageSize, DefaultSize);
        (double mean, double std) = RecipeDefaults.PaperStatistics;
        var p = new Preprocessing(
            size, given.Value((PixelOptions o) => o.Resize, size), given.Value((PixelOptions o) => o.Mean, mean),
            given.Value((PixelOptions o) => o.Std, std));
        LabelledImages train = DataReader.Read(data with { AllowRareFindings = true }).Train;
        var decoding = new DecodingOptions(given.Value((PixelOptions o) => o.DicomScale, RecipeDefaults.Scale(data).Value), codecs)
        {
            PngBits = given.Has((PixelOptions o) => o.PngBits) ? given.Value((PixelOptions o) => o.PngBits)
                : PngDepth.Measure([.. train.Items.Select(i => i.Path)])?.Bits ?? PngDepth.Full,
        };
        Augmentation augmentation = given.Value((PixelOptions o) => o.Augment, RecipeDefaults.Augment(given.Method, size).Value);
        bool flips = given.Value((PixelOptions o) => o.Flip, RecipeDefaults.Flip(augmentation, train.Findings).Value);
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
                TrainingTransform.Apply(image, p, augmentation, data.Seed, epoch, row, values, flips);
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
