using Radapt.Imaging.Dicom;

namespace Radapt.Datasets;

/// <summary>
/// What messages call an image. File names are often patients' names or accession numbers, so where patients are known or images are DICOM
/// files, the line of the table or list stands for them.
/// </summary>
internal static class ImageTitles
{
    /// <summary>Whether names of these images may be those of patients.</summary>
    public static bool MayNamePatients(IEnumerable<LabelledImages?> sets) =>
        sets.OfType<LabelledImages>().SelectMany(s => s.Items).Any(i => i.Patient is not null || DicomReader.IsDicomFile(i.Path));

    /// <summary>The title of an image.</summary>
    /// <param name="image">The image.</param>
    /// <param name="isHidden">Its name must not be shown.</param>
    public static string Of(LabelledImage image, bool isHidden) => !isHidden ? image.Name
        : image.Line > 0 ? $"the image of line {image.Line}" : "an image whose name is hidden";

    /// <summary>The same error under the image's title.</summary>
    public static RadaptException Error(LabelledImage image, string title, RadaptException error) => new($"{title}: {Reason(image, error)}", error);

    /// <summary>What an error says of an image, without its name.</summary>
    public static string Reason(LabelledImage image, RadaptException error)
    {
        string message = error.Message;
        return message.StartsWith(image.Path + ": ", StringComparison.Ordinal) ? message[(image.Path.Length + 2)..]
            : message.Replace(image.Path, "the file", StringComparison.OrdinalIgnoreCase)
                .Replace(Path.GetFileName(image.Path), "the file", StringComparison.OrdinalIgnoreCase);
    }
}
