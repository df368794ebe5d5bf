using Radapt.Datasets;

namespace Radapt.Tests.Datasets;

public sealed class TestPrecisionTests
{
    // By hand: Q1 = 2/3, Q2 = 32/45; with 25 and 25 the variance is (0.16 + 24 (2/3 - 0.64) + 24 (32/45 - 0.64)) / 625 = 0.0040107.
    [Theory]
    [InlineData(25, 25, 0.12413)]
    [InlineData(1, 1, 0.78400)]
    [InlineData(11, 25, 0.17263)]
    public void HalfWidth_Counts_IsThatOfHanleyAndMcNeil(int positives, int negatives, double expected) =>
        Assert.Equal(expected, TestPrecision.HalfWidth(positives, negatives), 4);

    // WORKFLOW E: names taken as patients, so that the test set is one "patient".
    [Fact]
    public void Note_OnePatient_SaysSoHoweverManyImages()
    {
        string note = TestPrecision.Note(Images(Enumerable.Range(0, 56).Select(i => ("one", i % 2))))!;
        Assert.StartsWith("The test set is small: 56 images of 1 patient.", note, StringComparison.Ordinal);
        Assert.EndsWith("--folds 5 tests every image once.", note, StringComparison.Ordinal);
    }

    [Fact]
    public void Note_FewPatientsWithTheFinding_GivesTheIntervalByPatients()
    {
        // 60 images of 36 patients, of whom 11 have the finding in at least one image.
        (string, int)[] images = [.. Enumerable.Range(0, 60).Select(i => ($"p{i % 36}", i % 36 < 11 && i < 36 ? 1 : 0))];
        Assert.Contains("small: 60 images of 36 patients. For an AUROC of 0.8, the 95 % interval would be f ± 0.17 (11 with it, 25 without), "
            + "counted in patients", TestPrecision.Note(Images(images)), StringComparison.Ordinal);
    }

    [Fact]
    public void Note_ManyPatients_IsNone() =>
        Assert.Null(TestPrecision.Note(Images(Enumerable.Range(0, 200).Select(i => ($"p{i}", i % 2)))));

    private static LabelledImages Images(IEnumerable<(string Patient, int Label)> images) =>
        new(["f"], [.. images.Select((p, i) => new LabelledImage($"{i}.png", $"/{i}.png", p.Patient, [(sbyte)p.Label]))]);
}
