using Radapt.Datasets;
using Radapt.Datasets.Phantoms;
using Radapt.Imaging;

namespace Radapt.Tests.Datasets.Phantoms;

public class PhantomSetTests
{
    private static readonly PhantomOptions s_few = new() { Count = 24, Size = 32, Seed = 5 };

    [Fact]
    public void Write_AnyThreads_SameBytes()
    {
        using var folder = new TemporaryFolder();
        Write(folder["a"], s_few with { Threads = 1 });
        Write(folder["b"], s_few with { Threads = 7 });
        Write(folder["c"], s_few with { Seed = 6 });
        string[] files = [.. Directory.EnumerateFiles(folder["a"], "*", SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(folder["a"], f)).Order(StringComparer.Ordinal)];
        Assert.Equal(files, Directory.EnumerateFiles(folder["b"], "*", SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(folder["b"], f)).Order(StringComparer.Ordinal));
        Assert.Equal(24, files.Count(f => f.StartsWith("images", StringComparison.Ordinal)));
        Assert.All(files,
            f => Assert.True(File.ReadAllBytes(Path.Combine(folder["a"], f)).AsSpan()
                .SequenceEqual(File.ReadAllBytes(Path.Combine(folder["b"], f))), f));
        Assert.NotEqual(RadiographReader.Read(folder["a/images/phantom000001.png"]).Pixels,
            RadiographReader.Read(folder["c/images/phantom000001.png"]).Pixels);
        Assert.Equal(["a", "b", "c"], Directory.EnumerateFileSystemEntries(folder.Path).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void Write_Set_IsReadAsLabelledImagesSplitByPatient()
    {
        using var folder = new TemporaryFolder();
        Write(folder["set"], new PhantomOptions { Count = 100, Size = 16, Seed = 1 });
        DataSplits splits = DataReader.Read(new DataOptions { Data = folder["set"] });
        Assert.Equal(["Cardiomegaly", "Effusion", "Consolidation", "Nodule", "Pneumothorax"], splits.Train.Findings);
        Assert.InRange(splits.Train.Items.Count, 58, 62);
        Assert.InRange(splits.Val.Items.Count, 18, 22);
        Assert.Equal(100, splits.Train.Items.Count + splits.Val.Items.Count + splits.Test!.Items.Count);
        foreach (LabelledImages split in new[] { splits.Train, splits.Val, splits.Test })
        {
            Assert.All(split.CountLabels(), c => Assert.Equal(0.3 * split.Items.Count, c.Positives, 0.5));
        }

        string?[][] patients =
            [.. new[] { splits.Train, splits.Val, splits.Test }.Select(s => s.Items.Select(i => i.Patient).Distinct().ToArray())];
        Assert.Equal(patients.Sum(p => p.Length), patients.SelectMany(p => p).Distinct().Count());
        Assert.True(patients.Sum(p => p.Length) < 100, "some patients have two images");
    }

    [Fact]
    public void Write_Set_HasAMaskAPlaceAndASentenceForEveryFinding()
    {
        using var folder = new TemporaryFolder();
        Write(folder["set"], s_few with { Size = 96 });
        string[][] table = [.. File.ReadLines(folder["set/labels.csv"]).Select(l => l.Split(','))];
        string[] places = File.ReadAllLines(folder["set/findings.csv"]);
        string[] reports = File.ReadAllLines(folder["set/reports.csv"]);
        Assert.Equal(table.Length, reports.Length);
        int present = 0;
        for (int row = 1; row < table.Length; row++)
        {
            string stem = Path.GetFileNameWithoutExtension(table[row][0]);
            string report = reports[row].ToUpperInvariant();
            for (int column = 3; column < 8; column++)
            {
                string finding = table[0][column];
                string mask = folder[$"set/masks/{stem}.{finding}.png"];
                bool has = table[row][column] == "1";
                present += has ? 1 : 0;
                Assert.Equal(has, File.Exists(mask));
                Assert.Equal(has, places.Any(p => p.StartsWith($"{table[row][0]},{finding},", StringComparison.Ordinal)));
                string[] words = finding == "Cardiomegaly" ? ["ENLARGED", "CARDIOMEGALY"]
                    : finding == "Effusion" ? ["EFFUSION", "COSTOPHRENIC"]
                    : finding == "Nodule" ? ["NODULE", "NODULAR"] : [finding.ToUpperInvariant()];
                Assert.True(!has || words.Any(w => report.Contains(w, StringComparison.Ordinal)), $"{finding}: {report}");
                if (has)
                {
                    byte[] shown = RadiographReader.Read(mask).Pixels;
                    Assert.True(shown.All(v => v is 0 or 255));
                    Assert.InRange(shown.Count(v => v == 255) / (double)shown.Length, 0.0003, 0.35);
                }
            }
        }

        Assert.Equal(present, places.Length - 1);
        Assert.Equal(present, Directory.GetFiles(folder["set/masks"]).Length);
    }

    [Fact]
    public void Write_FewFindingsWithoutMasks_WritesThose()
    {
        using var folder = new TemporaryFolder();
        Write(folder["set"], s_few with { Findings = [PhantomFinding.Nodule], Masks = false });
        Assert.StartsWith("image,patient,split,Nodule\n", File.ReadAllText(folder["set/labels.csv"]), StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder["set/masks"]));
    }

    [Fact]
    public void Write_FolderWithFiles_IsRefusedAndLeftAlone()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["mine.txt"], "x");
        Assert.StartsWith(folder.Path, Assert.Throws<RadaptException>(() => Write(folder.Path, s_few)).Message, StringComparison.Ordinal);
        Assert.Equal([folder["mine.txt"]], Directory.EnumerateFileSystemEntries(folder.Path));
        Assert.Throws<RadaptException>(() => Write(folder["few"], s_few with { Count = 1 }));
        Assert.Throws<RadaptException>(() => Write(folder["tiny"], s_few with { Size = 4 }));
        Assert.Throws<RadaptException>(() => Write(folder["none"], s_few with { Findings = [] }));
        Assert.Throws<RadaptException>(() => Write(folder["mine.txt/below"], s_few));
        Assert.Equal([folder["mine.txt"]], Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Fact]
    public void Write_Cancelled_LeavesNothing()
    {
        using var folder = new TemporaryFolder();
        using var source = new CancellationTokenSource();
        source.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => PhantomSet.Write(folder["set"], s_few, cancellation: source.Token));
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
    }

    private static void Write(string folder, PhantomOptions options) =>
        PhantomSet.Write(folder, options, cancellation: TestContext.Current.CancellationToken);
}
