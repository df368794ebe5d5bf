using Radapt.Evaluation;
using Radapt.Runs;

namespace Radapt.Tests.Evaluation;

public class SubgroupTests
{
    [Fact]
    public void Compute_Categories_GivesTheFiguresOfEach()
    {
        LabelledScores scores = Scores(12);
        IReadOnlyList<Subgroup> groups = Subgroup.Compute(
            scores, [.. Enumerable.Range(0, 12).Select(i => i == 11 ? null : i % 3 == 0 ? "M" : "F")], "sex");
        Assert.Equal(["F", "M", "(not stated)"], groups.Select(g => g.Name));
        Assert.Equal([7, 4, 1], groups.Select(g => g.Statistics.Images));
        int[] women = [1, 2, 4, 5, 7, 8, 10];
        Assert.Equal(women.Count(i => scores.Labels[i] == 1), groups[0].Statistics.Findings[0].Positives);
        Assert.Equal(new LabelledScores(["f"], [.. women.Select(i => scores.Images[i])], [.. women.Select(i => scores.Labels[i])],
            [.. women.Select(i => scores.Logits[i])]).ComputeMetrics().MeanAuroc, groups[0].Statistics.MeanAuroc.Value);
    }

    [Fact]
    public void Compute_ManyNumbers_AreDividedIntoThirdsWithoutDividingAValue()
    {
        string?[] ages = [.. Enumerable.Range(0, 30).Select(i => i < 12 ? "40" : $"{30 + i}")];
        IReadOnlyList<Subgroup> groups = Subgroup.Compute(Scores(30), ages, "age");
        Assert.Equal(["40 to 49", "50 to 59"], groups.Select(g => g.Name));
        Assert.Equal(30, groups.Sum(g => g.Statistics.Images));
        Assert.Equal(["1", "2", "10"], Subgroup.Compute(Scores(6), ["10", "2", "1", "1", "2", "10"], "grade").Select(g => g.Name));
    }

    [Fact]
    public void Compute_TooManyGroups_AreRefused()
    {
        string?[] names = [.. Enumerable.Range(0, 30).Select(i => $"name {i}")];
        Assert.Contains("30 different values",
            Assert.Throws<RadaptException>(() => Subgroup.Compute(Scores(30), names, "x")).Message, StringComparison.Ordinal);
    }

    private static LabelledScores Scores(int images) => new(["f"], [.. Enumerable.Range(0, images).Select(i => $"{i}")],
        [.. Enumerable.Range(0, images).Select(i => (sbyte)(i % 2))], [.. Enumerable.Range(0, images).Select(i => (float)((i * 7) % 11))]);
}
