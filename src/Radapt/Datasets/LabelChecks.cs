namespace Radapt.Datasets;

/// <summary>Whether there are labels enough to learn from and to measure with.</summary>
internal static class LabelChecks
{
    private const int FewestOfAClass = 10;

    /// <summary>Refuses findings with fewer than ten positives or negatives.</summary>
    public static void Training(LabelledImages train, DataOptions o, ICollection<string> notes)
    {
        IReadOnlyList<LabelCounts> counts = train.CountLabels();
        if (!counts.Any(c => c.HasBothClasses))
        {
            throw new RadaptException(
                $"Nothing can be learned: no finding has both positives and negatives in training ({Rare(train, counts, 1)}).");
        }

        if (!counts.Any(IsRare))
        {
            return;
        }

        string said = $"Fewer than {FewestOfAClass} positives or negatives in training: {Rare(train, counts, FewestOfAClass)}";
        if (!o.AllowRareFindings)
        {
            throw new RadaptException($"{said}; name only the other findings with --findings, or pass --allow-rare-findings.");
        }

        notes.Add($"{said}; allowed by --allow-rare-findings.");
    }

    /// <summary>Notes findings of which a split has one class only, and refuses a split where that is so for every finding.</summary>
    public static void Evaluation(LabelledImages images, string split, ICollection<string> notes)
    {
        IReadOnlyList<LabelCounts> counts = images.CountLabels();
        if (counts.All(c => c.HasBothClasses))
        {
            return;
        }

        string said = $"split '{split}' lacks positives or negatives of {Rare(images, counts, 1)}";
        if (!counts.Any(c => c.HasBothClasses))
        {
            throw new RadaptException($"No AUROC can be computed: {said}.");
        }

        notes.Add($"No AUROC for some findings: {said}.");
    }

    private static bool IsRare(LabelCounts counts) => counts.Positives < FewestOfAClass || counts.Negatives < FewestOfAClass;

    private static string Rare(LabelledImages images, IReadOnlyList<LabelCounts> counts, int fewest)
    {
        string[] rare = [.. images.Findings.Zip(counts)
            .Where(p => p.Second.Positives < fewest || p.Second.Negatives < fewest)
            .Select(p => $"{p.First} ({p.Second.Positives} positive, {p.Second.Negatives} negative)")];
        return Listing.First(10, rare);
    }
}
