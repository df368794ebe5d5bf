using System.Text.Json.Serialization;
using Radapt.Inference;

namespace Radapt.Runs.Predictions;

/// <summary>What became of an image that was to be predicted.</summary>
internal enum PredictionStatus
{
    /// <summary>It has probabilities.</summary>
    [JsonStringEnumMemberName("ok")]
    Ok,

    /// <summary>It has none, since the model must not be asked about it.</summary>
    [JsonStringEnumMemberName("refused")]
    Refused,

    /// <summary>It has probabilities, though it would be refused, since all images were to be scored.</summary>
    [JsonStringEnumMemberName("scored-anyway")]
    ScoredAnyway,

    /// <summary>It cannot be read.</summary>
    [JsonStringEnumMemberName("unreadable")]
    Unreadable,
}

/// <summary>A row of a table of predictions.</summary>
/// <param name="Image">The file as it was named.</param>
/// <param name="Status">What became of it.</param>
/// <param name="Reason">Why it was refused or cannot be read; empty: neither.</param>
/// <param name="Probabilities">Per finding; null: none.</param>
/// <param name="Deviations">Standard deviation of each over several runs; null: one run, or no probabilities.</param>
/// <param name="Cells">Of the columns that were asked for.</param>
internal sealed record PredictionRow(string Image, PredictionStatus Status, string Reason, IReadOnlyList<double>? Probabilities,
    IReadOnlyList<float>? Deviations, IReadOnlyList<string> Cells)
{
    /// <summary>What the run's rules say, per finding; null: there are no rules, or no probabilities.</summary>
    public IReadOnlyList<FindingDecision?>? Decisions { get; init; }

    /// <summary>The row of a prediction.</summary>
    /// <param name="prediction">The prediction.</param>
    /// <param name="columns">The columns that were asked for; see <see cref="PredictionColumn"/>.</param>
    /// <param name="decide">What the run's rules say of a finding's score; null: there are no rules.</param>
    public static PredictionRow From(
        Prediction prediction, IReadOnlyList<string> columns, Func<int, float, FindingDecision?>? decide = null) => new(
        prediction.Path,
        prediction.Error is not null ? PredictionStatus.Unreadable
            : prediction.Refusal is null ? PredictionStatus.Ok
            : prediction.Logits is null ? PredictionStatus.Refused : PredictionStatus.ScoredAnyway,
        prediction.Error ?? prediction.Refusal ?? "",
        prediction.Logits?.Select(Scoring.Probability).ToArray(),
        prediction.Deviations,
        [.. columns.Select(c => PredictionColumn.Value(c, prediction.File))])
        {
            Decisions = decide is null ? null : prediction.Logits?.Select((logit, f) => decide(f, logit)).ToArray(),
        };
}
