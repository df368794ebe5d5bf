using Radapt.Metrics;

namespace Radapt.Pacs.Results;

/// <summary>The codes that reports are made of (PS3.16, annex D, and SNOMED CT). What no terminology has is Radapt's own.</summary>
internal static class Concept
{
    public static readonly CodedConcept Report = Dcm("126000", "Imaging Measurement Report");
    public static readonly CodedConcept Language = Dcm("121049", "Language of Content Item and Descendants");
    public static readonly CodedConcept English = new("en", "RFC5646", "English");
    public static readonly CodedConcept ObserverType = Dcm("121005", "Observer Type");
    public static readonly CodedConcept Device = Dcm("121007", "Device");
    public static readonly CodedConcept DeviceUid = Dcm("121012", "Device Observer UID");
    public static readonly CodedConcept DeviceName = Dcm("121013", "Device Observer Name");
    public static readonly CodedConcept DeviceManufacturer = Dcm("121014", "Device Observer Manufacturer");
    public static readonly CodedConcept DeviceModel = Dcm("121015", "Device Observer Model Name");
    public static readonly CodedConcept ProcedureReported = Dcm("121058", "Procedure reported");
    public static readonly CodedConcept ChestRadiograph = new("399208008", "SCT", "Plain chest X-ray");
    public static readonly CodedConcept Comment = Dcm("121106", "Comment");
    public static readonly CodedConcept ImageLibrary = Dcm("111028", "Image Library");
    public static readonly CodedConcept ImageLibraryGroup = Dcm("126200", "Image Library Group");
    public static readonly CodedConcept Measurements = Dcm("126010", "Imaging Measurements");
    public static readonly CodedConcept MeasurementGroup = Dcm("125007", "Measurement Group");
    public static readonly CodedConcept TrackingIdentifier = Dcm("112039", "Tracking Identifier");
    public static readonly CodedConcept TrackingUid = Dcm("112040", "Tracking Unique Identifier");
    public static readonly CodedConcept Finding = Dcm("121071", "Finding");
    public static readonly CodedConcept AlgorithmName = Dcm("111001", "Algorithm Name");
    public static readonly CodedConcept AlgorithmVersion = Dcm("111003", "Algorithm Version");
    public static readonly CodedConcept SourceOfMeasurement = Dcm("121112", "Source of Measurement");
    public static readonly CodedConcept SourceImage = Dcm("121322", "Source image for image processing operation");
    public static readonly CodedConcept Probability = Dcm("122157", "Probability");
    public static readonly CodedConcept Percent = new("%", "UCUM", "Percent");
    public static readonly CodedConcept Positive = new("10828004", "SCT", "Positive");
    public static readonly CodedConcept Negative = new("260385009", "SCT", "Negative");
    public static readonly CodedConcept Uncertain = new("82334004", "SCT", "Indeterminate");
    public static readonly CodedConcept Score = Own("SCORE", "Model score, not calibrated");
    public static readonly CodedConcept Decision = Own("DECISION", "Decision at the threshold");
    public static readonly CodedConcept Answer = Own("ANSWER", "Conformal answer");

    /// <summary>Above or below the threshold.</summary>
    public static CodedConcept For(bool isPositive) => isPositive ? Positive : Negative;

    /// <summary>A conformal answer.</summary>
    public static CodedConcept For(ConformalAnswer answer) => answer switch
    {
        ConformalAnswer.Positive => Positive,
        ConformalAnswer.Negative => Negative,
        _ => Uncertain,
    };

    private static CodedConcept Dcm(string value, string meaning) => new(value, "DCM", meaning);

    private static CodedConcept Own(string value, string meaning) => new(value, CodedConcept.OwnScheme, meaning);
}
