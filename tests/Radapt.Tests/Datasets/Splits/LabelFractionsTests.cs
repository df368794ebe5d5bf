using CsCheck;
using Radapt.Datasets;
using Radapt.Datasets.Splits;

namespace Radapt.Tests.Datasets.Splits;

public class LabelFractionsTests
{
    private const double Allowed = 5; // images; a draw without balancing is off by more than ten in some of these cases

    private static readonly Gen<LabelledImages> s_images =
        Gen.Select(Gen.Int[1, 400], Gen.Int[1, 5], Gen.Int[1, 4], Gen.Double[0.01, 0.6].Array[5], Gen.Int[0, 1_000_000])
            .Select((count, findings, perPatient, prevalence, seed) => Draw(count, findings, perPatient, prevalence, seed));

    [Fact]
    public void Draw_AnyFractions_SmallerIsPartOfLarger() =>
        Gen.Select(s_images, Gen.Double[0.001, 1], Gen.Double[0.001, 1], Gen.Long).Sample((images, a, b, seed) =>
        {
            HashSet<string> larger = [.. Names(images, Math.Max(a, b), seed)];
            Assert.All(Names(images, Math.Min(a, b), seed), n => Assert.Contains(n, larger));
        }, iter: 300);

    [Fact]
    public void Draw_AnyFraction_KeepsPatientsWholeAndOrder() =>
        Gen.Select(s_images, Gen.Double[0.001, 1], Gen.Long).Sample((images, fraction, seed) =>
        {
            LabelledImages drawn = LabelFractions.Draw(images, LabelFraction.FromShare(fraction), seed, []);
            HashSet<string?> patients = [.. drawn.Items.Select(i => i.Patient)];
            Assert.Equal(images.Items.Where(i => patients.Contains(i.Patient)), drawn.Items);
        }, iter: 300);

    [Fact]
    public void Draw_AnyFraction_HasBothClassesOfEveryFindingThatHasThem() =>
        Gen.Select(s_images, Gen.Double[0.001, 1], Gen.Long).Sample((images, fraction, seed) =>
        {
            IReadOnlyList<LabelCounts> all = images.CountLabels();
            IReadOnlyList<LabelCounts> drawn = LabelFractions.Draw(images, LabelFraction.FromShare(fraction), seed, []).CountLabels();
            for (int f = 0; f < all.Count; f++)
            {
                Assert.Equal(all[f].Positives > 0, drawn[f].Positives > 0);
                Assert.Equal(all[f].Negatives > 0, drawn[f].Negatives > 0);
            }
        }, iter: 300);

    [Fact]
    public void Draw_AnyFraction_KeepsSizeAndPrevalence() =>
        Gen.Select(s_images, Gen.Double[0.1, 1], Gen.Long).Where((images, _, _) => images.Items.Count >= 100)
            .Sample((images, fraction, seed) =>
        {
            LabelledImages drawn = LabelFractions.Draw(images, LabelFraction.FromShare(fraction), seed, []);
            int largest = images.Items.GroupBy(i => i.Patient).Max(g => g.Count());
            Assert.InRange(drawn.Items.Count - (fraction * images.Items.Count), -largest / 2.0,
                (largest / 2.0) + (2 * largest * images.Findings.Count));
            IReadOnlyList<LabelCounts> all = images.CountLabels();
            IReadOnlyList<LabelCounts> counts = drawn.CountLabels();
            for (int f = 0; f < all.Count; f++)
            {
                double share = drawn.Items.Count / (double)images.Items.Count;
                Assert.InRange(counts[f].Positives - (share * all[f].Positives), -Allowed, Allowed);
            }
        }, iter: 300);

    [Fact]
    public void Draw_OneFindingWithoutPatients_IsExactToOneImage()
    {
        var images =
            new LabelledImages(["f"], [.. Enumerable.Range(0, 1000)
                .Select(i => new LabelledImage($"{i}", $"/{i}", null, [(sbyte)(i < 370 ? 1 : 0)]))]);
        foreach (double fraction in new[] { 0.01, 0.1, 0.33, 0.5, 1 })
        {
            LabelledImages drawn = LabelFractions.Draw(images, LabelFraction.FromShare(fraction), 1, []);
            Assert.Equal(Math.Round(1000 * fraction), drawn.Items.Count);
            Assert.Equal(370 * fraction, drawn.CountLabels()[0].Positives, 1.0);
        }

        Assert.Equal(137, LabelFractions.Draw(images, LabelFraction.FromImages(137), 1, []).Items.Count);
        LabelledImages each = LabelFractions.Draw(images, LabelFraction.PerFinding(20), 1, []);
        Assert.Equal(new LabelCounts(20, 20, 0), each.CountLabels()[0]);
    }

    [Fact]
    public void Draw_TableInOtherOrder_GivesTheSamePatients()
    {
        LabelledImages images = Draw(200, 2, 3, [0.2, 0.4], 7);
        LabelledImages reversed = images with { Items = [.. images.Items.Reverse()] };
        Assert.Equal(Names(images, 0.2, 5).Order(StringComparer.Ordinal), Names(reversed, 0.2, 5).Order(StringComparer.Ordinal));
        Assert.NotEqual(Names(images, 0.2, 5), Names(images, 0.2, 6));
    }

    [Fact]
    public void Draw_ManySeeds_TakesEveryPatientAboutEquallyOften()
    {
        // Patients of one to four images: neither small nor large ones may be preferred.
        LabelledImages images = Draw(300, 2, 4, [0.3, 0.1], 3);
        double[] taken = new double[5];
        double[] all = new double[5];
        Dictionary<string, int> size = images.Items.GroupBy(i => i.Patient!).ToDictionary(g => g.Key, g => g.Count());
        for (int seed = 0; seed < 200; seed++)
        {
            foreach (string patient in LabelFractions.Draw(images, LabelFraction.FromShare(0.2), seed,
                []).Items.Select(i => i.Patient!).Distinct())
            {
                taken[size[patient]]++;
            }

            foreach (int s in size.Values)
            {
                all[s]++;
            }
        }

        for (int s = 1; s <= 4; s++)
        {
            Assert.InRange(taken[s] / all[s], 0.14, 0.26);
        }
    }

    [Fact]
    public void Draw_HundredThousandImages_TakesHalf()
    {
        LabelledImages images = Draw(100_000, 14, 4, [.. Enumerable.Range(1, 14).Select(f => 0.18 / f)], 1);
        Assert.Equal(50_000, LabelFractions.Draw(images, LabelFraction.FromShare(0.5), 1, []).Items.Count, 50.0);
    }

    [Fact]
    public void Draw_NumberOfImages_NestsAndStopsAtAll() =>
        Gen.Select(s_images, Gen.Int[2, 500], Gen.Int[2, 500], Gen.Long).Sample((images, a, b, seed) =>
        {
            string[] Draw(int n) => [.. LabelFractions.Draw(images, LabelFraction.FromImages(n), seed, []).Items.Select(i => i.Name)];
            HashSet<string> larger = [.. Draw(Math.Max(a, b))];
            string[] smaller = Draw(Math.Min(a, b));
            Assert.All(smaller, n => Assert.Contains(n, larger));
            if (Math.Max(a, b) >= 2 * images.Items.Count)
            {
                Assert.Equal(images.Items.Count, larger.Count);
            }
        }, iter: 200);

    [Fact]
    public void Draw_NumberPerFinding_HasThatManyOfBothClassesAndNests() =>
        Gen.Select(s_images, Gen.Int[1, 40], Gen.Int[1, 40], Gen.Long).Sample((images, a, b, seed) =>
        {
            LabelledImages larger = LabelFractions.Draw(images, LabelFraction.PerFinding(Math.Max(a, b)), seed, []);
            int each = Math.Min(a, b);
            LabelledImages smaller = LabelFractions.Draw(images, LabelFraction.PerFinding(each), seed, []);
            Assert.Empty(smaller.Items.Select(i => i.Name).Except(larger.Items.Select(i => i.Name)));
            HashSet<string?> patients = [.. smaller.Items.Select(i => i.Patient)];
            Assert.Equal(images.Items.Where(i => patients.Contains(i.Patient)), smaller.Items);
            Assert.InRange(patients.Count, 1, 2 * each * images.Findings.Count);
            foreach ((LabelCounts all, LabelCounts drawn) in images.CountLabels().Zip(smaller.CountLabels()))
            {
                Assert.InRange(drawn.Positives, Math.Min(each, all.Positives), all.Positives);
                Assert.InRange(drawn.Negatives, Math.Min(each, all.Negatives), all.Negatives);
            }
        }, iter: 200);

    private static string[] Names(LabelledImages images, double fraction, long seed) =>
        [.. LabelFractions.Draw(images, LabelFraction.FromShare(fraction), seed, []).Items.Select(i => i.Name)];

    private static LabelledImages Draw(int count, int findings, int perPatient, double[] prevalence, int seed)
    {
        var random = new Radapt.Compute.KeyedRandom(seed, Radapt.Compute.RandomPurpose.Phantom);
        var items = new List<LabelledImage>();
        for (int patient = 0; items.Count < count; patient++)
        {
            for (int left = 1 + random.NextInt32(perPatient); left > 0 && items.Count < count; left--)
            {
                var labels = new sbyte[findings];
                for (int f = 0; f < findings; f++)
                {
                    double u = random.NextDouble();
                    labels[f] = (sbyte)(u < prevalence[f] ? 1 : u > 0.95 ? -1 : 0);
                }

                items.Add(new LabelledImage($"{items.Count}.png", $"/{items.Count}.png", $"p{patient}", labels));
            }
        }

        return new LabelledImages([.. Enumerable.Range(0, findings).Select(f => $"f{f}")], items);
    }
}
