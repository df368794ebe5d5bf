using System.Globalization;
using Radapt.Imaging.Dicom;
using Radapt.Imaging.Dicom.Writing;

namespace Radapt.Pacs.Results;

/// <summary>
/// A heat map over its radiograph as a Secondary Capture (PS3.3, A.8.1): RGB, derived from the source image, with "research use only"
/// burnt into the pixels.
/// </summary>
internal static class HeatMapImage
{
    /// <summary>Secondary Capture Image Storage.</summary>
    public const string SopClass = "1.2.840.10008.5.1.4.1.1.7";

    private const int SeriesNumber = 9002; // behind the reports
    private const string Kind = "heat map";

    /// <summary>What is written below the picture.</summary>
    /// <param name="finding">The finding.</param>
    /// <param name="author">Who makes the map.</param>
    public static IReadOnlyList<string> Lines(string finding, ResultAuthor author) =>
    [
        "RESEARCH USE ONLY - NOT FOR CLINICAL DECISIONS",
        $"{finding}: patches whose attention raises the score. This does not explain a decision.",
        $"{ResultAuthor.Manufacturer} {author.Versions}",
    ];

    /// <summary>Makes the file.</summary>
    /// <param name="source">The image.</param>
    /// <param name="author">Who makes it.</param>
    /// <param name="finding">The finding.</param>
    /// <param name="number">Its number in the run, from 1.</param>
    /// <param name="picture">The pixels.</param>
    /// <param name="now">When it is made.</param>
    public static DicomResult Create(SourceInstance source, ResultAuthor author, string finding, int number, HeatPicture picture,
        DateTimeOffset now)
    {
        var characters = ResultCharacterSet.Choose(source.CharacterSet, [finding, author.Model]);
        var image = new WrittenDataSet();
        source.CopyTo(image, characters);
        author.AddTo(image);
        image
            .Text(ResultTag.ImageType, "CS", @"DERIVED\SECONDARY")
            .Text(DicomTag.ContentDate, "DA", now.ToString("yyyyMMdd", CultureInfo.InvariantCulture))
            .Text(ResultTag.ContentTime, "TM", now.ToString("HHmmss", CultureInfo.InvariantCulture))
            .Text(DicomTag.Modality, "CS", "OT")
            .Text(ResultTag.ConversionType, "CS", "WSD")
            .Text(ResultTag.CaptureManufacturer, "LO", ResultAuthor.Manufacturer)
            .Text(ResultTag.CaptureModel, "LO", OwnText.Fit(author.Model, 64))
            .Text(ResultTag.CaptureVersions, "LO", OwnText.Fit(author.Versions, 64))
            .Text(DicomTag.SeriesInstanceUid, "UI", author.Uid($"series of {Kind}", source.StudyInstanceUid))
            .Text(ResultTag.SeriesNumber, "IS", SeriesNumber.ToString(CultureInfo.InvariantCulture))
            .Text(ResultTag.SeriesDescription, "LO", "Radapt heat maps - RESEARCH USE ONLY")
            .Text(DicomTag.InstanceNumber, "IS", number.ToString(CultureInfo.InvariantCulture))
            .Text(DicomTag.BodyPart, "CS", source.BodyPart)
            .Text(DicomTag.PatientOrientation, "CS", source.PatientOrientation)
            .Text(ResultTag.ImageComments, "LT", ResultAuthor.Intent)
            .Text(ResultTag.DerivationDescription, "ST",
                $"Gradient-weighted attention for {OwnText.Fit(finding, 200)}, laid over the source image. {ResultAuthor.Intent}")
            .Sequence(ResultTag.SourceImages, ContentItem.Reference(source)
                .Text(ResultTag.SpatialLocationsPreserved, "CS", "NO")
                .Sequence(ResultTag.PurposeOfReference, Concept.SourceImage.ToItem()));
        if (source.BurnedInAnnotation.Length > 0)
        {
            image.Text(DicomTag.BurnedInAnnotation, "CS", source.BurnedInAnnotation); // the own text names nobody
        }

        if (source.Laterality.Length > 0)
        {
            image.Text(DicomTag.Laterality, "CS", source.Laterality);
        }

        if (source.IsLossy)
        {
            image.Text(DicomTag.LossyCompression, "CS", "01");
        }

        AddPixels(image, picture);
        string uid = author.Uid(Kind, source.SopInstanceUid, finding);
        return new DicomResult(uid, SopClass, DicomFileWriter.Write(image, SopClass, uid, characters.Encoding, author.Version));
    }

    private static void AddPixels(WrittenDataSet image, HeatPicture picture) => image
        .Word(DicomTag.SamplesPerPixel, 3)
        .Text(DicomTag.Photometric, "CS", "RGB")
        .Word(DicomTag.PlanarConfiguration, 0)
        .Word(DicomTag.Rows, picture.Height)
        .Word(DicomTag.Columns, picture.Width)
        .Word(DicomTag.BitsAllocated, 8)
        .Word(DicomTag.BitsStored, 8)
        .Word(DicomTag.HighBit, 7)
        .Word(DicomTag.PixelRepresentation, 0)
        .Bytes(DicomTag.PixelData, "OB", picture.Rgb);
}
