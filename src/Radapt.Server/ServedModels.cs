using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Radapt.Adaptation.Files;
using Radapt.Datasets;
using Radapt.Inference;
using Radapt.Metrics;
using Radapt.Runs;
using Radapt.Studies;

namespace Radapt.Server;

/// <summary>The models of a service: the bank, and what the runs say of thresholds, calibration and test figures.</summary>
internal sealed class ServedModels : IAsyncDisposable
{
    private const ThresholdRule Rule = ThresholdRule.Youden;
    private static readonly string[] s_modalities = ["CR", "DX", "DR", "RG"];

    private readonly ServerOptions _options;
    private readonly AdapterBank _bank;

    // By the adapter itself, not its name: an answer that is under way while a name changes hands is read by its own rules.
    private readonly ConcurrentDictionary<AdapterDescription, (DecisionRules? Rules, RunRecord? Record, int Adapters)> _runs =
        new(ReferenceEqualityComparer.Instance);

    private readonly ConcurrentDictionary<string, string> _uploads = new(StringComparer.Ordinal);
    private readonly UploadFolder _folder = new();
    private readonly SemaphoreSlim _changing = new(1);

    public ServedModels(ServerOptions options, ILogger logger)
    {
        _options = options;
        _bank = new AdapterBank(new PredictorOptions
        {
            Weights = options.Weights,
            Codecs = options.Codecs,
            BatchSize = options.BatchSize,
            BatchWindow = options.BatchWindow,
            QueueLimit = Math.Max(options.ImagesOfARequest, options.ConcurrentRequests),
            Logger = logger,
        });
    }

    /// <summary>The bank.</summary>
    public AdapterBank Bank => _bank;

    /// <summary>Whether all models of the command line are open.</summary>
    public bool IsReady { get; private set; }

    /// <summary>Opens the models of the command line.</summary>
    public async Task OpenAsync(CancellationToken cancellation)
    {
        foreach ((string name, string run) in _options.Models)
        {
            IReadOnlyList<string> runs = FoldedRuns.Expand(run);
            await _bank.SetAsync(name, runs, onlyOnSharedWeights: false, cancellation);
            _runs[_bank.Find(name)!] = (DecisionRules.Find(run, [.. runs.Select(AdapterFile.Locate)]),
                Directory.Exists(run) ? RunRecord.ReadUnlessRewritten(run) : null, runs.Count);
        }

        IsReady = true;
    }

    /// <summary>What can be asked.</summary>
    public IEnumerable<ServedAdapter> List() => _bank.Names.Select(Describe).OfType<ServedAdapter>();

    /// <summary>A model, as it is listed; null: there is none of this name.</summary>
    public ServedAdapter? Describe(string name)
    {
        if (_bank.Find(name) is not { } adapter)
        {
            return null;
        }

        (DecisionRules? rules, RunRecord? record, int adapters) = _runs.GetValueOrDefault(adapter);
        RunFigures? test = record?.Test;
        AcceptedImages accepts = adapter.Accepts ?? new AcceptedImages();
        return new ServedAdapter(
            name, $"{string.Join(", ", adapter.Findings.Take(3))}{(adapter.Findings.Count > 3 ? ", …" : "")} ({adapter.Method})",
            adapter.Method.Name, adapter.Backbone.ToString(), adapter.Preprocessing.ImageSize,
            [.. adapter.Findings.Select(f => Finding(f, rules?.For(f), test))],
            new ServedAccepts(accepts.Views, s_modalities), rules?.Findings.Any(f => f.Sets is not null) ?? false, Card(adapter, adapters));
    }

    /// <summary>What a model says of an image.</summary>
    /// <param name="name">The model.</param>
    /// <param name="prediction">Its prediction.</param>
    public ModelAnswer Answer(string name, Prediction prediction)
    {
        AdapterDescription adapter = prediction.Adapter!;
        DecisionRules? rules = _runs.GetValueOrDefault(adapter).Rules;
        string status = prediction.Error is not null ? "unreadable" : prediction.Probabilities is null ? "refused" : "scored";
        IEnumerable<FindingAnswer> findings = prediction.Logits is not { } logits ? []
            : adapter.Findings.Select((f, i) => Finding(f, rules?.For(f), logits[i], prediction.Deviations?[i]));
        return new ModelAnswer(name, status, prediction.Error ?? prediction.Refusal, [.. findings]);
    }

    /// <summary>
    /// Takes an uploaded adapter. It must be of base weights that a model here has already: the path that its file names is not opened.
    /// </summary>
    /// <returns>Whether it replaced another.</returns>
    /// <exception cref="RadaptException">It is damaged, or does not fit.</exception>
    public async Task<bool> PutAsync(string name, Stream content, CancellationToken cancellation)
    {
        string file = _folder.NewFile();
        try
        {
            await using (FileStream target = File.Create(file))
            {
                await content.CopyToAsync(target, cancellation);
            }

            await _changing.WaitAsync(cancellation);
            try
            {
                AdapterDescription? before = _bank.Find(name);
                bool replaced = await _bank.SetAsync(name, [file], onlyOnSharedWeights: true, cancellation);
                Forget(name, before);
                _uploads[name] = file;
                return replaced;
            }
            finally
            {
                _changing.Release();
            }
        }
        catch (Exception e)
        {
            File.Delete(file);
            // Messages begin with the file, whose path is nobody's business.
            if (e is RadaptException wrong)
            {
                throw new RadaptException(wrong.Message.Replace(file, "the adapter", StringComparison.Ordinal));
            }

            throw;
        }
    }

    /// <summary>Removes a model.</summary>
    /// <returns>Whether there was one.</returns>
    public async Task<bool> RemoveAsync(string name, CancellationToken cancellation)
    {
        await _changing.WaitAsync(cancellation);
        try
        {
            AdapterDescription? before = _bank.Find(name);
            bool removed = await _bank.RemoveAsync(name, cancellation);
            Forget(name, before);
            return removed;
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        IsReady = false;
        await _bank.DisposeAsync();
        _folder.Dispose();
        _changing.Dispose();
    }

    private void Forget(string name, AdapterDescription? adapter)
    {
        if (adapter is not null)
        {
            _runs.TryRemove(adapter, out _);
        }

        if (_uploads.TryRemove(name, out string? file))
        {
            File.Delete(file);
        }
    }

    private static IReadOnlyList<CardRow> Card(AdapterDescription first, int adapters) =>
    [
        .. adapters > 1 ? [new CardRow("Note", $"This model is the mean of {adapters} adapters; the card is that of the first.")]
        : Array.Empty<CardRow>(),
        .. CardRows.Create(first),
    ];

    private static double? Threshold(FindingRules? rules)
    {
        if (rules is null || !rules.Thresholds.TryGetValue(Rule, out double logit))
        {
            return null;
        }

        return rules.Decide(logit, Rule).Calibrated ?? Scoring.Probability((float)logit);
    }

    private static ServedFinding Finding(string name, FindingRules? rules, RunFigures? test)
    {
        RunInterval? interval = test?.AurocInterval?.GetValueOrDefault(name);
        int? images = test is not null && test.Positives.TryGetValue(name, out int positives)
            ? positives + test.Negatives.GetValueOrDefault(name) : null;
        double? threshold = Threshold(rules);
        return new ServedFinding(name, threshold, threshold is null ? null : "youden", rules?.Scaling is not null,
            test?.Auroc.GetValueOrDefault(name), interval?.Lower, interval?.Upper, images);
    }

    private static FindingAnswer Finding(string name, FindingRules? rules, float logit, float? deviation)
    {
        FindingDecision? decision = rules?.Decide(logit, Rule);
        double plain = Scoring.Probability(logit);

        // The spread is one of uncalibrated probabilities, so it is not given beside a calibrated one.
        bool hasSpread = deviation is not null && decision?.Calibrated is null;
        return new FindingAnswer(
            name, decision?.Calibrated ?? plain, decision?.Calibrated is not null,
            hasSpread ? Math.Max(0, plain - deviation!.Value) : null, hasSpread ? Math.Min(1, plain + deviation!.Value) : null,
            Threshold(rules), decision?.IsPositive is { } positive ? positive ? "present" : "absent" : null,
            decision?.Answer switch
            {
                null => null,
                ConformalAnswer.Positive => "present",
                ConformalAnswer.Negative => "absent",
                _ => "uncertain",
            });
    }
}
