using Radapt.Datasets.Splits;
using Radapt.Studies.Comparison;

namespace Radapt.Tests.Studies.Comparison;

public sealed class ComparisonSentencesTests
{
    private static readonly Dictionary<string, string> s_options = new() { ["method"] = "lora" };
    private static readonly ComparedMethod s_lora = new("lora", "LoRA", "MAE") { Weights = "w", Options = s_options };
    private static readonly ComparedMethod s_full = s_lora with { Key = "full", Name = "full fine-tuning" };
    private static readonly ComparedMethod s_random = s_full with { Key = "random", Start = "random", Weights = null };

    private static readonly ComparedFraction s_tenth = new(LabelFraction.Parse("10%"), [0, 1, 2], new Dictionary<string, string>());

    [Fact]
    public void LoraAgainstFull_LoraAboveInEverySeed_SaysThatItIsBetterAndWins() => Assert.Equal(
        "With 10 % of the labels, LoRA is better than full fine-tuning by .050 (mean of 3 seeds, standard error .006). "
            + "LoRA from MAE weights has the highest mean of the column (.850).",
        Lora(Row(s_lora, .84, .85, .86), Row(s_full, .80, .80, .80)));

    [Fact]
    public void LoraAgainstFull_LoraBelowInEverySeed_SaysThatItIsWorseAndWhoWins() => Assert.Equal(
        "With 10 % of the labels, LoRA is worse than full fine-tuning by .050 (mean of 3 seeds, standard error .006). "
            + "LoRA does not win this column: the highest mean is that of full fine-tuning, MAE weights (.850).",
        Lora(Row(s_full, .84, .85, .86), Row(s_lora, .80, .80, .80)));

    [Fact]
    public void LoraAgainstFull_SeedsDisagree_SaysThatTheyDoNotDiffer() => Assert.Equal(
        "With 10 % of the labels, LoRA and full fine-tuning do not differ beyond chance: the AUROC of LoRA is above the other by .010 "
            + "(mean of 3 seeds, standard error .035). LoRA from MAE weights has the highest mean of the column (.810).",
        Lora(Row(s_lora, .75, .81, .87), Row(s_full, .80, .80, .80)));

    [Fact]
    public void LoraAgainstFull_ThirdMethodIsBest_SaysSoThoughLoraBeatsFull() => Assert.EndsWith(
        "LoRA does not win this column: the highest mean is that of full fine-tuning, random weights (.900).",
        Lora(Row(s_lora, .84, .85, .86), Row(s_full, .80, .80, .80), Row(s_random, .9, .9, .9)), StringComparison.Ordinal);

    [Fact]
    public void LoraAgainstFull_OneSeed_ClaimsNothing() => Assert.StartsWith(
        "With 10 % of the labels, the AUROC of LoRA is below that of full fine-tuning by .100, but one seed tells nothing of chance.",
        Lora(Row(s_lora, .7), Row(s_full, .8)), StringComparison.Ordinal);

    [Fact]
    public void LoraAgainstFull_NoSeedInCommon_SaysThatTheyCannotBeCompared() => Assert.StartsWith(
        "With 10 % of the labels, LoRA and full fine-tuning cannot be compared", Lora(Row(s_lora, .7), Row(s_full)), StringComparison.Ordinal);

    [Fact]
    public void PretrainedAgainstRandom_FractionWithoutTheRandomRow_HasNoSentence()
    {
        ComparedFraction all = s_tenth with { Labels = LabelFraction.All };
        var table = new ComparisonTable([s_full, s_random], [s_tenth, all], new Dictionary<(string, string), ComparisonCell>
        {
            [(s_full.Key, s_tenth.Name)] = Cell(.9, .91, .92),
            [(s_random.Key, s_tenth.Name)] = Cell(.8, .81, .82),
            [(s_full.Key, all.Name)] = Cell(.95),
        });

        Assert.Equal(
            "With 10 % of the labels, full fine-tuning from MAE weights is better than full fine-tuning from random weights by .100 "
                + "(mean of 3 seeds, standard error .000).",
            Assert.Single(ComparisonSentences.PretrainedAgainstRandom(table, s_full, s_random)));
    }

    [Fact]
    public void PairedDifference_TwoSeeds_NeedMuchMoreThanTheirSpread()
    {
        Assert.Equal(0, PairedDifference.Create(Cell(.83, .84), Cell(.80, .80))!.Sign);
        Assert.Equal(-1, PairedDifference.Create(Cell(.80, .80), Cell(.830, .831))!.Sign);
    }

    // The same difference in every seed, though the seeds themselves are far apart: the draw of images is in both.
    [Fact]
    public void PairedDifference_SeedsFarApart_ComparesWithinSeeds()
    {
        var difference = PairedDifference.Create(Cell(.61, .81, .912), Cell(.60, .80, .90));
        Assert.Equal(1, difference!.Sign);
        Assert.Equal(.032 / 3, difference.Mean, 1e-12);
    }

    private static string Lora(params (ComparedMethod Method, double[] Values)[] rows) => Assert.Single(ComparisonSentences.LoraAgainstFull(
        new ComparisonTable([.. rows.Select(r => r.Method)], [s_tenth],
            rows.ToDictionary(r => (r.Method.Key, s_tenth.Name), r => Cell(r.Values))),
        s_lora, s_full));

    private static (ComparedMethod, double[]) Row(ComparedMethod method, params double[] values) => (method, values);

    private static ComparisonCell Cell(params double[] values) =>
        new(values.Index().ToDictionary(v => (long)v.Index, v => v.Item));
}
