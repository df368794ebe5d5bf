using Radapt.Adaptation;
using Radapt.Adaptation.Files;
using Radapt.Evaluation;
using Radapt.Options;
using Radapt.Runs;

namespace Radapt.Training;

/// <summary>The model card of a run that was trained and measured.</summary>
internal static class TrainedCard
{
    /// <summary>Makes the card: counts and figures alone.</summary>
    /// <param name="method">The method, with what it fitted.</param>
    /// <param name="trainable">How much was trained.</param>
    /// <param name="parts">The parts of the data.</param>
    /// <param name="part">The part of the figures.</param>
    /// <param name="statistics">The figures; null: the part has no images.</param>
    /// <param name="rules">Calibration and thresholds.</param>
    public static AdapterCard Create(MethodOptions method, TrainableCount trainable, IReadOnlyDictionary<string, RunPart> parts,
        string part, RunStatistics? statistics, DecisionRules rules)
    {
        RunFigures figures = statistics?.ToFigures() ?? new RunFigures();
        IReadOnlyList<string> findings = [.. parts.Values.First().Positives.Keys];
        return new AdapterCard
        {
            Radapt = RunReport.Version(typeof(TrainedCard)),
            Method = Describe(method),
            TrainedParameters = trainable.Trainable,
            Parameters = trainable.Total,
            Data = new OrderedDictionary<string, CardPart>(parts.Select(p => KeyValuePair.Create(p.Key, new CardPart(
                p.Value.Images, p.Value.Patients, [.. findings.Select(f => p.Value.Positives[f])],
                [.. findings.Select(f => p.Value.Negatives[f])])))),
            FiguresOf = part,
            MeanAuroc = Figure(figures.Auroc, figures.AurocInterval, RunFigures.Mean),
            Findings = [.. findings.Select(f => Finding(f, figures, rules))],
            FittedOn = rules.Findings.Count == 0 ? null : rules.Source,
        };
    }

    private static CardFinding Finding(string name, RunFigures figures, DecisionRules rules)
    {
        FindingRules? own = rules.For(name);
        string?[] reasons = [figures.NoInterval?.GetValueOrDefault(name), rules.NotFitted.GetValueOrDefault(name)];
        string missing = string.Join("; ", reasons.OfType<string>().Select(r => r.TrimEnd('.')).Distinct());
        return new CardFinding(name)
        {
            Auroc = Figure(figures.Auroc, figures.AurocInterval, name),
            AveragePrecision = Figure(figures.AveragePrecision, figures.AveragePrecisionInterval, name),
            CalibrationError = figures.Calibration?.GetValueOrDefault(name)?.Ece,
            Scaling = own?.Scaling,
            Thresholds = own?.Thresholds ?? new Dictionary<Metrics.ThresholdRule, double>(),
            Sets = own?.Sets,
            Missing = missing.Length == 0 ? null : missing,
        };
    }

    private static CardFigure? Figure(
        IReadOnlyDictionary<string, double?> values, IReadOnlyDictionary<string, RunInterval>? intervals, string name)
    {
        RunInterval? interval = intervals?.GetValueOrDefault(name);
        return values.GetValueOrDefault(name) is { } value ? new CardFigure(value, interval?.Lower, interval?.Upper) : null;
    }

    // With the options that say something: neither flags that are off nor empty lists.
    private static string Describe(MethodOptions method)
    {
        string[] options =
        [
            .. method.Definition.Options.Select(o => (o.Name, Value: OptionText.Format(o.Property!.GetValue(method)!)))
                .Where(o => o.Value is not ("" or "false")).Select(o => $"{o.Name} {o.Value}"),
        ];
        return options.Length == 0 ? method.Name : $"{method.Name} ({string.Join(", ", options)})";
    }
}
