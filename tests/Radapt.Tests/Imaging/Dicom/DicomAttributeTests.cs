using Radapt.Imaging.Dicom;

namespace Radapt.Tests.Imaging.Dicom;

public sealed class DicomAttributeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("063Y", "63")]
    [InlineData("030M", "2")]
    [InlineData("003W", "0")]
    [InlineData("63", null)]
    [InlineData("", null)]
    public void Read_Age_IsInYears(string age, string? expected)
    {
        File.WriteAllBytes(_folder["a.dcm"], DicomFiles.Row([1, 2, 3, 4], more: f => f.Text(DicomTag.PatientAge, "AS", age)));
        Assert.Equal(expected, DicomAttribute.Read(_folder["a.dcm"], "PatientAge"));
    }

    [Fact]
    public void Read_StatedAndOtherAttributes_AreReadWhateverTheCapitals()
    {
        File.WriteAllBytes(_folder["a.dcm"], DicomFiles.Row([1, 2, 3, 4], more: f => f.Text(DicomTag.Manufacturer, "LO", "Acme ")
            .Text(DicomTag.PatientSex, "CS", "f").Text(DicomTag.ViewPosition, "CS", "PA")));
        Assert.Equal("F", DicomAttribute.Read(_folder["a.dcm"], "patientsex"));
        Assert.Equal("Acme", DicomAttribute.Read(_folder["a.dcm"], "Manufacturer"));
        Assert.Equal("PA", DicomAttribute.Read(_folder["a.dcm"], "view"));
        Assert.Null(DicomAttribute.Read(_folder["a.dcm"], "PatientAge"));
        Assert.False(DicomAttribute.IsKnown("PatientName"));
        File.WriteAllText(_folder["a.txt"], "no picture");
        Assert.Null(DicomAttribute.Read(_folder["a.txt"], "view"));
    }
}
