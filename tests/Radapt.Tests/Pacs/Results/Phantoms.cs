using Radapt.Imaging.Dicom;
using Radapt.Metrics;
using Radapt.Pacs.Results;
using Radapt.TestData.Dicom;

namespace Radapt.Tests.Pacs.Results;

/// <summary>A radiograph of nobody as an archive has it, and results about it.</summary>
internal static class Phantoms
{
    public const string SopClass = "1.2.840.10008.5.1.4.1.1.1.1"; // Digital X-Ray Image Storage - For Presentation
    public const string Name = "Doe^Jane";
    public const string Series = "1.2.826.0.1.3680043.8.498.2";

    public static ResultAuthor Author { get; } = new("0.1.0", "lora on random weights", new string('a', 64));

    public static DateTimeOffset Now { get; } = new(2026, 2, 3, 4, 5, 6, TimeSpan.Zero);

    /// <summary>The image.</summary>
    /// <param name="more">Further elements; they take the place of those of the same tag.</param>
    public static DicomPhantom Image(params (DicomTag Tag, string Vr, string Text)[] more)
    {
        (DicomTag Tag, string Vr, string Text)[] own =
        [
            (DicomTag.SopClassUid, "UI", SopClass), (DicomTag.SeriesInstanceUid, "UI", Series),
            (DicomTag.PatientBirthDate, "DA", "19700131"),
            (DicomTag.PatientSex, "CS", "F"), (DicomTag.StudyTime, "TM", "101500"), (DicomTag.StudyId, "SH", "S1"),
            (DicomTag.ReferringPhysician, "PN", "Who^Doctor"), (DicomTag.StudyDescription, "LO", "Chest"),
            (DicomTag.InstanceNumber, "IS", "7"), (DicomTag.PatientOrientation, "CS", @"L\F"), (DicomTag.BurnedInAnnotation, "CS", "NO"),
        ];
        return DicomPhantom.Draw(40, 32, 12, 1) with
        {
            PatientName = Name,
            PatientId = "0000037",
            Accession = "00ACC1",
            StudyDate = "20260131",
            StudyUid = "1.2.826.0.1.3680043.8.498.1",
            InstanceUid = "1.2.826.0.1.3680043.8.498.3",
            BodyPart = "CHEST",
            More = [.. more, .. own.Where(o => more.All(m => m.Tag != o.Tag))],
        };
    }

    public static SourceInstance Source(byte[] file) => DicomReader.ReadValue(file, "phantom", SourceInstance.From);

    public static FindingResult[] Findings { get; } =
    [
        new("Effusion", 0.8125, 0.625, true, ConformalAnswer.Uncertain),
        new("Cardiomegaly", 0.25, null, null, null),
        new("Something of our own", 0.001, 0.002, false, ConformalAnswer.Negative),
    ];

    public static DicomResult Report(byte[] file, params FindingResult[] findings) => StructuredReport.Create(
        Source(file), Author, findings.Length == 0 ? Findings : findings, FindingCodes.Default, "Fitted on 10 images.", Now);
}
