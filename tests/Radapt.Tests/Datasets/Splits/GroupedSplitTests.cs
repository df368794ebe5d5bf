using CsCheck;
using Radapt.Compute;
using Radapt.Datasets.Splits;

namespace Radapt.Tests.Datasets.Splits;

public class GroupedSplitTests
{
    private static readonly double[] s_shares = [0.7, 0.1, 0.2];

    private static readonly Gen<Rows> s_rows =
        Gen.Select(Gen.Int[60, 400], Gen.Int[1, 5], Gen.Int[1, 4], Gen.Double[0.01, 0.6].Array[5], Gen.Int[0, 1_000_000]).Select(Rows.Draw);

    [Fact]
    public void Draw_AnyRows_KeepsGroupsWholeAndFillsEveryPart() =>
        Gen.Select(s_rows, Gen.Long).Sample((rows, seed) =>
        {
            int[] parts = GroupedSplit.Draw(rows.Labels, rows.Groups, s_shares, seed);
            Assert.Equal(rows.Labels.Length, parts.Length);
            Assert.All(rows.Groups.Zip(parts).GroupBy(p => p.First), g => Assert.Single(g.Select(p => p.Second).Distinct()));
            Assert.Equal([0, 1, 2], parts.Distinct().Order());
        }, iter: 200);

    [Fact]
    public void Draw_AnyRows_KeepsSizesAndPrevalence() =>
        Gen.Select(s_rows, Gen.Long)
            .Sample((rows, seed) => AssertBalanced(rows, GroupedSplit.Draw(rows.Labels, rows.Groups, s_shares, seed), s_shares), iter: 200);

    [Fact]
    public void Folds_AnyRows_KeepSizesAndPrevalence() =>
        Gen.Select(s_rows, Gen.Int[2, 8], Gen.Long).Sample((rows, folds, seed) =>
            AssertBalanced(rows, GroupedSplit.Folds(rows.Labels, rows.Groups, folds, seed),
                [.. Enumerable.Repeat(1.0 / folds, folds)]), iter: 200);

    [Fact]
    public void Draw_OneFindingWithoutGroups_IsExactToOneImage()
    {
        sbyte[][] labels = [.. Enumerable.Range(0, 1000).Select(i => new[] { (sbyte)(i < 370 ? 1 : 0) })];
        int[] parts = GroupedSplit.Draw(labels, new string?[1000], [70, 10, 20], seed: 3);
        Assert.Equal([700, 100, 200], Enumerable.Range(0, 3).Select(p => parts.Count(q => q == p)));
        Assert.Equal([259, 37, 74], Enumerable.Range(0, 3).Select(p => parts.Take(370).Count(q => q == p)));
    }

    [Fact]
    public void Folds_RareFinding_IsInEveryFold()
    {
        // Seven positives among 300 images of patients with three each: two folds of five get two.
        sbyte[][] labels =
            [.. Enumerable.Range(0, 300).Select(i => new[] { (sbyte)(i % 41 == 0 && i < 287 ? 1 : 0), (sbyte)(i % 3 == 0 ? 1 : 0) })];
        string[] groups = [.. Enumerable.Range(0, 300).Select(i => $"{i / 3}")];
        for (int seed = 0; seed < 50; seed++)
        {
            int[] folds = GroupedSplit.Folds(labels, groups, 5, seed);
            Assert.Equal([1, 1, 1, 2, 2], Enumerable.Range(0, 5)
                .Select(p => folds.Where((f, i) => f == p && labels[i][0] == 1).Count()).Order());
            Assert.All(Enumerable.Range(0, 5), p => Assert.Equal(60, folds.Count(f => f == p)));
        }
    }

    [Fact]
    public void Draw_RowsInOtherOrder_GivesTheSameParts()
    {
        var rows = Rows.Draw(200, 3, 3, [0.2, 0.4, 0.05], 7);
        int[] parts = GroupedSplit.Draw(rows.Labels, rows.Groups, s_shares, 5);
        int[] reversed = GroupedSplit.Draw([.. rows.Labels.Reverse()], [.. rows.Groups.Reverse()], s_shares, 5);
        Assert.Equal(parts, reversed.Reverse());
        Assert.NotEqual(parts, GroupedSplit.Draw(rows.Labels, rows.Groups, s_shares, 6));
    }

    [Fact]
    public void Draw_ManySeeds_TakesSmallAndLargeGroupsAlike()
    {
        var rows = Rows.Draw(300, 2, 4, [0.3, 0.1], 3);
        Dictionary<string, int> size = rows.Groups.GroupBy(g => g).ToDictionary(g => g.Key, g => g.Count());
        double[] inTest = new double[5];
        double[] all = new double[5];
        for (int seed = 0; seed < 200; seed++)
        {
            int[] parts = GroupedSplit.Draw(rows.Labels, rows.Groups, s_shares, seed);
            foreach (string group in size.Keys)
            {
                all[size[group]]++;
                inTest[size[group]] += parts[Array.IndexOf(rows.Groups, group)] == 2 ? 1 : 0;
            }
        }

        for (int s = 1; s <= 4; s++)
        {
            Assert.InRange(inTest[s] / all[s], 0.14, 0.26);
        }
    }

    [Fact]
    public void Draw_TooFewGroups_SaysSo()
    {
        sbyte[][] labels = [.. Enumerable.Range(0, 20).Select(i => new[] { (sbyte)(i % 2) })];
        string[] two = [.. Enumerable.Range(0, 20).Select(i => $"{i / 10}")];
        Assert.Contains("of 2 patients", Assert.Throws<RadaptException>(() => GroupedSplit.Draw(labels, two, s_shares, 0)).Message,
            StringComparison.Ordinal);
        Assert.Contains("5 %", Assert.Throws<RadaptException>(() => GroupedSplit.Draw(labels[..5], two[..5], [0.9, 0.05, 0.05], 0)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Draw_HundredThousandImages_IsBalanced()
    {
        var rows = Rows.Draw(100_000, 14, 4, [.. Enumerable.Range(1, 14).Select(f => 0.18 / f)], 1);
        int[] parts = GroupedSplit.Draw(rows.Labels, rows.Groups, s_shares, 1);
        AssertBalanced(rows, parts, s_shares);
    }

    private static void AssertBalanced(Rows rows, int[] parts, double[] shares)
    {
        int allowed = 1 + rows.Groups.GroupBy(g => g).Max(g => g.Count()); // images; a draw without balancing is off by ten and more
        for (int p = 0; p < shares.Length; p++)
        {
            int[] members = [.. Enumerable.Range(0, parts.Length).Where(i => parts[i] == p)];
            Assert.InRange(members.Length - (shares[p] * parts.Length), -allowed, allowed);
            for (int f = 0; f < rows.Labels[0].Length; f++)
            {
                double expected = shares[p] * rows.Labels.Count(l => l[f] == 1);
                Assert.InRange(members.Count(i => rows.Labels[i][f] == 1) - expected, -allowed, allowed);
            }
        }
    }

    private sealed record Rows(sbyte[][] Labels, string[] Groups)
    {
        public static Rows Draw(int count, int findings, int perGroup, double[] prevalence, int seed)
        {
            var random = new KeyedRandom(seed, RandomPurpose.Phantom);
            var labels = new List<sbyte[]>();
            var groups = new List<string>();
            for (int group = 0; labels.Count < count; group++)
            {
                for (int left = 1 + random.NextInt32(perGroup); left > 0 && labels.Count < count; left--)
                {
                    var row = new sbyte[findings];
                    for (int f = 0; f < findings; f++)
                    {
                        double u = random.NextDouble();
                        row[f] = (sbyte)(u < prevalence[f] ? 1 : u > 0.95 ? -1 : 0);
                    }

                    labels.Add(row);
                    groups.Add($"p{group}");
                }
            }

            return new Rows([.. labels], [.. groups]);
        }
    }
}
