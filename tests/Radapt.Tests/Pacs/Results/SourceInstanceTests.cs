using System.Text;
using Radapt.Imaging.Dicom;
using Radapt.TestData.Dicom;

namespace Radapt.Tests.Pacs.Results;

/// <summary>The header of the source image comes from elsewhere.</summary>
public class SourceInstanceTests
{
    [Theory]
    [InlineData("SOP Class UID")]
    [InlineData("SOP Instance UID")]
    [InlineData("Study Instance UID")]
    [InlineData("Series Instance UID")]
    public void From_WithoutAnIdentifier_SaysWhichIsMissing(string name)
    {
        DicomTag tag = name switch
        {
            "SOP Class UID" => DicomTag.SopClassUid,
            "SOP Instance UID" => DicomTag.SopInstanceUid,
            "Study Instance UID" => DicomTag.StudyInstanceUid,
            _ => DicomTag.SeriesInstanceUid,
        };
        (string Value, string Problem)[] cases = [("", "is missing"), ("1.2.x", "is not a UID"), (new string('1', 65), "is not a UID")];
        foreach ((string value, string problem) in cases)
        {
            DicomPhantom image = Phantoms.Image((tag, "UI", value));
            image = tag == DicomTag.SopInstanceUid ? image with { InstanceUid = value, More = [.. image.More.Where(m => m.Tag != tag)] }
                : tag == DicomTag.StudyInstanceUid ? image with { StudyUid = value, More = [.. image.More.Where(m => m.Tag != tag)] }
                : image;
            RadaptException error = Assert.Throws<RadaptException>(() => Phantoms.Source(image.ToFile("explicit")));
            Assert.Contains($"{name} {problem}", error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("Doe", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void From_HugeOrDamagedDescriptions_AreLeftOut()
    {
        byte[] report = Phantoms.Report(Phantoms.Image(
            (DicomTag.StudyDescription, "LO", new string('x', 60_000)), (DicomTag.ReferringPhysician, "PN", "A\nB"),
            (DicomTag.PatientBirthDate, "DA", "31.01.1970"), (DicomTag.PatientSex, "CS", "female"), (DicomTag.StudyTime, "TM", "noon"),
            (DicomTag.InstanceNumber, "IS", "-7"), (DicomTag.PatientOrientation, "CS", "?")).ToFile("explicit")).File;
        DicomDataSet set = DicomFile.Parse(report, report.Length).Elements;
        Assert.All(
            [DicomTag.StudyDescription, DicomTag.ReferringPhysician, DicomTag.PatientBirthDate, DicomTag.PatientSex, DicomTag.StudyTime],
            tag => Assert.Equal("", set.Text(tag)));
        Assert.Null(set.Find(DicomTag.StudyDescription)); // optional
        Assert.NotNull(set.Find(DicomTag.PatientSex)); // always there
        Assert.Equal("1", set.Text(DicomTag.InstanceNumber));
        Assert.True(report.Length < 20_000);
    }

    [Theory]
    [InlineData("Patient ID")]
    [InlineData("Patient's Name")]
    [InlineData("Accession Number")]
    public void From_IdentifiersThatCannotBeKept_AreRefusedWithoutTheirValue(string name)
    {
        DicomPhantom image = Phantoms.Image();
        string value = "SECRET" + new string('9', 300);
        image = name switch
        {
            "Patient ID" => image with { PatientId = value },
            "Accession Number" => image with { Accession = "SECRET\n7" },
            _ => image with { PatientName = value },
        };
        RadaptException error = Assert.Throws<RadaptException>(() => Phantoms.Source(image.ToFile("explicit")));
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("SECRET", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void From_OtherValueRepresentations_AreWrittenWithTheStandards()
    {
        byte[] image = Phantoms.Image((DicomTag.StudyDescription, "UN", "As it is"), (DicomTag.PatientBirthDate, "LO", "19700131"))
            .ToFile("explicit");
        byte[] report = Phantoms.Report(image).File;
        DicomDataSet set = DicomFile.Parse(report, report.Length).Elements;
        Assert.Equal(DicomVr.FromLetters('L', 'O'), set.Find(DicomTag.StudyDescription)!.Value.Vr);
        Assert.Equal(DicomVr.FromLetters('D', 'A'), set.Find(DicomTag.PatientBirthDate)!.Value.Vr);
        Assert.Equal("As it is", set.Text(DicomTag.StudyDescription));
    }

    [Fact]
    public void CopyTo_PrivateElementsAndComments_StayBehind()
    {
        byte[] image = Phantoms.Image(
            (new DicomTag(0x0009, 0x0010), "LO", "PRIVATE CREATOR"), (new DicomTag(0x0010, 0x4000), "LT", "COMMENT"),
            (new DicomTag(0x0029, 0x1010), "LO", "PRIVATE VALUE")).ToFile("explicit");
        string report = Encoding.Latin1.GetString(Phantoms.Report(image).File);
        Assert.DoesNotContain("PRIVATE", report, StringComparison.Ordinal);
        Assert.DoesNotContain("COMMENT", report, StringComparison.Ordinal);
    }

    [Fact]
    public void CopyTo_DeidentifiedSource_SaysSo()
    {
        byte[] report = Phantoms.Report(Phantoms.Image((DicomTag.PatientIdentityRemoved, "CS", "YES")).ToFile("explicit")).File;
        DicomDataSet set = DicomFile.Parse(report, report.Length).Elements;
        Assert.Equal(("YES", "As in the source image"),
            (set.Text(DicomTag.PatientIdentityRemoved), set.Text(DicomTag.DeidentificationMethod)));
    }

    [Fact]
    public void From_DamagedFiles_GiveOneLineAndNothingElse()
    {
        byte[] image = Phantoms.Image().ToFile("explicit");
        for (int seed = 0; seed < 2000; seed++)
        {
            var random = new Random(seed);
            byte[] damaged = [.. image[..random.Next(132, image.Length)]];
            for (int i = 0; i < random.Next(1, 6); i++)
            {
                damaged[random.Next(132, Math.Min(damaged.Length, 900))] = (byte)random.Next(256);
            }

            try
            {
                Phantoms.Report(damaged);
            }
            catch (RadaptException e)
            {
                Assert.StartsWith("phantom: ", e.Message, StringComparison.Ordinal);
            }
        }
    }
}
