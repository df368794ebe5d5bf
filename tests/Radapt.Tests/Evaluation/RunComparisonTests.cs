using Radapt.Compute;
using Radapt.Evaluation;
using Radapt.Metrics;
using Radapt.Runs;

namespace Radapt.Tests.Evaluation;

public class RunComparisonTests
{
    [Fact]
    public void Compute_ARunWithItself_DiffersByNothing()
    {
        ComparedScores run = new("a", Draw(120, 1, 0.5));
        RunComparison found = Assert.Single(RunComparison.Compute([run, run with { Name = "b" }]));
        Assert.All(found.Findings.Append(found.Mean), d =>
        {
            Assert.Equal(0, d.Difference!.Value, 12);
            Assert.Equal(1, d.PValue);
            Assert.Equal(new Interval(0, 0), d.Interval);
        });
    }

    [Fact]
    public void Compute_ABetterRun_IsFoundWithTheSignOfTheSecond()
    {
        ComparedScores[] runs = [new("a", Draw(300, 2, 0.3)), new("b", Draw(300, 2, 2))];
        RunComparison found = RunComparison.Compute(runs)[0];
        Assert.Equal(("a", "b"), (found.First, found.Second));
        foreach ((AurocDifference difference, int f) in found.Findings.Select((d, f) => (d, f)))
        {
            double? expected = runs[1].Scores.ComputeMetrics().Findings[f].Auroc - runs[0].Scores.ComputeMetrics().Findings[f].Auroc;
            Assert.Equal(expected!.Value, difference.Difference!.Value, 12);
            Assert.True(difference.Interval!.Value.Lower > 0);
            Assert.InRange(difference.HolmPValue!.Value, difference.PValue!.Value, 0.01);
        }

        Assert.Equal(found.Findings.Average(d => d.Difference!.Value), found.Mean.Difference!.Value, 12);
        Assert.True(found.Mean.Interval!.Value.Contains(found.Mean.Difference.Value));
        Assert.InRange(found.Mean.PValue!.Value, 0, 0.01);
        Assert.Null(found.Mean.HolmPValue);
    }

    [Fact]
    public void Compute_PatientsWithManyImages_AreLessSure()
    {
        LabelledScores a = Draw(100, 3, 0.5);
        var noise = new KeyedRandom(8, RandomPurpose.Phantom);
        LabelledScores b = a with { Logits = [.. a.Logits.Select(l => l + (float)noise.NextGaussian())] };
        ComparedScores[] known = [new("a", Repeat(a, 4)), new("b", Repeat(b, 4))];
        ComparedScores[] unknown = [.. known.Select(r => r with { Scores = r.Scores with { Patients = null } })];
        AurocDifference one = RunComparison.Compute([new("a", a), new("b", b)])[0].Findings[0];
        Assert.Equal(one.PValue!.Value, RunComparison.Compute(known)[0].Findings[0].PValue!.Value, 9);
        Assert.True(RunComparison.Compute(unknown)[0].Findings[0].PValue < one.PValue);

        // One run that knows the patients is enough.
        Assert.Equal(one.PValue!.Value, RunComparison.Compute(ComparedScores.Align([unknown[0], known[1]], false, []))[0].Findings[0]
            .PValue!.Value, 9);
    }

    [Fact]
    public void Align_OtherOrderAndFindings_ComparesWhatIsCommon()
    {
        LabelledScores a = Draw(40, 4, 1);
        LabelledScores b = new(["b", "a", "c"], [.. a.Images.Reverse()],
            [.. Rows(a.Labels).Reverse().SelectMany(r => new[] { r[1], r[0], (sbyte)1 })],
            [.. Rows(a.Logits).Reverse().SelectMany(r => new[] { r[1], r[0], 7f })]);
        var notes = new List<string>();
        IReadOnlyList<ComparedScores> aligned = ComparedScores.Align([new("x", a), new("y", b)], false, notes);
        Assert.Equal(a.Logits, aligned[1].Scores.Logits);
        Assert.Equal(a.Labels, aligned[1].Scores.Labels);
        Assert.Equal("not compared, because not every run has them: c.", Assert.Single(notes));
    }

    [Fact]
    public void Align_OtherImages_IsRefusedOrSaid()
    {
        LabelledScores a = Draw(40, 5, 1);
        LabelledScores b = a with { Images = [.. a.Images.Select((n, i) => i < 3 ? "other " + n : n)] };
        ComparedScores[] runs = [new("x", a), new("y", b)];
        string error = Assert.Throws<RadaptException>(() => ComparedScores.Align(runs, false, [])).Message;
        Assert.Contains("37 images are common to all runs (x 40 images, y 40 images). Give --common", error, StringComparison.Ordinal);
        var notes = new List<string>();
        Assert.All(ComparedScores.Align(runs, true, notes), r => Assert.Equal(37, r.Scores.Images.Count));
        Assert.Single(notes);

        LabelledScores keyed = a with { Images = [.. a.Images.Select(n => "key " + n)] };
        error = Assert.Throws<RadaptException>(() => ComparedScores.Align([new("x", a), new("y", keyed)], true, [])).Message;
        Assert.Contains("no test image in common", error, StringComparison.Ordinal);
        Assert.Contains("--key", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Align_OtherLabels_IsRefusedWithTheirNumber()
    {
        LabelledScores a = Draw(40, 6, 1);
        LabelledScores b = a with { Labels = [.. a.Labels.Select((l, i) => i is 7 or 9 ? (sbyte)(1 - l) : l)] };
        string error = Assert.Throws<RadaptException>(() => ComparedScores.Align([new("x", a), new("y", b)], false, [])).Message;
        Assert.Contains("2 labels of the same images differ (first: b)", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Align_AnImageTwice_IsRefusedByLine()
    {
        LabelledScores a = Draw(4, 7, 1);
        a = a with { Images = ["p", "q", "p", "r"] };
        string error = Assert.Throws<RadaptException>(() => ComparedScores.Align([new("x", a), new("y", a)], false, [])).Message;
        Assert.Contains("lines 2 and 4", error, StringComparison.Ordinal);
    }

    private static IEnumerable<T[]> Rows<T>(IReadOnlyList<T> cells) => cells.Chunk(2);

    private static LabelledScores Repeat(LabelledScores scores, int times) => new(
        scores.Findings, [.. Enumerable.Range(0, times * scores.Images.Count).Select(i => $"copy {i}")],
        [.. Enumerable.Repeat(scores.Labels, times).SelectMany(l => l)], [.. Enumerable.Repeat(scores.Logits, times).SelectMany(l => l)])
    {
        Patients = [.. Enumerable.Range(0, times * scores.Images.Count).Select(i => $"{i % scores.Images.Count}")],
    };

    // Two findings; the same labels whatever the distance of the classes.
    private static LabelledScores Draw(int images, int seed, double distance)
    {
        var random = new KeyedRandom(seed, RandomPurpose.Phantom);
        var labels = new sbyte[images * 2];
        var logits = new float[images * 2];
        for (int i = 0; i < labels.Length; i++)
        {
            labels[i] = (sbyte)(random.NextDouble() < 0.4 ? 1 : 0);
            (double shared, double own) = (random.NextGaussian(), random.NextGaussian());
            logits[i] = (float)((distance * labels[i]) + shared + (distance * own / 2));
        }

        return new LabelledScores(["a", "b"], [.. Enumerable.Range(0, images).Select(i => $"image {i}")], labels, logits);
    }
}
