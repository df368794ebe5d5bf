using System.Globalization;

namespace Radapt.Studies.Comparison;

/// <summary>
/// What a table says, in sentences that its numbers decide: whether LoRA beats full fine-tuning, and what pre-training is worth. Nothing is
/// assumed about who wins.
/// </summary>
internal static class ComparisonSentences
{
    /// <summary>LoRA beside full fine-tuning, a sentence for every fraction.</summary>
    /// <param name="table">The table.</param>
    /// <param name="lora">The row of LoRA.</param>
    /// <param name="full">The row of full fine-tuning from the same weights.</param>
    public static IReadOnlyList<string> LoraAgainstFull(ComparisonTable table, ComparedMethod lora, ComparedMethod full) =>
    [
        .. table.Fractions.Select(fraction =>
        {
            var difference = PairedDifference.Create(table.Cell(lora, fraction), table.Cell(full, fraction));
            return $"With {fraction.Name} of the labels, {Compared(lora.Name, full.Name, difference)} {Winner(table, fraction, lora)}";
        }),
    ];

    /// <summary>Pre-trained beside random weights, a sentence for every fraction where both were trained.</summary>
    /// <param name="table">The table.</param>
    /// <param name="pretrained">The row that starts from pre-trained weights.</param>
    /// <param name="random">The row of the same method that starts from random weights.</param>
    public static IReadOnlyList<string> PretrainedAgainstRandom(ComparisonTable table, ComparedMethod pretrained, ComparedMethod random) =>
    [
        .. table.Fractions
            .Select(f => (Fraction: f, Difference: PairedDifference.Create(table.Cell(pretrained, f), table.Cell(random, f))))
            .Where(f => f.Difference is not null)
            .Select(f => $"With {f.Fraction.Name} of the labels, "
                + Compared($"{pretrained.Name} from {pretrained.Start} weights", $"{random.Name} from {random.Start} weights",
                    f.Difference)),
    ];

    // "LoRA is better than full fine-tuning by .012 (mean of 5 seeds; .021 with the first, ...)"
    private static string Compared(string first, string second, PairedDifference? difference) => difference switch
    {
        null => $"{first} and {second} cannot be compared: no seed has both.",
        { Values.Count: 1 } => $"the AUROC of {first} is {Side(difference.Mean)} that of {second} by {Figure(Math.Abs(difference.Mean))}, "
            + "but one seed tells nothing of chance.",
        { Sign: > 0 } => $"{first} is better than {second} by {Figure(difference.Mean)} ({Seeds(difference)}).",
        { Sign: < 0 } => $"{first} is worse than {second} by {Figure(-difference.Mean)} ({Seeds(difference)}).",
        _ => $"{first} and {second} do not differ beyond chance: the AUROC of {first} is {Side(difference.Mean)} the other by "
            + $"{Figure(Math.Abs(difference.Mean))} ({Seeds(difference)}).",
    };

    private static string Winner(ComparisonTable table, ComparedFraction fraction, ComparedMethod lora)
    {
        ComparedMethod? best = table.Best(fraction);
        return best is null ? "No method has an AUROC there."
            : best == lora
            ? $"LoRA from {lora.Start} weights has the highest mean of the column ({Figure(table.Cell(best, fraction)!.Mean!.Value)})."
            : $"LoRA does not win this column: the highest mean is that of {best.Title} "
                + $"({Figure(table.Cell(best, fraction)!.Mean!.Value)}).";
    }

    private static string Seeds(PairedDifference difference) => string.Create(CultureInfo.InvariantCulture,
        $"mean of {Plural.Count(difference.Values.Count, "seed")}, standard error {Figure(difference.StandardError!.Value)}");

    private static string Side(double difference) => difference >= 0 ? "above" : "below";

    /// <summary>An AUROC or a difference as the paper writes it, without the zero: <c>.847</c>.</summary>
    public static string Figure(double value)
    {
        string text = value.ToString("0.000", CultureInfo.InvariantCulture);
        return text.StartsWith("0.", StringComparison.Ordinal) ? text[1..] : text;
    }
}
