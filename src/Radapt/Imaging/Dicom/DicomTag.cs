using System.Globalization;

namespace Radapt.Imaging.Dicom;

/// <summary>The tag of a data element, and those that are read (PS3.6).</summary>
internal readonly record struct DicomTag(ushort Group, ushort Element)
{
    public static readonly DicomTag TransferSyntaxUid = new(0x0002, 0x0010);
    public static readonly DicomTag SpecificCharacterSet = new(0x0008, 0x0005);
    public static readonly DicomTag SopClassUid = new(0x0008, 0x0016);
    public static readonly DicomTag SopInstanceUid = new(0x0008, 0x0018);
    public static readonly DicomTag StudyDate = new(0x0008, 0x0020);
    public static readonly DicomTag StudyTime = new(0x0008, 0x0030);
    public static readonly DicomTag AcquisitionDate = new(0x0008, 0x0022);
    public static readonly DicomTag ContentDate = new(0x0008, 0x0023);
    public static readonly DicomTag AccessionNumber = new(0x0008, 0x0050);
    public static readonly DicomTag Modality = new(0x0008, 0x0060);
    public static readonly DicomTag Manufacturer = new(0x0008, 0x0070);
    public static readonly DicomTag ReferringPhysician = new(0x0008, 0x0090);
    public static readonly DicomTag CodeValue = new(0x0008, 0x0100);
    public static readonly DicomTag StudyDescription = new(0x0008, 0x1030);
    public static readonly DicomTag ManufacturerModel = new(0x0008, 0x1090);
    public static readonly DicomTag PatientName = new(0x0010, 0x0010);
    public static readonly DicomTag PatientId = new(0x0010, 0x0020);
    public static readonly DicomTag PatientIdIssuer = new(0x0010, 0x0021);
    public static readonly DicomTag PatientBirthDate = new(0x0010, 0x0030);
    public static readonly DicomTag PatientSex = new(0x0010, 0x0040);
    public static readonly DicomTag PatientAge = new(0x0010, 0x1010);
    public static readonly DicomTag PatientIdentityRemoved = new(0x0012, 0x0062);
    public static readonly DicomTag DeidentificationMethod = new(0x0012, 0x0063);
    public static readonly DicomTag BodyPart = new(0x0018, 0x0015);
    public static readonly DicomTag ViewPosition = new(0x0018, 0x5101);
    public static readonly DicomTag StudyInstanceUid = new(0x0020, 0x000D);
    public static readonly DicomTag SeriesInstanceUid = new(0x0020, 0x000E);
    public static readonly DicomTag StudyId = new(0x0020, 0x0010);
    public static readonly DicomTag InstanceNumber = new(0x0020, 0x0013);
    public static readonly DicomTag PatientOrientation = new(0x0020, 0x0020);
    public static readonly DicomTag Laterality = new(0x0020, 0x0060);
    public static readonly DicomTag ImageLaterality = new(0x0020, 0x0062);
    public static readonly DicomTag SamplesPerPixel = new(0x0028, 0x0002);
    public static readonly DicomTag Photometric = new(0x0028, 0x0004);
    public static readonly DicomTag PlanarConfiguration = new(0x0028, 0x0006);
    public static readonly DicomTag Frames = new(0x0028, 0x0008);
    public static readonly DicomTag Rows = new(0x0028, 0x0010);
    public static readonly DicomTag Columns = new(0x0028, 0x0011);
    public static readonly DicomTag BitsAllocated = new(0x0028, 0x0100);
    public static readonly DicomTag BitsStored = new(0x0028, 0x0101);
    public static readonly DicomTag HighBit = new(0x0028, 0x0102);
    public static readonly DicomTag PixelRepresentation = new(0x0028, 0x0103);
    public static readonly DicomTag PixelPadding = new(0x0028, 0x0120);
    public static readonly DicomTag PixelPaddingLimit = new(0x0028, 0x0121);
    public static readonly DicomTag BurnedInAnnotation = new(0x0028, 0x0301);
    public static readonly DicomTag WindowCenter = new(0x0028, 0x1050);
    public static readonly DicomTag WindowWidth = new(0x0028, 0x1051);
    public static readonly DicomTag RescaleIntercept = new(0x0028, 0x1052);
    public static readonly DicomTag RescaleSlope = new(0x0028, 0x1053);
    public static readonly DicomTag VoiFunction = new(0x0028, 0x1056);
    public static readonly DicomTag RedDescriptor = new(0x0028, 0x1101);
    public static readonly DicomTag GreenDescriptor = new(0x0028, 0x1102);
    public static readonly DicomTag BlueDescriptor = new(0x0028, 0x1103);
    public static readonly DicomTag RedData = new(0x0028, 0x1201);
    public static readonly DicomTag GreenData = new(0x0028, 0x1202);
    public static readonly DicomTag BlueData = new(0x0028, 0x1203);
    public static readonly DicomTag LossyCompression = new(0x0028, 0x2110);
    public static readonly DicomTag ModalityLut = new(0x0028, 0x3000);
    public static readonly DicomTag LutDescriptor = new(0x0028, 0x3002);
    public static readonly DicomTag LutData = new(0x0028, 0x3006);
    public static readonly DicomTag VoiLut = new(0x0028, 0x3010);
    public static readonly DicomTag ViewCode = new(0x0054, 0x0220);
    public static readonly DicomTag PresentationLutShape = new(0x2050, 0x0020);
    public static readonly DicomTag PixelData = new(0x7FE0, 0x0010);

    /// <summary>Begins an item of a sequence or a fragment of compressed pixels.</summary>
    public static readonly DicomTag Item = new(0xFFFE, 0xE000);

    /// <summary>Ends an item of undefined length.</summary>
    public static readonly DicomTag ItemEnd = new(0xFFFE, 0xE00D);

    /// <summary>Ends a sequence, or compressed pixels, of undefined length.</summary>
    public static readonly DicomTag SequenceEnd = new(0xFFFE, 0xE0DD);

    private static readonly Dictionary<DicomTag, string> s_names = new()
    {
        [TransferSyntaxUid] = "Transfer Syntax UID",
        [SpecificCharacterSet] = "Specific Character Set",
        [SopClassUid] = "SOP Class UID",
        [SopInstanceUid] = "SOP Instance UID",
        [StudyDate] = "Study Date",
        [StudyTime] = "Study Time",
        [AcquisitionDate] = "Acquisition Date",
        [ContentDate] = "Content Date",
        [AccessionNumber] = "Accession Number",
        [Modality] = "Modality",
        [Manufacturer] = "Manufacturer",
        [ReferringPhysician] = "Referring Physician's Name",
        [CodeValue] = "Code Value",
        [StudyDescription] = "Study Description",
        [ManufacturerModel] = "Manufacturer's Model Name",
        [PatientName] = "Patient's Name",
        [PatientId] = "Patient ID",
        [PatientIdIssuer] = "Issuer of Patient ID",
        [PatientBirthDate] = "Patient's Birth Date",
        [PatientSex] = "Patient's Sex",
        [PatientAge] = "Patient's Age",
        [PatientIdentityRemoved] = "Patient Identity Removed",
        [DeidentificationMethod] = "De-identification Method",
        [BodyPart] = "Body Part Examined",
        [ViewPosition] = "View Position",
        [StudyInstanceUid] = "Study Instance UID",
        [SeriesInstanceUid] = "Series Instance UID",
        [StudyId] = "Study ID",
        [InstanceNumber] = "Instance Number",
        [PatientOrientation] = "Patient Orientation",
        [Laterality] = "Laterality",
        [ImageLaterality] = "Image Laterality",
        [SamplesPerPixel] = "Samples per Pixel",
        [Photometric] = "Photometric Interpretation",
        [PlanarConfiguration] = "Planar Configuration",
        [Frames] = "Number of Frames",
        [Rows] = "Rows",
        [Columns] = "Columns",
        [BitsAllocated] = "Bits Allocated",
        [BitsStored] = "Bits Stored",
        [HighBit] = "High Bit",
        [PixelRepresentation] = "Pixel Representation",
        [PixelPadding] = "Pixel Padding Value",
        [PixelPaddingLimit] = "Pixel Padding Range Limit",
        [BurnedInAnnotation] = "Burned In Annotation",
        [WindowCenter] = "Window Center",
        [WindowWidth] = "Window Width",
        [RescaleIntercept] = "Rescale Intercept",
        [RescaleSlope] = "Rescale Slope",
        [VoiFunction] = "VOI LUT Function",
        [RedDescriptor] = "Red Palette Color Lookup Table Descriptor",
        [GreenDescriptor] = "Green Palette Color Lookup Table Descriptor",
        [BlueDescriptor] = "Blue Palette Color Lookup Table Descriptor",
        [RedData] = "Red Palette Color Lookup Table Data",
        [GreenData] = "Green Palette Color Lookup Table Data",
        [BlueData] = "Blue Palette Color Lookup Table Data",
        [LossyCompression] = "Lossy Image Compression",
        [ModalityLut] = "Modality LUT Sequence",
        [LutDescriptor] = "LUT Descriptor",
        [LutData] = "LUT Data",
        [VoiLut] = "VOI LUT Sequence",
        [ViewCode] = "View Code Sequence",
        [PresentationLutShape] = "Presentation LUT Shape",
        [PixelData] = "Pixel Data",
    };

    /// <summary>Whether its value is ever asked for; the others are passed over.</summary>
    public bool IsRead => s_names.ContainsKey(this);

    /// <summary>Sequences whose first item is read.</summary>
    public bool IsReadSequence => this == ModalityLut || this == VoiLut || this == ViewCode;

    /// <summary>As in <c>(0028,0010) Rows</c>. Messages name tags, never the values of a patient's.</summary>
    public override string ToString()
    {
        string number = string.Create(CultureInfo.InvariantCulture, $"({Group:X4},{Element:X4})");
        return s_names.TryGetValue(this, out string? name) ? $"{number} {name}" : number;
    }
}
