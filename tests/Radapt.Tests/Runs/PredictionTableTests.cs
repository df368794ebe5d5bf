using Radapt.Runs;

namespace Radapt.Tests.Runs;

/// <summary><c>predictions.csv</c>, written and read.</summary>
public sealed class PredictionTableTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Read_WhatWasWritten_IsTheSameToTheLastBit()
    {
        var scores = new LabelledScores(["Mass", "Free, air"], ["a.png", "=b, \"c\".png"], [1, -1, 0, 1],
            [0.1f, -3e-5f, 17.3f, float.BitIncrement(2)]);
        PredictionTable.Write(_folder["p.csv"], scores);
        LabelledScores read = PredictionTable.Read(_folder["p.csv"]);
        Assert.Equal(scores.Findings, read.Findings);
        Assert.Equal(scores.Images, read.Images);
        Assert.Equal(scores.Labels, read.Labels);
        Assert.Equal(scores.Logits, read.Logits);
        Assert.Equal((1, 0), (read.ComputeMetrics().Findings[1].Positives, read.ComputeMetrics().Findings[1].Negatives));
    }

    [Fact]
    public void Read_PatientsOfSomeImages_AreReadBack()
    {
        var scores = new LabelledScores(["patient"], ["a", "b"], [1, 0], [1, 2]) { Patients = ["p, 1", null] };
        PredictionTable.Write(_folder["p.csv"], scores);
        Assert.Equal("image,patient,label:patient,logit:patient,patient", File.ReadLines(_folder["p.csv"]).First());
        Assert.Equal(scores.Patients, PredictionTable.Read(_folder["p.csv"]).Patients);
        PredictionTable.Write(_folder["q.csv"], scores with { Patients = [null, null] }); // none is known: as before there was the column
        Assert.Equal("image,patient,label:patient,logit:patient", File.ReadLines(_folder["q.csv"]).First());
        Assert.Null(PredictionTable.Read(_folder["q.csv"]).Patients);
    }

    [Theory]
    [InlineData("image,Mass,error\na.png,0.5,\n", "columns")] // predictions without labels
    [InlineData("image,Mass,label:Mass,logit:Mass\na.png,0.5,2,0\n", "line 2: '2' is not a label")]
    [InlineData("image,Mass,label:Mass,logit:Mass\na.png,0.5,1,0\nb.png,0.5,1,high\n", "line 3: 'high' is not a logit")]
    [InlineData("image,Mass,label:Mass,logit:Other\n", "columns")]
    public void Read_AnotherTable_SaysWhatIsWrong(string text, string expected)
    {
        File.WriteAllText(_folder["p.csv"], text);
        RadaptException error = Assert.Throws<RadaptException>(() => PredictionTable.Read(_folder["p.csv"]));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();
}
