using Radapt.Datasets;
using Radapt.Datasets.Splits;

namespace Radapt.Tests.Datasets.Splits;

public class BalancedPartsTests
{
    // 200 patients of three images; the first finding is common, the second rare, and some labels are unknown.
    private static readonly LabelledImages s_images = new(["common", "rare"], [.. Enumerable.Range(0, 600).Select(i => new LabelledImage(
        $"{i}.png", $"/{i}.png", $"p{i / 3}", [(sbyte)(i % 7 == 0 ? -1 : i % 2), (sbyte)(i % 50 == 0 ? 1 : 0)]))]);

    [Fact]
    public void AtMost_AnyNumber_IsKeptByWholePatientsWithBothClasses()
    {
        var parts = new BalancedParts(s_images, 0);
        HashSet<string> smaller = [];
        foreach (int most in new[] { parts.Fewest, 60, 150, 400, 599, 600, 5000 })
        {
            LabelledImages part = parts.AtMost(most);
            Assert.InRange(part.Items.Count, 1, most);
            Assert.All(part.CountLabels(), c => Assert.True(c.HasBothClasses));
            Assert.All(part.Items.GroupBy(i => i.Patient), g => Assert.Equal(3, g.Count()));
            Assert.Equal(part.Items.OrderBy(i => int.Parse(i.Name[..^4])), part.Items); // the set's own order
            HashSet<string> names = [.. part.Items.Select(i => i.Name)];
            Assert.Superset(smaller, names);
            smaller = names;
        }

        Assert.Equal(600, parts.AtMost(600).Items.Count);
        Assert.Throws<ArgumentOutOfRangeException>(() => parts.AtMost(parts.Fewest - 1));
    }

    [Fact]
    public void AtMost_RareFinding_HasMoreThanItsShare()
    {
        LabelledImages part = new BalancedParts(s_images, 0).AtMost(120);
        Assert.True(part.CountLabels()[1].Positives >= 10,
            $"{part.CountLabels()[1].Positives} of 12 rare positives are among {part.Items.Count} of 600 images");
    }

    [Fact]
    public void Smallest_Condition_HoldsForNoSmallerPart()
    {
        var parts = new BalancedParts(s_images, 3);
        static bool IsEnough(LabelledImages part) => part.CountLabels()[0] is { Positives: >= 40, Negatives: >= 40 };
        LabelledImages part = parts.Smallest(IsEnough)!;
        Assert.True(IsEnough(part));
        Assert.False(IsEnough(parts.AtMost(part.Items.Count - 1)));
        Assert.Equal(part.Items, parts.AtMost(part.Items.Count).Items); // its size alone gives it again
        Assert.Null(parts.Smallest(_ => false));
    }

    [Fact]
    public void AtMost_OtherOrderOfTheTable_GivesTheSameImages()
    {
        LabelledImages reversed = s_images with { Items = [.. s_images.Items.Reverse()] };
        Assert.Equal(
            new BalancedParts(s_images, 1).AtMost(150).Items.Select(i => i.Name)
                .Order(), new BalancedParts(reversed, 1).AtMost(150).Items.Select(i => i.Name).Order());
        Assert.NotEqual(
            new BalancedParts(s_images, 1).AtMost(150).Items.Select(i => i.Name)
                .Order(), new BalancedParts(s_images, 2).AtMost(150).Items.Select(i => i.Name).Order());
    }

    [Fact]
    public void Parts_NoKnownLabel_AreNone()
    {
        LabelledImages unknown = s_images with { Items = [.. s_images.Items.Select(i => i with { Labels = [-1, -1] })] };
        Assert.Equal(0, new BalancedParts(unknown, 0).Fewest);
        Assert.Null(new BalancedParts(unknown, 0).Smallest(_ => true));
    }
}
