using Radapt.Runs;
using Radapt.Studies.Design;
using Radapt.Studies.Tables;

namespace Radapt.Tests.Studies.Tables;

public sealed class TableSentencesTests
{
    private static readonly TableAxis s_lora = Row("MAE", "LoRA");
    private static readonly TableAxis s_full = Row("MAE", "full fine-tuning");
    private static readonly TableAxis s_random = Row("random", "full fine-tuning");
    private static readonly TableAxis s_tenth = new([Level(StudyFactor.Fraction, "10 %")]);

    [Fact]
    public void LoraAgainstFull_LoraAboveInEverySeed_SaysThatItIsBetterAndWins() => Assert.Equal(
        "With 10 % of the labels, LoRA is better than full fine-tuning by .050 (mean of 3 seeds, standard error .006). "
            + "LoRA from MAE weights has the highest mean of the column (.850).",
        Lora(Row(s_lora, .84, .85, .86), Row(s_full, .80, .80, .80)));

    [Fact]
    public void LoraAgainstFull_LoraBelowInEverySeed_SaysThatItIsWorseAndWhoWins() => Assert.Equal(
        "With 10 % of the labels, LoRA is worse than full fine-tuning by .050 (mean of 3 seeds, standard error .006). "
            + "LoRA does not win this column: the highest mean is that of MAE weights, full fine-tuning (.850).",
        Lora(Row(s_full, .84, .85, .86), Row(s_lora, .80, .80, .80)));

    [Fact]
    public void LoraAgainstFull_SeedsDisagree_SaysThatTheyDoNotDiffer() => Assert.Equal(
        "With 10 % of the labels, LoRA and full fine-tuning do not differ beyond chance: the AUROC of LoRA is above the other by .010 "
            + "(mean of 3 seeds, standard error .035). LoRA from MAE weights has the highest mean of the column (.810).",
        Lora(Row(s_lora, .75, .81, .87), Row(s_full, .80, .80, .80)));

    [Fact]
    public void LoraAgainstFull_ThirdMethodIsBest_SaysSoThoughLoraBeatsFull() => Assert.EndsWith(
        "LoRA does not win this column: the highest mean is that of random weights, full fine-tuning (.900).",
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
        var all = new TableAxis([Level(StudyFactor.Fraction, "100 %")]);
        StudyTable table = Table([s_full, s_random], [s_tenth, all], new Dictionary<(string, string), TableCell>
        {
            [(s_full.Key, s_tenth.Key)] = Cell(.9, .91, .92),
            [(s_random.Key, s_tenth.Key)] = Cell(.8, .81, .82),
            [(s_full.Key, all.Key)] = Cell(.95),
        });

        Assert.Equal(
            "With 10 % of the labels, full fine-tuning from MAE weights is better than full fine-tuning from random weights by .100 "
                + "(mean of 3 seeds, standard error .000).",
            Assert.Single(TableSentences.PretrainedAgainstRandom(table, s_full, s_random)));
    }

    [Fact]
    public void CellDifference_TwoSeeds_NeedMuchMoreThanTheirSpread()
    {
        Assert.Equal(0, Difference(Cell(.83, .84), Cell(.80, .80))!.Sign);
        Assert.Equal(-1, Difference(Cell(.80, .80), Cell(.830, .831))!.Sign);
    }

    // The same difference in every seed, though the seeds themselves are far apart: the draw of images is in both.
    [Fact]
    public void CellDifference_SeedsFarApart_ComparesWithinSeeds()
    {
        var difference = Difference(Cell(.61, .81, .912), Cell(.60, .80, .90));
        Assert.Equal(1, difference!.Sign);
        Assert.Equal(.032 / 3, difference.Mean, 1e-12);
    }

    private static CellDifference? Difference(TableCell first, TableCell second) =>
        CellDifference.Create("the other", first.Overall, second.Overall);

    private static string Lora(params (TableAxis Row, double[] Values)[] rows) => Assert.Single(TableSentences.LoraAgainstFull(
        Table([.. rows.Select(r => r.Row)], [s_tenth], rows.ToDictionary(r => (r.Row.Key, s_tenth.Key), r => Cell(r.Values))),
        s_lora, s_full));

    private static (TableAxis, double[]) Row(TableAxis row, params double[] values) => (row, values);

    private static TableAxis Row(string weights, string method) =>
        new([Level(StudyFactor.Weights, $"{weights} weights"), Level(StudyFactor.Method, method)]);

    private static StudyLevel Level(StudyFactor factor, string title) => new(factor, title, title, StudySettings.None);

    private static StudyTable Table(
        IReadOnlyList<TableAxis> rows, IReadOnlyList<TableAxis> columns, Dictionary<(string, string), TableCell> cells) =>
        new("", new TableLayout("grid", [], []), rows, columns, cells);

    private static TableCell Cell(params double[] values) =>
        new([], [new CellFigure(RunFigures.Mean, values.Index().ToDictionary(v => (long)v.Index, v => v.Item))]);
}
