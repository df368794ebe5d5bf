using Radapt.Compute;
using Radapt.Evaluation;
using Radapt.Metrics;
using Radapt.Runs;

namespace Radapt.Tests.Evaluation;

public class RunStatisticsTests
{
    [Fact]
    public void Compute_ImagesOfExaminations_GivesThoseIntervalsTooOverPatients()
    {
        // Two images of each examination, two examinations of each patient.
        const int Studies = 40;
        float[] scores = [.. Enumerable.Range(0, 2 * Studies).Select(i => (float)Math.Sin(i * 1.7) + (i / 4 % 2))];
        sbyte[] labels = [.. Enumerable.Range(0, 2 * Studies).Select(i => (sbyte)(i / 4 % 2))];
        var images = new LabelledScores(["f"], [.. scores.Select((_, i) => $"{i}.png")], labels, scores)
        {
            Patients = [.. scores.Select((_, i) => $"p{i / 4}")],
            Studies = [.. scores.Select((_, i) => $"s{i / 2}")],
        };
        var highest = new LabelledScores(["f"], [.. Enumerable.Range(0, Studies).Select(s => $"s{s}")],
            [.. Enumerable.Range(0, Studies).Select(s => labels[2 * s])],
            [.. Enumerable.Range(0, Studies).Select(s => Math.Max(scores[2 * s], scores[(2 * s) + 1]))])
        {
            Patients = [.. Enumerable.Range(0, Studies).Select(s => $"p{s / 2}")],
        };
        RunStatistics studies = RunStatistics.Compute(images).Studies!;
        Assert.NotNull(studies.Findings[0].Auroc.Interval);
        Assert.Equal(RunStatistics.Compute(highest).Findings[0].Auroc, studies.Findings[0].Auroc);
        Assert.Equal((Studies, Studies / 2, "patient"), (studies.Images, studies.Patients, studies.Noun));
        RunFigures figures = RunStatistics.Compute(images).ToFigures();
        Assert.Equal(Studies, figures.Study!.Studies);
        Assert.NotNull(figures.Study.AurocInterval!["f"]);
        Assert.Equal("examination", RunStatistics.Compute(images with { Patients = null }).Studies!.Noun);
        Assert.Null(RunStatistics.Compute(highest).Studies);
    }

    [Fact]
    public void Compute_RepeatedImages_KeepTheIntervalsOfOne()
    {
        LabelledScores one = Draw(80, 1);
        LabelledScores four = new(one.Findings, [.. Enumerable.Range(0, 320).Select(i => $"image {i}")],
            [.. Enumerable.Repeat(one.Labels, 4).SelectMany(l => l)], [.. Enumerable.Repeat(one.Logits, 4).SelectMany(l => l)])
        {
            Patients = [.. Enumerable.Range(0, 320).Select(i => $"patient {i % 80:000}")],
        };
        LabelledScores singles = one with { Patients = [.. Enumerable.Range(0, 80).Select(i => $"patient {i:000}")] };
        RunStatistics expected = RunStatistics.Compute(singles);
        RunStatistics found = RunStatistics.Compute(four);
        Assert.Equal(80, found.Patients);
        AssertSame(expected.MeanAuroc, found.MeanAuroc);
        foreach ((FindingStatistics a, FindingStatistics b) in expected.Findings.Zip(found.Findings))
        {
            AssertSame(a.Auroc, b.Auroc);
            AssertSame(a.AveragePrecision, b.AveragePrecision);
            Assert.Equal(a.PatientsNeeded, b.PatientsNeeded);
        }

        // As if they were independent, the same images would seem twice as sure.
        RunStatistics naive = RunStatistics.Compute(four with { Patients = null });
        Assert.InRange(naive.MeanAuroc.Interval!.Value.HalfWidth() / found.MeanAuroc.Interval!.Value.HalfWidth(), 0.4, 0.6);
        Assert.DoesNotContain("patient", naive.MeanAuroc.Method, StringComparison.Ordinal);
        Assert.Contains("patient", found.MeanAuroc.Method, StringComparison.Ordinal);
    }

    [Fact]
    public void Compute_RowsInAnotherOrder_IsTheSame()
    {
        LabelledScores scores = Draw(60, 2) with { Patients = [.. Enumerable.Range(0, 60).Select(i => $"p{i / 2}")] };
        int[] order = [.. Enumerable.Range(0, 60).OrderBy(i => (i * 37) % 61)];
        LabelledScores other = new(scores.Findings, [.. order.Select(i => scores.Images[i])],
            [.. order.SelectMany(i => scores.Labels.Skip(i * 2).Take(2))], [.. order.SelectMany(i => scores.Logits.Skip(i * 2).Take(2))])
        {
            Patients = [.. order.Select(i => scores.Patients![i])],
        };
        RunStatistics a = RunStatistics.Compute(scores);
        RunStatistics b = RunStatistics.Compute(other);
        AssertSame(a.MeanAuroc, b.MeanAuroc);
        AssertSame(a.Findings[1].AveragePrecision, b.Findings[1].AveragePrecision);
    }

    [Fact]
    public void Compute_TooFewPatients_RefusesWithTheNumber()
    {
        LabelledScores scores = Draw(60, 3);
        sbyte[] labels = [.. scores.Labels.Select((l, i) => i % 2 == 1 ? (sbyte)(i < 16 ? 1 : 0) : l)];
        scores = scores with { Labels = labels, Patients = [.. Enumerable.Range(0, 60).Select(i => $"p{i / 2}")] };
        RunStatistics found = RunStatistics.Compute(scores);
        FindingStatistics few = found.Findings[1];
        Assert.Equal((8, 4), (few.Positives, few.PositivePatients));
        Assert.NotNull(few.Auroc.Value);
        Assert.Null(few.Auroc.Interval);
        Assert.Equal("Only 4 patients with the finding: an interval needs 5 with it and 5 without.", few.Auroc.Refusal);
        Assert.Equal(few.Auroc.Refusal, few.AveragePrecision.Refusal);
        Assert.NotNull(found.Findings[0].Auroc.Interval);
        Assert.StartsWith("1 of 2 findings", found.MeanAuroc.Refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void Compute_SeparatedClasses_RefuseTheIntervalOfOne()
    {
        LabelledScores scores = new(["a"], [.. Enumerable.Range(0, 20).Select(i => $"{i}")],
            [.. Enumerable.Range(0, 20).Select(i => (sbyte)(i < 10 ? 0 : 1))], [.. Enumerable.Range(0, 20).Select(i => (float)i)]);
        Estimate found = RunStatistics.Compute(scores).Findings[0].Auroc;
        Assert.Equal(1, found.Value);
        Assert.Null(found.Interval);
        Assert.Contains("separate", found.Refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void Compute_OneClass_IsUndefinedAndNotInTheMean()
    {
        LabelledScores scores = Draw(60, 4);
        scores = scores with { Labels = [.. scores.Labels.Select((l, i) => i % 2 == 1 ? (sbyte)0 : l)] };
        RunStatistics found = RunStatistics.Compute(scores);
        Assert.Null(found.Findings[1].Auroc.Value);
        Assert.Equal("There are no positives.", found.Findings[1].Auroc.Refusal);
        Assert.Equal(found.Findings[0].Auroc.Value, found.MeanAuroc.Value);
        Assert.NotNull(found.MeanAuroc.Interval);
    }

    private static void AssertSame(Estimate expected, Estimate found)
    {
        Assert.Equal(expected.Value!.Value, found.Value!.Value, 12);
        Assert.Equal(expected.Interval!.Value.Lower, found.Interval!.Value.Lower, 9);
        Assert.Equal(expected.Interval!.Value.Upper, found.Interval!.Value.Upper, 9);
        Assert.Equal(expected.Method, found.Method);
    }

    // Two findings.
    private static LabelledScores Draw(int images, int seed)
    {
        var random = new KeyedRandom(seed, RandomPurpose.Phantom);
        var labels = new sbyte[images * 2];
        var logits = new float[images * 2];
        for (int i = 0; i < labels.Length; i++)
        {
            labels[i] = (sbyte)(random.NextDouble() < 0.4 ? 1 : 0);
            logits[i] = (float)(labels[i] + random.NextGaussian());
        }

        return new LabelledScores(["a", "b"], [.. Enumerable.Range(0, images).Select(i => $"image {i}")], labels, logits);
    }
}
