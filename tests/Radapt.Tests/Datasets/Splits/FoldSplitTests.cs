using Radapt.Datasets;

namespace Radapt.Tests.Datasets.Splits;

public sealed class FoldSplitTests : IDisposable
{
    private readonly LabelFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_AColumnFold_IsTakenAsTheFolds()
    {
        string table = Write(i => $"{(i % 3) + 1}");
        for (int fold = 1; fold <= 3; fold++)
        {
            DataSplits data = Read(table, folds: 3, fold);
            Assert.Equal(Enumerable.Range(0, 36).Where(i => i % 3 == fold - 1).Select(i => $"{i}.png"),
                data.Test!.Items.Select(i => i.Name));
            Assert.Equal(24, data.Train.Items.Count + data.Val.Items.Count);
            Assert.Contains(data.Notes, n => n.Contains($"fold {fold} of 3, as the column 'fold' of", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData(5, 1, "line 2", "'0' is not a fold from 1 to 5")] // zero-based
    [InlineData(4, 0, "no image of fold 4", "Give the number of its folds")]
    [InlineData(2, 0, "'3' is not a fold from 1 to 2")]
    public void Read_AColumnFoldThatDoesNotFit_SaysWhatToDo(int folds, int less, params string[] said)
    {
        string table = Write(i => $"{(i % 3) + 1 - less}");
        RadaptException e = Assert.Throws<RadaptException>(() => Read(table, folds, 1));
        Assert.All(said, s => Assert.Contains(s, e.Message, StringComparison.Ordinal));
        Assert.Contains("leave the column out to have folds drawn", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_APatientInTwoFolds_IsRefusedUnlessAllowed()
    {
        string table = Write(i => $"{(i % 3) + 1}", patient: i => i < 2 ? "torn" : $"p{i}");
        RadaptException e = Assert.Throws<RadaptException>(() => Read(table, 3, 1));
        Assert.Contains("images of 1 patient in more than one fold", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("torn", e.Message, StringComparison.Ordinal);
        Assert.Equal(12, Read(table, 3, 1, allowOverlap: true).Test!.Items.Count);
    }

    private static DataSplits Read(string table, int folds, int fold, bool allowOverlap = false) => DataReader.Read(new DataOptions
    {
        Data = table,
        Folds = folds,
        Fold = fold,
        AllowRareFindings = true,
        AllowOverlap = allowOverlap,
    });

    private string Write(Func<int, string> fold, Func<int, string>? patient = null)
    {
        _folder.Images([.. Enumerable.Range(0, 36).Select(i => $"{i}.png")]);
        return _folder.Write("labels.csv", "image,patient,fold,Edema\n" + string.Concat(
            Enumerable.Range(0, 36).Select(i => $"{i}.png,{patient?.Invoke(i) ?? $"p{i}"},{fold(i)},{(i / 3) % 2}\n")));
    }
}
