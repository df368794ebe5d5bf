using System.Globalization;
using Radapt.Metrics;

namespace Radapt.Adaptation.Files;

/// <summary>A row of a model card as people read it.</summary>
/// <param name="Label">What it is about.</param>
/// <param name="Text">What is known of it.</param>
internal sealed record CardRow(string Label, string Text);

/// <summary>An adapter file's model card as rows of plain text: for the command line and the page of the service.</summary>
internal static class CardRows
{
    private const int Named = 5; // body parts

    /// <summary>The card, and what its file says besides. A file without a card says so.</summary>
    public static IReadOnlyList<CardRow> Create(AdapterDescription adapter)
    {
        AdapterCard? card = adapter.Card;
        return
        [
            new("Model", Model(adapter, card)),
            .. card is null ? [new("Model card", WhyNone(adapter))] : Measured(card),
            new("Accepts", Accepted(adapter)),
            new("Not for", string.Join(" ", card?.NotFor ?? AdapterCard.NeverFor)),
            .. card?.Notes.Select(n => new CardRow("Note", n)) ?? [],
        ];
    }

    private static string Model(AdapterDescription adapter, AdapterCard? card)
    {
        string trained = card is null ? adapter.Method.Name
            : $"{card.Method}; {Count(card.TrainedParameters)} of {Count(card.Parameters)} parameters trained; Radapt {card.Radapt}";
        string licence = adapter.BaseLicence is { } stated ? $" (licence {stated})" : "";
        return $"{trained}; base weights: {adapter.BaseDescription}{licence}; {adapter.Backbone}";
    }

    private static string WhyNone(AdapterDescription adapter) => adapter.Soup is { Count: > 0 } runs
        ? $"none: this is the mean of {Plural.Count(runs.Count, "run")}, and the figures of these runs are not its own. Measure it with radapt "
            + "evaluate."
        : adapter.Averaged is { Count: > 0 } parts
        ? $"none: this is the mean of {Plural.Count(parts.Count, "adapter")}, and their figures are not its own. Measure it with radapt "
            + "evaluate."
        : "none: the file is from an older version, from an import or from a run that is not complete. Measure it with radapt evaluate.";

    private static IEnumerable<CardRow> Measured(AdapterCard card)
    {
        foreach ((string name, CardPart part) in card.Data)
        {
            yield return new($"Data, {name}", $"{Plural.Count(part.Images, "image")}{(part.Patients is { } known
                ? $" of {Plural.Count(known, "patient")}" : "")}");
        }

        if (card.MeanAuroc is { } mean && card.Findings.Count > 1)
        {
            yield return new($"AUROC, {card.FiguresOf}", $"mean {Figure(mean)}");
        }

        int index = 0;
        foreach (CardFinding finding in card.Findings)
        {
            yield return new(finding.Name, string.Join("; ", Parts(card, finding, index++)));
        }

        yield return new("Calibration, thresholds", card.FittedOn is { } images ? $"fitted on {images}" : "none");
    }

    private static IEnumerable<string> Parts(AdapterCard card, CardFinding finding, int index)
    {
        string images = card.Data.TryGetValue(card.FiguresOf, out CardPart? part) && index < part.Positives.Count
            && index < part.Negatives.Count
            ? $" ({part.Positives[index]} of {part.Positives[index] + part.Negatives[index]} positive)" : "";
        yield return finding.Auroc is { } auroc ? $"{card.FiguresOf} AUROC {Figure(auroc)}{images}"
            : $"no AUROC on the {card.FiguresOf} images{images}";
        if (finding.AveragePrecision is { } precision)
        {
            yield return $"average precision {Figure(precision)}";
        }

        yield return finding.Scaling is { } scaling ? scaling.Temperature is { } temperature
            ? $"calibrated (temperature {Number(temperature)})" : "calibrated (Platt)" : "not calibrated";
        foreach ((ThresholdRule rule, double logit) in finding.Thresholds.OrderBy(t => t.Key))
        {
            double probability = Logistic.Sigmoid(finding.Scaling?.Apply(logit) ?? logit);
            yield return $"threshold {rule.ToString().ToLowerInvariant()} {Number(probability)}";
        }

        if (finding.Sets is { } sets)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"conformal answers at {100 * (1 - sets.Alpha):0.#} %");
        }

        if (finding.Missing is { } reason)
        {
            yield return reason;
        }
    }

    private static string Accepted(AdapterDescription adapter) => adapter.Accepts is not { } accepts
        ? "not stated; the rules for frontal chest radiographs hold"
        : $"views {string.Join(", ", accepts.Views)}; chest"
            + (accepts.BodyParts.Count == 0 ? "" : $", {Listing.First(Named, accepts.BodyParts)}")
            + (accepts.Saturated ? "; also mostly black or white pictures" : "; not mostly black or white pictures");

    private static string Figure(CardFigure figure) => Number(figure.Value)
        + (figure is { Lower: { } lower, Upper: { } upper } ? $" ({Number(lower)} to {Number(upper)})" : "");

    private static string Number(double value) => value.ToString("0.000", CultureInfo.InvariantCulture);

    private static string Count(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
