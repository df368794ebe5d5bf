using Radapt.Imaging.Dicom;

namespace Radapt.Pacs.Results;

/// <summary>Tags that are written into results and never read (PS3.6).</summary>
internal static class ResultTag
{
    public static readonly DicomTag ImageType = new(0x0008, 0x0008);
    public static readonly DicomTag ContentTime = new(0x0008, 0x0033);
    public static readonly DicomTag ConversionType = new(0x0008, 0x0064);
    public static readonly DicomTag CodeScheme = new(0x0008, 0x0102);
    public static readonly DicomTag CodeMeaning = new(0x0008, 0x0104);
    public static readonly DicomTag MappingResource = new(0x0008, 0x0105);
    public static readonly DicomTag CodingSchemes = new(0x0008, 0x0110);
    public static readonly DicomTag CodingSchemeName = new(0x0008, 0x0115);
    public static readonly DicomTag LongCodeValue = new(0x0008, 0x0119);
    public static readonly DicomTag SeriesDescription = new(0x0008, 0x103E);
    public static readonly DicomTag ReferencedStep = new(0x0008, 0x1111);
    public static readonly DicomTag ReferencedSeries = new(0x0008, 0x1115);
    public static readonly DicomTag ReferencedSopClass = new(0x0008, 0x1150);
    public static readonly DicomTag ReferencedSopInstance = new(0x0008, 0x1155);
    public static readonly DicomTag ReferencedSop = new(0x0008, 0x1199);
    public static readonly DicomTag DerivationDescription = new(0x0008, 0x2111);
    public static readonly DicomTag SourceImages = new(0x0008, 0x2112);
    public static readonly DicomTag SoftwareVersions = new(0x0018, 0x1020);
    public static readonly DicomTag CaptureManufacturer = new(0x0018, 0x1016);
    public static readonly DicomTag CaptureModel = new(0x0018, 0x1018);
    public static readonly DicomTag CaptureVersions = new(0x0018, 0x1019);
    public static readonly DicomTag SeriesNumber = new(0x0020, 0x0011);
    public static readonly DicomTag ImageComments = new(0x0020, 0x4000);
    public static readonly DicomTag SpatialLocationsPreserved = new(0x0028, 0x135A);
    public static readonly DicomTag MeasurementUnits = new(0x0040, 0x08EA);
    public static readonly DicomTag RelationshipType = new(0x0040, 0xA010);
    public static readonly DicomTag ValueType = new(0x0040, 0xA040);
    public static readonly DicomTag ConceptName = new(0x0040, 0xA043);
    public static readonly DicomTag ContinuityOfContent = new(0x0040, 0xA050);
    public static readonly DicomTag Uid = new(0x0040, 0xA124);
    public static readonly DicomTag TextValue = new(0x0040, 0xA160);
    public static readonly DicomTag ConceptCode = new(0x0040, 0xA168);
    public static readonly DicomTag PurposeOfReference = new(0x0040, 0xA170);
    public static readonly DicomTag MeasuredValue = new(0x0040, 0xA300);
    public static readonly DicomTag NumericValue = new(0x0040, 0xA30A);
    public static readonly DicomTag PerformedProcedureCode = new(0x0040, 0xA372);
    public static readonly DicomTag ProcedureEvidence = new(0x0040, 0xA375);
    public static readonly DicomTag CompletionFlag = new(0x0040, 0xA491);
    public static readonly DicomTag CompletionDescription = new(0x0040, 0xA492);
    public static readonly DicomTag VerificationFlag = new(0x0040, 0xA493);
    public static readonly DicomTag PreliminaryFlag = new(0x0040, 0xA496);
    public static readonly DicomTag ContentTemplate = new(0x0040, 0xA504);
    public static readonly DicomTag Content = new(0x0040, 0xA730);
    public static readonly DicomTag TemplateIdentifier = new(0x0040, 0xDB00);
}
