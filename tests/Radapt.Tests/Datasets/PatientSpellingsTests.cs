using Radapt.Datasets;
using Radapt.Datasets.Tables;

namespace Radapt.Tests.Datasets;

public sealed class PatientSpellingsTests
{
    // S4
    [Theory]
    [InlineData("00001", "1")]
    [InlineData("00001", "1.0")]
    [InlineData("pat 7", "PAT  7 ")]
    [InlineData("M\u00fcller", "Mu\u0308ller")]
    [InlineData("\uff11\uff12", "12")]
    [InlineData("000", "0")]
    public void Key_SpellingsOfOnePatient_AreTheSame(string a, string b) => Assert.Equal(PatientSpellings.Key(a), PatientSpellings.Key(b));

    [Theory]
    [InlineData("10", "1")]
    [InlineData("P01", "P1")]
    [InlineData("1.5", "15")]
    [InlineData("1-2", "12")]
    public void Key_DifferentPatients_Differ(string a, string b) => Assert.NotEqual(PatientSpellings.Key(a), PatientSpellings.Key(b));

    // S4
    [Fact]
    public void UnifyInPlace_TextAndNumberInTwoParts_IsOnePatientAndIsNotedWithoutName()
    {
        List<LocatedRow>[] parts = [[Row(2, "00417"), Row(3, "8")], [Row(4, "417"), Row(5, null)]];
        var notes = new List<string>();
        PatientSpellings.UnifyInPlace(parts, notes);
        Assert.Equal(["00417", "8", "00417", null], parts.SelectMany(p => p).Select(r => r.Row.Patient));
        string note = Assert.Single(notes);
        Assert.Contains("1 patient is spelled in several ways", note, StringComparison.Ordinal);
        Assert.Contains("t.csv, line 4", note, StringComparison.Ordinal);
        Assert.DoesNotContain("417", note, StringComparison.Ordinal);
    }

    private static LocatedRow Row(int line, string? patient) =>
        new(new LabelRow(line, "a.png", patient, null, []), "t.csv", "/a.png", Exists: true);
}
