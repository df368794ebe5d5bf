using Radapt.Compute;
using Radapt.Datasets;
using Radapt.Datasets.Phantoms;
using Radapt.Imaging;

namespace Radapt.Tests.Datasets.Phantoms;

public class PhantomSetTests
{
    [Fact]
    public void Write_SameSeed_SameFiles()
    {
        using var folder = new TemporaryFolder();
        PhantomSet.Write(folder["a"], 12, 32, 5);
        PhantomSet.Write(folder["b"], 12, 32, 5);
        PhantomSet.Write(folder["c"], 12, 32, 6);
        string[] files = [.. Directory.EnumerateFiles(folder["a"], "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(folder["a"], f))];
        Assert.Equal(13, files.Length);
        Assert.All(files, f => Assert.Equal(File.ReadAllBytes(Path.Combine(folder["a"], f)), File.ReadAllBytes(Path.Combine(folder["b"], f))));
        Assert.NotEqual(RadiographReader.Read(folder["a/images/phantom000001.png"]).Pixels, RadiographReader.Read(folder["c/images/phantom000001.png"]).Pixels);
        Assert.Equal(["a", "b", "c"], Directory.EnumerateFileSystemEntries(folder.Path).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void Write_Set_IsReadAsLabelledImagesSplitByPatient()
    {
        using var folder = new TemporaryFolder();
        PhantomSet.Write(folder["set"], 100, 16, 1);
        DataSplits splits = DataReader.Read(new DataOptions { Data = folder["set"] });
        Assert.Equal(["Effusion", "Cardiomegaly"], splits.Train.Findings);
        Assert.InRange(splits.Train.Items.Count, 58, 62);
        Assert.InRange(splits.Val.Items.Count, 18, 22);
        Assert.Equal(100, splits.Train.Items.Count + splits.Val.Items.Count + splits.Test!.Items.Count);
        foreach (LabelledImages split in new[] { splits.Train, splits.Val, splits.Test })
        {
            Assert.Equal(0.5 * split.Items.Count, split.CountLabels()[0].Positives, 0.5);
            Assert.Equal(0.4 * split.Items.Count, split.CountLabels()[1].Positives, 0.5);
        }

        string?[][] patients = [.. new[] { splits.Train, splits.Val, splits.Test }.Select(s => s.Items.Select(i => i.Patient).Distinct().ToArray())];
        Assert.Equal(patients.Sum(p => p.Length), patients.SelectMany(p => p).Distinct().Count());
        Assert.True(patients.Sum(p => p.Length) < 100, "some patients have two images");
    }

    [Fact]
    public void Write_FolderWithFiles_IsRefusedAndLeftAlone()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["mine.txt"], "x");
        Assert.StartsWith(folder.Path, Assert.Throws<RadaptException>(() => PhantomSet.Write(folder.Path, 10, 16, 0)).Message, StringComparison.Ordinal);
        Assert.Equal([folder["mine.txt"]], Directory.EnumerateFileSystemEntries(folder.Path));
        Assert.Throws<RadaptException>(() => PhantomSet.Write(folder["few"], 1, 16, 0));
        Assert.Throws<RadaptException>(() => PhantomSet.Write(folder["tiny"], 10, 4, 0));
        Assert.Throws<RadaptException>(() => PhantomSet.Write(folder["mine.txt/below"], 10, 16, 0));
        Assert.Equal([folder["mine.txt"]], Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Theory]
    [InlineData(28)]
    [InlineData(64)]
    public void Draw_Findings_ShowAtTheirPlaceAndNotInTheMeanBrightness(int size)
    {
        const int count = 400;
        var brightness = new double[count];
        var bases = new double[count];
        var heart = new double[count];
        var effusion = new bool[count];
        var cardiomegaly = new bool[count];
        for (int i = 0; i < count; i++)
        {
            effusion[i] = i % 2 == 1;
            cardiomegaly[i] = i / 2 % 5 < 2;
            byte[] pixels = SimplePhantoms.Draw(size, effusion[i], cardiomegaly[i], new KeyedRandom(3, RandomPurpose.Phantom, i));
            brightness[i] = pixels.Average(v => v);
            double left = Mean(pixels, size, 0.18, 0.3, 0.62, 0.7);
            double right = Mean(pixels, size, 0.76, 0.84, 0.62, 0.7);
            bases[i] = Math.Abs(left - right);
            heart[i] = Mean(pixels, size, 0.31, 0.37, 0.56, 0.66) / Mean(pixels, size, 0.47, 0.53, 0.3, 0.5);
        }

        Assert.InRange(Auroc(brightness, effusion), 0.4, 0.75);
        Assert.InRange(Auroc(brightness, cardiomegaly), 0.4, 0.75);
        Assert.InRange(Auroc(bases, effusion), 0.9, 1);
        Assert.InRange(Auroc(heart, cardiomegaly), 0.7, 1);
    }

    private static double Mean(byte[] pixels, int size, double left, double right, double top, double bottom)
    {
        double sum = 0;
        int n = 0;
        for (int y = (int)(top * size); y < bottom * size; y++)
        {
            for (int x = (int)(left * size); x < right * size; x++, n++)
            {
                sum += pixels[(y * size) + x];
            }
        }

        return sum / n;
    }

    private static double Auroc(double[] scores, bool[] labels)
    {
        double[] positives = [.. scores.Where((_, i) => labels[i])];
        double[] negatives = [.. scores.Where((_, i) => !labels[i])];
        return positives.Average(p => negatives.Average(n => p > n ? 1 : p == n ? 0.5 : 0));
    }
}
