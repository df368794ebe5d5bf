using Radapt.Datasets;
using Radapt.Datasets.Splits;

namespace Radapt.Tests.Datasets.Splits;

/// <summary>Draws of tables without a split.</summary>
public sealed class DrawnSplitTests : IDisposable
{
    private readonly LabelFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // WORKFLOW B1: one image of a patient with several is missing; it goes where the others go, so that nobody stands in two splits.
    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void Read_MissingImageOfAPatientWithOthers_LeavesTheDrawSound(int folds)
    {
        for (int missing = 0; missing < 30; missing++)
        {
            string table = WriteTable(i => i != missing);
            for (int fold = 1; fold <= Math.Max(1, folds); fold++)
            {
                DataSplits splits = DataReader.Read(new DataOptions
                {
                    Data = table,
                    AllowRareFindings = true,
                    Folds = folds == 0 ? null : folds,
                    Fold = folds == 0 ? null : fold,
                });
                Assert.Equal(119, splits.Train.Items.Count + splits.Val.Items.Count + splits.Test!.Items.Count);
                AssertWholePatients(splits);
            }
        }
    }

    [Fact]
    public void For_ImageWithoutPatientOfAnExaminationWithOne_IsThatPatients()
    {
        string[] groups = PatientGroups.For([("p", "s1", "a"), (null, "s1", "b"), (null, "s2", "c"), (null, "s2", "d"), (null, null, "e"),
            ("q", "s3", "f")]);
        Assert.Equal([0, 0, 2, 2, 4, 5], groups.Select(g => Array.IndexOf(groups, g)));
    }

    // A column "study" may name a trial.
    [Fact]
    public void For_ExaminationOfSeveralPatients_JoinsNobody() =>
        Assert.Equal(3, PatientGroups.For([("p", "TRIAL", "a"), ("q", "TRIAL", "b"), ("r", "TRIAL", "c")]).Distinct().Count());

    private static void AssertWholePatients(DataSplits splits)
    {
        HashSet<string>[] patients = [.. new[] { splits.Train, splits.Val, splits.Test! }.Select(s =>
            s.Items.Select(i => i.Patient!).ToHashSet())];
        Assert.Equal(patients.Sum(p => p.Count), patients.SelectMany(p => p).Distinct().Count());
    }

    private string WriteTable(Func<int, bool> isThere)
    {
        foreach (int i in Enumerable.Range(0, 120))
        {
            _folder.Images($"{i}.png");
            if (!isThere(i))
            {
                File.Delete(_folder[$"{i}.png"]);
            }
        }

        return _folder.Write("labels.csv", "image,patient,f\n"
            + string.Concat(Enumerable.Range(0, 120).Select(i => $"{i}.png,p{i / 3},{i % 2}\n")));
    }
}
