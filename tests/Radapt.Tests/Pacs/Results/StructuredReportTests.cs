using Radapt.Imaging.Dicom;
using Radapt.Metrics;
using Radapt.Pacs.Results;
using Radapt.TestData.Dicom;

namespace Radapt.Tests.Pacs.Results;

public class StructuredReportTests
{
    private static readonly byte[] s_image = Phantoms.Image().ToFile("explicit");

    [Fact]
    public void Create_OwnReader_FindsPatientStudyAndReport()
    {
        DicomResult report = Phantoms.Report(s_image);
        DicomDataSet set = DicomFile.Parse(report.File, report.File.Length).Elements;

        Assert.Equal(
            [Phantoms.Name, "0000037", "19700131", "F", "00ACC1", "20260131", "101500", "S1", "Who^Doctor", "Chest", "SR", "7", "Radapt"],
            new[]
            {
                DicomTag.PatientName, DicomTag.PatientId, DicomTag.PatientBirthDate, DicomTag.PatientSex, DicomTag.AccessionNumber,
                DicomTag.StudyDate, DicomTag.StudyTime, DicomTag.StudyId, DicomTag.ReferringPhysician, DicomTag.StudyDescription,
                DicomTag.Modality, DicomTag.InstanceNumber, DicomTag.Manufacturer,
            }.Select(set.Text));
        Assert.Equal((StructuredReport.SopClass, report.SopInstanceUid, "1.2.826.0.1.3680043.8.498.1"),
            (set.Text(DicomTag.SopClassUid), set.Text(DicomTag.SopInstanceUid), set.Text(DicomTag.StudyInstanceUid)));
        Assert.NotEqual(Phantoms.Series, set.Text(DicomTag.SeriesInstanceUid));
        Assert.Null(set.Find(DicomTag.PixelData));
    }

    [Theory]
    [InlineData("implicit")]
    [InlineData("big-endian")]
    [InlineData("deflated")]
    [InlineData("rle")]
    public void Create_SourceInOtherEncoding_IsTheSameReport(string syntax) =>
        Assert.Equal(Phantoms.Report(s_image).File, Phantoms.Report(Phantoms.Image().ToFile(syntax)).File);

    [Fact]
    public void Create_Dcmtk_ReadsTheContent()
    {
        byte[] report = Phantoms.Report(s_image).File;
        Assert.True(DicomPeer.IsPart10(report));
        string text = DicomPeer.DumpReport(report);
        Assert.DoesNotContain("E: ", text, StringComparison.Ordinal);
        Assert.DoesNotContain("W: ", text, StringComparison.Ordinal);
        Assert.All(
            [
                "Comprehensive SR Document", "Preliminary Flag    : PRELIMINARY", "Completion Flag     : COMPLETE",
                "Verification Flag   : UNVERIFIED",
                "CODE:(,,\"Finding\")=(60046008,SCT,\"Pleural effusion\")", "TEXT:(,,\"Finding\")=\"Something of our own\"",
                "NUM:(,,\"Model score, not calibrated\")=\"81.25\" (%,UCUM,\"Percent\")", "NUM:(,,\"Probability\")=\"62.5\"",
                "CODE:(,,\"Decision at the threshold\")=(10828004,SCT,\"Positive\")", "(82334004,SCT,\"Indeterminate\")",
                "IMAGE:=(DX image,", ResultAuthor.Intent, "Fitted on 10 images.",
            ],
            part => Assert.Contains(part, text, StringComparison.Ordinal));
    }

    [Fact]
    public void Create_Dciodvfy_FindsNoError() =>
        Assert.Empty(DicomPeer.Validate(Phantoms.Report(s_image).File));

    [Fact]
    public void Create_Pydicom_ReadsEvidenceAndTemplate() => Assert.Equal(
        "1500 1.2.826.0.1.3680043.8.498.3 1.2.826.0.1.3680043.8.498.2 PRELIMINARY 2 0.1.0 (aaaaaaaaaaaa)",
        DicomPeer.Python(
            "*(lambda s: (d.ContentTemplateSequence[0].TemplateIdentifier, s.ReferencedSOPSequence[0].ReferencedSOPInstanceUID, "
                + "s.SeriesInstanceUID))(d.CurrentRequestedProcedureEvidenceSequence[0].ReferencedSeriesSequence[0]), d.PreliminaryFlag, "
                + "sum(i.ConceptNameCodeSequence[0].CodeMeaning=='Comment' for i in d.ContentSequence), d.SoftwareVersions",
            Phantoms.Report(s_image).File));

    [Fact]
    public void Create_SameImageAndRun_SameIdentifiersWheneverItIsMade()
    {
        DicomResult first = Phantoms.Report(s_image);
        DicomResult later = StructuredReport.Create(Phantoms.Source(s_image), Phantoms.Author, Phantoms.Findings, FindingCodes.Default,
            "Fitted on 10 images.", Phantoms.Now.AddYears(1));
        DicomResult other = StructuredReport.Create(Phantoms.Source(s_image), Phantoms.Author with { Identity = "b" }, Phantoms.Findings,
            FindingCodes.Default, "Fitted on 10 images.", Phantoms.Now);
        DicomResult neighbour = Phantoms.Report((Phantoms.Image() with { InstanceUid = "1.2.826.0.1.3680043.8.498.4" }).ToFile("explicit"));

        Assert.Equal(first.SopInstanceUid, later.SopInstanceUid);
        Assert.Equal(3, new[] { first, other, neighbour }.Select(r => r.SopInstanceUid).Distinct().Count());
        Assert.Equal(Series(first), Series(neighbour)); // all reports of a run on an examination
        Assert.NotEqual(Series(first), Series(other));
    }

    [Fact]
    public void Create_FindingOutsideOfAscii_IsWrittenInUtf8AndSoIsThePatient()
    {
        DicomPhantom image = Phantoms.Image() with { PatientName = "Müller^Jörg", CharacterSet = "ISO_IR 100" };
        byte[] ascii = Phantoms.Report(image.ToFile("explicit")).File;
        byte[] wide = Phantoms.Report(image.ToFile("explicit"), new FindingResult("Pleuraerguß 胸水", 0.5, null, null, null)).File;

        Assert.Equal(("ISO_IR 100", "Müller^Jörg"), Texts(ascii));
        Assert.Equal(("ISO_IR 192", "Müller^Jörg"), Texts(wide));
        Assert.Equal("ISO_IR 192 Müller^Jörg True", DicomPeer.Python(
            "d.SpecificCharacterSet, d.PatientName, 'Pleuraerguß 胸水' in str(d)", wide));
    }

    [Fact]
    public void Create_JapaneseSource_KeepsItsBytesAndEscapes()
    {
        const string Declared = @"ISO 2022 IR 6\ISO 2022 IR 87";
        const string Name = "Yamada^Tarou=\u001b$B;3ED\u001b(B^\u001b$BB@O:\u001b(B";
        DicomPhantom image = Phantoms.Image() with { PatientName = Name, CharacterSet = Declared };
        byte[] report = Phantoms.Report(image.ToFile("explicit"), new FindingResult("Erguß", 0.5, null, null, null)).File;

        Assert.Equal((Declared, Name), Texts(report));
        Assert.Equal("Yamada^Tarou=山田^太郎 True", DicomPeer.Python("d.PatientName, 'Ergu?' in str(d)", report));
    }

    [Fact]
    public void Create_LongAndOddNames_FitTheStandardsLengths()
    {
        FindingResult[] odd =
        [
            new(new string('x', 3000), 1, 1, true, ConformalAnswer.Positive), new("a\\b\nc", 0, 0, false, ConformalAnswer.Negative),
            new("tiny", 1e-12, null, null, null),
        ];
        byte[] report = Phantoms.Report(s_image, odd).File;
        Assert.Empty(DicomPeer.Validate(report));
        string text = DicomPeer.DumpReport(report);
        Assert.Contains("=\"a/b c\"", text, StringComparison.Ordinal);
        Assert.Contains("=\"100\" (%", text, StringComparison.Ordinal);
    }

    private static string Series(DicomResult result) =>
        DicomFile.Parse(result.File, result.File.Length).Elements.Text(DicomTag.SeriesInstanceUid);

    private static (string Set, string Name) Texts(byte[] file)
    {
        DicomDataSet set = DicomFile.Parse(file, file.Length).Elements;
        return (set.Text(DicomTag.SpecificCharacterSet), set.Text(DicomTag.PatientName));
    }

}
