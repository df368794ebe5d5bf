using Radapt.Datasets;
using Radapt.Datasets.Matching;
using Radapt.Imaging.Dicom;
using Radapt.Runs;

namespace Radapt.Training;

/// <summary>What the training images were, and so which images their model may be asked about.</summary>
internal static class TrainedImages
{
    private const int Sampled = 200; // headers, spread evenly over the training images
    private const double Common = 0.05; // the share from which a kind of image counts as trained on

    /// <summary>The rules for a run's model.</summary>
    /// <param name="views">Those that the recipe keeps; empty: it says nothing of views.</param>
    /// <param name="train">The training images.</param>
    /// <param name="pixels">What a look at all pixels found; null: nobody looked.</param>
    public static AcceptedImages Accepted(IReadOnlyList<string> views, LabelledImages train, RunPixels? pixels) => new()
    {
        Views = views.Count > 0 ? views : HasOtherViews(train) ? ["all"] : ["frontal"],
        BodyParts = OtherBodyParts(train),
        Saturated = pixels is { Saturated: > 0, Checked: > 0 } && pixels.Saturated >= Common * pixels.Checked,
    };

    // Data sets such as CheXpert have lateral views among their training images, and say so.
    private static bool HasOtherViews(LabelledImages train)
    {
        var frontal = new ViewFilter(["frontal"]);
        return train.Items.Any(i => !frontal.Accepts(i.View));
    }

    private static string[] OtherBodyParts(LabelledImages train)
    {
        int step = Math.Max(1, train.Items.Count / Sampled);
        string[] stated = [.. Enumerable.Range(0, (train.Items.Count + step - 1) / step).AsParallel().AsOrdered()
            .Select(i => BodyPart(train.Items[i * step].Path)).OfType<string>()];
        return
        [
            .. stated.Where(p => AcceptedImages.IsStated(p) && !AcceptedImages.IsChest(p)).GroupBy(p => p)
                .Where(g => g.Count() >= Common * stated.Length).Select(g => g.Key).Order(StringComparer.Ordinal),
        ];
    }

    // Null: not a DICOM file, or its header cannot be read.
    private static string? BodyPart(string path)
    {
        try
        {
            return DicomReader.IsDicomFile(path) ? DicomReader.ReadIdentity(path).BodyPart : null;
        }
        catch (RadaptException)
        {
            return null;
        }
    }
}
