namespace Radapt.Runs.Predictions;

/// <summary>What became of all images of a prediction.</summary>
internal sealed class PredictionSummary
{
    private readonly Dictionary<string, int> _reasons = new(StringComparer.Ordinal);

    /// <summary>Images.</summary>
    public int Images { get; private set; }

    /// <summary>Images with probabilities, those that would have been refused included.</summary>
    public int Scored { get; private set; }

    /// <summary>Images that were scored though they would be refused.</summary>
    public int ScoredAnyway { get; private set; }

    /// <summary>Images that are refused.</summary>
    public int Refused { get; private set; }

    /// <summary>Images that cannot be read.</summary>
    public int Unreadable { get; private set; }

    /// <summary>Why images are refused, or would have been, the most frequent reason first.</summary>
    public IEnumerable<(string Reason, int Images)> Reasons =>
        _reasons.OrderByDescending(r => r.Value).ThenBy(r => r.Key, StringComparer.Ordinal).Select(r => (r.Key, r.Value));

    /// <summary>Counts a row.</summary>
    public void Add(PredictionRow row)
    {
        Images++;
        Unreadable += row.Status == PredictionStatus.Unreadable ? 1 : 0;
        Refused += row.Status == PredictionStatus.Refused ? 1 : 0;
        ScoredAnyway += row.Status == PredictionStatus.ScoredAnyway ? 1 : 0;
        Scored += row.Probabilities is null ? 0 : 1;
        if (row.Status is PredictionStatus.Refused or PredictionStatus.ScoredAnyway)
        {
            _reasons[row.Reason] = _reasons.GetValueOrDefault(row.Reason) + 1;
        }
    }
}
