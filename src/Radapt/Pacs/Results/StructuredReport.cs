using System.Globalization;
using Radapt.Imaging.Dicom;
using Radapt.Imaging.Dicom.Writing;

namespace Radapt.Pacs.Results;

/// <summary>
/// The findings of an image as a Comprehensive SR (PS3.3, A.35.3) with the content of TID 1500 (PS3.16): a group of measurements for
/// each finding, with its score, calibrated probability, decision and conformal answer. Nobody has verified it, and it says so.
/// </summary>
internal static class StructuredReport
{
    /// <summary>Comprehensive SR Storage.</summary>
    public const string SopClass = "1.2.840.10008.5.1.4.1.1.88.33";

    private const int SeriesNumber = 9001; // behind those of the equipment
    private const string Kind = "structured report";

    /// <summary>Makes the report.</summary>
    /// <param name="source">The image.</param>
    /// <param name="author">Who makes it.</param>
    /// <param name="findings">What the run says.</param>
    /// <param name="codes">Codes of the findings.</param>
    /// <param name="rules">A sentence on thresholds and calibration.</param>
    /// <param name="now">When it is made.</param>
    public static DicomResult Create(SourceInstance source, ResultAuthor author, IReadOnlyList<FindingResult> findings,
        FindingCodes codes, string rules, DateTimeOffset now)
    {
        CodedConcept[] used = [.. findings.Select(f => codes.Find(f.Finding)).OfType<CodedConcept>()];
        var characters = ResultCharacterSet.Choose(source.CharacterSet,
            [.. findings.Select(f => f.Finding), .. used.Select(c => c.Meaning), author.Model, rules]);
        WrittenDataSet report = ContentItem.Container(Concept.Report, relationship: null, Content(source, author, findings, codes, rules));
        source.CopyTo(report, characters);
        author.AddTo(report);
        report
            .Text(DicomTag.Modality, "CS", "SR")
            .Text(DicomTag.SeriesInstanceUid, "UI", author.Uid($"series of {Kind}", source.StudyInstanceUid))
            .Text(ResultTag.SeriesNumber, "IS", SeriesNumber.ToString(CultureInfo.InvariantCulture))
            .Text(ResultTag.SeriesDescription, "LO", "Radapt findings - RESEARCH USE ONLY")
            .Sequence(ResultTag.ReferencedStep)
            .Text(DicomTag.InstanceNumber, "IS", source.InstanceNumber.ToString(CultureInfo.InvariantCulture))
            .Text(DicomTag.ContentDate, "DA", now.ToString("yyyyMMdd", CultureInfo.InvariantCulture))
            .Text(ResultTag.ContentTime, "TM", now.ToString("HHmmss", CultureInfo.InvariantCulture))
            .Text(ResultTag.PreliminaryFlag, "CS", "PRELIMINARY")
            .Text(ResultTag.CompletionFlag, "CS", "COMPLETE")
            .Text(ResultTag.CompletionDescription, "LO", ResultAuthor.Intent)
            .Text(ResultTag.VerificationFlag, "CS", "UNVERIFIED")
            .Sequence(ResultTag.PerformedProcedureCode)
            .Sequence(ResultTag.ProcedureEvidence, Evidence(source))
            .Sequence(ResultTag.ContentTemplate, new WrittenDataSet()
                .Text(ResultTag.MappingResource, "CS", "DCMR").Text(ResultTag.TemplateIdentifier, "CS", "1500"))
            .Sequence(ResultTag.CodingSchemes, new WrittenDataSet()
                .Text(ResultTag.CodeScheme, "SH", CodedConcept.OwnScheme).Text(ResultTag.CodingSchemeName, "ST", "Codes of Radapt"));
        string uid = author.Uid(Kind, source.SopInstanceUid);
        return new DicomResult(uid, SopClass, DicomFileWriter.Write(report, SopClass, uid, characters.Encoding, author.Version));
    }

    private static IEnumerable<WrittenDataSet> Content(SourceInstance source, ResultAuthor author, IReadOnlyList<FindingResult> findings,
        FindingCodes codes, string rules) =>
    [
        ContentItem.Code(Concept.Language, ContentItem.HasModifier, Concept.English),
        ContentItem.Code(Concept.ObserverType, ContentItem.HasContext, Concept.Device),
        ContentItem.UidReference(Concept.DeviceUid, ContentItem.HasContext, author.Uid("device")),
        ContentItem.Text(Concept.DeviceName, ContentItem.HasContext, ResultAuthor.Manufacturer),
        ContentItem.Text(Concept.DeviceManufacturer, ContentItem.HasContext, ResultAuthor.Manufacturer),
        ContentItem.Text(Concept.DeviceModel, ContentItem.HasContext, author.Model),
        ContentItem.Code(Concept.ProcedureReported, ContentItem.HasModifier, Concept.ChestRadiograph),
        ContentItem.Container(Concept.ImageLibrary, ContentItem.Contains,
        [
            ContentItem.Container(Concept.ImageLibraryGroup, ContentItem.Contains, [ContentItem.Image(null, ContentItem.Contains, source)]),
        ]),
        ContentItem.Container(Concept.Measurements, ContentItem.Contains, findings.Select(f => Group(source, author, f, codes))),
        ContentItem.Text(Concept.Comment, ContentItem.Contains, ResultAuthor.Intent),
        ContentItem.Text(Concept.Comment, ContentItem.Contains, rules),
    ];

    private static WrittenDataSet Group(SourceInstance source, ResultAuthor author, FindingResult result, FindingCodes codes)
    {
        var items = new List<WrittenDataSet>
        {
            ContentItem.Text(Concept.TrackingIdentifier, ContentItem.HasContext, result.Finding),
            ContentItem.UidReference(Concept.TrackingUid, ContentItem.HasContext,
                author.Uid("finding", source.SopInstanceUid, result.Finding)),
            codes.Find(result.Finding) is { } code ? ContentItem.Code(Concept.Finding, ContentItem.Contains, code)
                : ContentItem.Text(Concept.Finding, ContentItem.Contains, result.Finding),
            ContentItem.Text(Concept.AlgorithmName, ContentItem.HasModifier, author.Model),
            ContentItem.Text(Concept.AlgorithmVersion, ContentItem.HasModifier, author.Versions),
            ContentItem.Image(Concept.SourceOfMeasurement, ContentItem.Contains, source),
            ContentItem.Percent(Concept.Score, ContentItem.Contains, result.Score),
        };
        if (result.Calibrated is { } calibrated)
        {
            items.Add(ContentItem.Percent(Concept.Probability, ContentItem.Contains, calibrated));
        }

        if (result.IsPositive is { } isPositive)
        {
            items.Add(ContentItem.Code(Concept.Decision, ContentItem.Contains, Concept.For(isPositive)));
        }

        if (result.Answer is { } answer)
        {
            items.Add(ContentItem.Code(Concept.Answer, ContentItem.Contains, Concept.For(answer)));
        }

        return ContentItem.Container(Concept.MeasurementGroup, ContentItem.Contains, items);
    }

    private static WrittenDataSet Evidence(SourceInstance source) => new WrittenDataSet()
        .Text(DicomTag.StudyInstanceUid, "UI", source.StudyInstanceUid)
        .Sequence(ResultTag.ReferencedSeries, new WrittenDataSet()
            .Text(DicomTag.SeriesInstanceUid, "UI", source.SeriesInstanceUid)
            .Sequence(ResultTag.ReferencedSop, ContentItem.Reference(source)));
}
