using Radapt.Compute;
using Radapt.Datasets.Checks;

namespace Radapt.Tests.Datasets.Checks;

public class ShortcutsTests
{
    [Theory]
    [InlineData(60, 1)]
    [InlineData(400, 1)]
    [InlineData(400, 8)]
    public void Find_RandomLabels_WarnsNoMoreOftenThanPromised(int images, int perPatient)
    {
        // The intervals hold for a whole table with 95 %: one in forty tables has one above one half by chance, five of these, and 12 in
        // one run of 300.
        int warned = Enumerable.Range(0, 200)
            .Count(seed => Shortcuts.Problems(Find(images, perPatient, seed,
                (ref KeyedRandom r, ImageSource _) => r.NextDouble() < 0.3)).Any());
        Assert.InRange(warned, 0, 12);
    }

    [Fact]
    public void Find_LabelOfTheView_SaysFromWhat()
    {
        IReadOnlyList<Shortcut> found =
            Find(400, 2, 1, (ref KeyedRandom r, ImageSource s) => r.NextDouble() < (s.View == "AP" ? 0.7 : 0.1));
        DataProblem problem = Shortcuts.Problems(found).First(p => p.What.StartsWith("f0", StringComparison.Ordinal));
        Assert.Contains("view", problem.What, StringComparison.Ordinal);
        Assert.Equal(ProblemSeverity.Warning, problem.Severity);
        // 0.5 + (0.7 - 0.1) x (half of both) / (2 x 0.4 x 0.6) = 0.81
        Assert.InRange(found[0].From.Single(f => f.From == "view").Auroc, 0.72, 0.88);
        Assert.InRange(found[0].From.Single(f => f.From == "equipment").Auroc, 0.4, 0.6);
    }

    [Fact]
    public void Find_LabelOfTheSize_SaysFromWhat()
    {
        IReadOnlyList<Shortcut> found =
            Find(400, 1, 2, (ref KeyedRandom r, ImageSource s) => r.NextDouble() < (s.Width > 1400 ? 0.9 : 0.1));
        Assert.Contains(found[0].Worst!.From, new[] { "image size", "all of these" });
        Assert.InRange(found[0].From.Single(f => f.From == "image size").Auroc, 0.75, 0.95); // 0.9 if the limit were known
        Assert.InRange(found[0].From.Single(f => f.From == "view").Auroc, 0.4, 0.6);
    }

    [Fact]
    public void Find_EverythingAlike_SaysNothing()
    {
        sbyte[][] labels = [.. Enumerable.Range(0, 100).Select(i => new[] { (sbyte)(i % 2) })];
        Assert.Empty(Shortcuts.Find(["f"], labels, new string?[100],
            [.. Enumerable.Repeat(new ImageSource(null, null, 28, 28, "Png 1 8"), 100)], 0));
    }

    private delegate bool IsPresent(ref KeyedRandom random, ImageSource source);

    // Four findings; a patient's images are all of one machine and view, as in life.
    private static IReadOnlyList<Shortcut> Find(int images, int perPatient, int seed, IsPresent isPresent)
    {
        var random = new KeyedRandom(seed, RandomPurpose.Bootstrap);
        var sources = new ImageSource[images];
        var labels = new sbyte[images][];
        for (int i = 0; i < images; i++)
        {
            bool isFirst = i % perPatient == 0;
            sources[i] = isFirst
                ? new ImageSource(random.NextInt32(2) == 0 ? "PA"
                    : "AP", $"m{random.NextInt32(5)}", 1000 + (100 * random.NextInt32(10)), 1000 + random.NextInt32(800), "Png 1 8")
                : sources[i - 1];
            labels[i] = isFirst ? new sbyte[4] : labels[i - 1];
            for (int f = 0; isFirst && f < 4; f++)
            {
                labels[i][f] = (sbyte)(isPresent(ref random, sources[i]) ? 1 : 0);
            }
        }

        return Shortcuts.Find(["f0", "f1", "f2", "f3"], labels, [.. Enumerable.Range(0, images).Select(i => $"p{i / perPatient}")],
            sources, seed);
    }
}
