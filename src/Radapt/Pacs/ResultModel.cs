using Radapt.Adaptation.Files;
using Radapt.Batching;
using Radapt.Compute;
using Radapt.Datasets;
using Radapt.Datasets.Matching;
using Radapt.Imaging;
using Radapt.Imaging.Dicom.Codecs;
using Radapt.Inference;
using Radapt.Pacs.Results;
using Radapt.Runs;

namespace Radapt.Pacs;

/// <summary>
/// A run, or all folds of a cross-validation, as it answers for single images: what it refuses, its findings, its heat maps. Each image is
/// a batch of its own, so that an answer does not depend on other images. Serves one thread at a time.
/// </summary>
internal sealed class ResultModel : IDisposable
{
    private readonly List<Predictor> _members = [];
    private readonly CodecProcess? _codecs;
    private readonly ResultSettings _settings;
    private readonly HeatMaps _heatMaps;
    private readonly FindingRules?[] _rules;

    private ResultModel(ModelSource source, ResultSettings settings, CodecProcess? codecs)
    {
        (_settings, _codecs) = (settings, codecs);
        _heatMaps = new HeatMaps(
            [.. source.Members.Select(m => m.Run)], source.Weights, source.ForceWeights, source.Members[0].Plan.Threads);
        try
        {
            foreach ((string run, ComputePlan plan) in source.Members)
            {
                _members.Add(Predictor.Open(run, source.Weights, plan, source.ForceWeights, codecs));
            }

            string[] adapters = [.. source.Members.Select(m => AdapterFile.Locate(m.Run))];
            var rules = DecisionRules.Find(source.Run, adapters);
            _rules = [.. Findings.Select(f => rules?.For(f))];
            RulesSentence = rules is null ? "The run has neither calibration nor thresholds."
                : $"Calibration, thresholds ({settings.Threshold.ToString().ToLowerInvariant()}) and conformal answers were fitted on "
                    + $"{rules.Source}.";
            Author = new ResultAuthor(VersionOfRadapt, Describe(_members), Identity(source, adapters, settings, rules));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The findings, in the order of the model's outputs.</summary>
    public IReadOnlyList<string> Findings => _members[0].Findings;

    /// <summary>What calibration and thresholds come from.</summary>
    public string RulesSentence { get; }

    /// <summary>Who makes its results.</summary>
    public ResultAuthor Author { get; }

    /// <summary>Lines on base weights other than those of training.</summary>
    public IEnumerable<string> Notes => _members.Select(m => m.OtherBase).OfType<string>().Distinct();

    /// <summary>Opens a run.</summary>
    /// <exception cref="RadaptException">It cannot be opened.</exception>
    public static ResultModel Open(ModelSource source, ResultSettings settings, CodecProcess? codecs) => new(source, settings, codecs);

    /// <summary>How files are decoded for it.</summary>
    public DecodingOptions Decoding => _members[0].Adapter.Preprocessing.Decoding(_codecs);

    /// <summary>Why the model must not be asked about an image, by its header; null: it may.</summary>
    public string? Refusal(FolderImage header) => Accepted.Select(a => a.Refusal(header)).FirstOrDefault(r => r is not null);

    /// <summary>The same by its pixels.</summary>
    public string? Refusal(Radiograph image) => Accepted.Select(a => a.Refusal(image)).FirstOrDefault(r => r is not null);

    /// <summary>What it says of an image.</summary>
    public IReadOnlyList<FindingResult> Predict(Radiograph image)
    {
        float[][] logits = [.. _members.Select(m => m.Logits(Prepare(image, m.Adapter.Preprocessing)))];
        var results = new FindingResult[Findings.Count];
        for (int f = 0; f < results.Length; f++)
        {
            float logit = logits.Length == 1 ? logits[0][f] : EnsemblePass.Average([.. logits.Select(l => l[f])]).Logit;
            FindingDecision? decision = _rules[f]?.Decide(logit, _settings.Threshold);
            results[f] = new FindingResult(
                Findings[f], Scoring.Probability(logit), decision?.Calibrated, decision?.IsPositive, decision?.Answer);
        }

        return results;
    }

    /// <summary>The heat maps that the settings ask for: number of the finding and picture.</summary>
    public IEnumerable<(int Finding, HeatPicture Picture)> HeatPictures(Radiograph image, IReadOnlyList<FindingResult> results)
    {
        Preprocessing preprocessing = _members[0].Adapter.Preprocessing;
        for (int f = 0; f < results.Count; f++)
        {
            bool isAsked = _settings.HeatMaps == HeatMapChoice.All
                || (_settings.HeatMaps == HeatMapChoice.Positive && results[f].IsCalledPositive);
            if (isAsked && _heatMaps.Compute(Prepare(image, preprocessing), f) is { } heat)
            {
                yield return (f, HeatPicture.Draw(image, preprocessing, heat, HeatMapImage.Lines(Findings[f], Author)));
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _heatMaps.Dispose();
        _members.ForEach(m => m.Dispose());
    }

    private static string VersionOfRadapt => typeof(ResultModel).Assembly.GetName().Version?.ToString(3) ?? "";

    private IEnumerable<AcceptedImages> Accepted => _members.Select(m => m.Accepted);

    private static ImageBatch Prepare(Radiograph image, Preprocessing preprocessing)
    {
        var pixels = new float[preprocessing.ImageSize * preprocessing.ImageSize];
        EvaluationTransform.Apply(image, preprocessing, pixels);
        return ImageBatch.FromPixels(pixels, preprocessing.ImageSize);
    }

    private static string Describe(List<Predictor> members)
    {
        AdapterDescription adapter = members[0].Adapter;
        string backbone = adapter.BaseDescription.Length > 0 ? adapter.BaseDescription : "random weights";
        return $"{adapter.Method.Name} on {backbone}{(members.Count > 1 ? $", mean of {members.Count} folds" : "")}";
    }

    // Of all that decides a result except the image.
    private string Identity(ModelSource source, string[] adapters, ResultSettings settings, DecisionRules? rules) => ResultIdentity.Hash(
    [
        .. adapters.Select(DecisionRules.AdapterHash),
        .. source.Members.Select(m => $"{m.Plan.Precision} {m.Plan.Device} {m.Plan.Products} {m.Plan.Threads}"),
        .. _members.Select(m => m.OtherBase ?? ""),
        settings.Threshold.ToString(), ResultIdentity.Text(rules),
        .. settings.Codes.All.Select(c => $"{c.Finding} {c.Code}"),
    ]);
}
