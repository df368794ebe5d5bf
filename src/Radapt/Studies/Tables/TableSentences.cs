using System.Globalization;
using Radapt.Studies.Design;

namespace Radapt.Studies.Tables;

/// <summary>
/// What a table says, in sentences that its numbers decide: whether LoRA beats full fine-tuning, and what pre-training is worth. Nothing is
/// assumed about who wins.
/// </summary>
internal static class TableSentences
{
    /// <summary>LoRA beside full fine-tuning, a sentence for every fraction.</summary>
    /// <param name="table">The table.</param>
    /// <param name="lora">The row of LoRA.</param>
    /// <param name="full">The row of full fine-tuning from the same weights.</param>
    public static IReadOnlyList<string> LoraAgainstFull(StudyTable table, TableAxis lora, TableAxis full) =>
    [
        .. table.Columns.Select(fraction =>
        {
            var difference = Difference(table, lora, full, fraction);
            return $"With {fraction.Title} of the labels, {Compared(Method(lora), Method(full), difference)} {Winner(table, fraction, lora)}";
        }),
    ];

    /// <summary>Pre-trained beside random weights, a sentence for every fraction where both were trained.</summary>
    /// <param name="table">The table.</param>
    /// <param name="pretrained">The row that starts from pre-trained weights.</param>
    /// <param name="random">The row of the same method that starts from random weights.</param>
    public static IReadOnlyList<string> PretrainedAgainstRandom(StudyTable table, TableAxis pretrained, TableAxis random) =>
    [
        .. table.Columns
            .Select(f => (Fraction: f, Difference: Difference(table, pretrained, random, f)))
            .Where(f => f.Difference is not null)
            .Select(f => $"With {f.Fraction.Title} of the labels, "
                + Compared($"{Method(pretrained)} from {Weights(pretrained)}", $"{Method(random)} from {Weights(random)}",
                    f.Difference)),
    ];

    // "LoRA is better than full fine-tuning by .012 (mean of 5 seeds; .021 with the first, ...)"
    private static string Compared(string first, string second, CellDifference? difference) => difference switch
    {
        null => $"{first} and {second} cannot be compared: no seed has both.",
        { Values.Count: 1 } => $"the AUROC of {first} is {Side(difference.Mean)} that of {second} by {Figure(Math.Abs(difference.Mean))}, "
            + "but one seed tells nothing of chance.",
        { Sign: > 0 } => $"{first} is better than {second} by {Figure(difference.Mean)} ({Seeds(difference)}).",
        { Sign: < 0 } => $"{first} is worse than {second} by {Figure(-difference.Mean)} ({Seeds(difference)}).",
        _ => $"{first} and {second} do not differ beyond chance: the AUROC of {first} is {Side(difference.Mean)} the other by "
            + $"{Figure(Math.Abs(difference.Mean))} ({Seeds(difference)}).",
    };

    private static string Winner(StudyTable table, TableAxis fraction, TableAxis lora)
    {
        TableAxis? best = table.Best(fraction);
        return best is null ? "No method has an AUROC there."
            : best == lora
            ? $"{Method(lora)} from {Weights(lora)} has the highest mean of the column ({Figure(table.Cell(best, fraction)!.Mean!.Value)})."
            : $"{Method(lora)} does not win this column: the highest mean is that of {best.Title} "
                + $"({Figure(table.Cell(best, fraction)!.Mean!.Value)}).";
    }

    private static CellDifference? Difference(StudyTable table, TableAxis first, TableAxis second, TableAxis column) =>
        table.Cell(first, column) is { } one && table.Cell(second, column) is { } other
            ? CellDifference.Create(second.Title, one.Overall, other.Overall) : null;

    private static string Method(TableAxis row) => row.Level(StudyFactor.Method)?.Title ?? row.Title;

    private static string Weights(TableAxis row) => row.Level(StudyFactor.Weights)?.Title ?? row.Title;

    private static string Seeds(CellDifference difference) => string.Create(CultureInfo.InvariantCulture,
        $"mean of {Plural.Count(difference.Values.Count, "seed")}, standard error {Figure(difference.StandardError!.Value)}");

    private static string Side(double difference) => difference >= 0 ? "above" : "below";

    /// <summary>An AUROC or a difference as the paper writes it, without the zero: <c>.847</c>.</summary>
    public static string Figure(double value)
    {
        string text = value.ToString("0.000", CultureInfo.InvariantCulture);
        return text.StartsWith("0.", StringComparison.Ordinal) ? text[1..] : text;
    }
}
