using Radapt.Adaptation.Probes;
using static TorchSharp.torch;

namespace Radapt.Tests.Adaptation.Probes;

public sealed class PatientFoldsTests
{
    [Fact]
    public void Assign_RareFinding_IsInEveryFoldAndPatientsAreWhole()
    {
        using var scope = NewDisposeScope();
        string[] patients = [.. Enumerable.Range(0, 100).Select(i => $"p{i / 2}")];
        sbyte[] labels = [.. Enumerable.Range(0, 100).Select(i => (sbyte)(i % 10 == 0 ? 1 : 0))];
        int[] folds = PatientFolds.Assign(new ProbeData(zeros(100, 1), labels, patients));
        Assert.All(Enumerable.Range(0, 5),
            fold => Assert.Equal(2, Enumerable.Range(0, 100).Count(i => folds[i] == fold && labels[i] == 1)));
        Assert.All(Enumerable.Range(0, 50), p => Assert.Equal(folds[2 * p], folds[(2 * p) + 1]));
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 0)]
    [InlineData(3, 3)]
    public void Sides_FewPatients_HaveTwoImagesToLearnFrom(int patients, int expected)
    {
        using var scope = NewDisposeScope();
        int[] folds = PatientFolds.Assign(new ProbeData(
            zeros(patients, 1), new sbyte[patients], [.. Enumerable.Range(0, patients).Select(i => $"p{i}")]));
        Assert.Equal(expected, PatientFolds.Sides(folds).Count());
    }
}
