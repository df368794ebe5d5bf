using Radapt.Adaptation.Files;
using Radapt.Imaging;
using Radapt.Imaging.Dicom.Codecs;
using Radapt.Inference;
using Radapt.Pacs.Results;
using Radapt.Runs;

namespace Radapt.Pacs;

/// <summary>
/// A run, or all folds of a cross-validation, as it answers for single images: its findings, its heat maps. Any thread may ask at any time.
/// </summary>
internal sealed class ResultModel : IDisposable
{
    private readonly Ensemble _model;
    private readonly CodecProcess? _codecs;
    private readonly ResultSettings _settings;
    private readonly FindingRules?[] _rules;

    private ResultModel(ModelSource source, ResultSettings settings, CodecProcess? codecs)
    {
        (_settings, _codecs) = (settings, codecs);
        _model = Ensemble.Open(source.Members, source.Weights, source.ForceWeights, codecs);
        try
        {
            string[] adapters = [.. source.Members.Select(m => AdapterFile.Locate(m.Run))];
            var rules = DecisionRules.Find(source.Run, adapters);
            _rules = [.. Findings.Select(f => rules?.For(f))];
            RulesSentence = rules is null ? "The run has neither calibration nor thresholds."
                : $"Calibration, thresholds ({settings.Threshold.ToString().ToLowerInvariant()}) and conformal answers were fitted on "
                    + $"{rules.Source}.";
            Author = new ResultAuthor(VersionOfRadapt, Describe(_model.Members), Identity(source, adapters, settings, rules));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The findings, in the order of the model's outputs.</summary>
    public IReadOnlyList<string> Findings => _model.Findings;

    /// <summary>What calibration and thresholds come from.</summary>
    public string RulesSentence { get; }

    /// <summary>Who makes its results.</summary>
    public ResultAuthor Author { get; }

    /// <summary>Lines on base weights other than those of training.</summary>
    public IEnumerable<string> Notes => _model.Members.Select(m => m.OtherBase).OfType<string>().Distinct();

    /// <summary>Opens a run.</summary>
    /// <exception cref="RadaptException">It cannot be opened.</exception>
    public static ResultModel Open(ModelSource source, ResultSettings settings, CodecProcess? codecs) => new(source, settings, codecs);

    /// <summary>Predicts an image: what it says of it, why it must not be asked, or why the image cannot be read.</summary>
    public Prediction Predict(ImageSource image) =>
        _model.PredictAsync(image, scoreAll: false, CancellationToken.None).GetAwaiter().GetResult();

    /// <summary>What a prediction says of the findings.</summary>
    /// <param name="prediction">One with logits.</param>
    public IReadOnlyList<FindingResult> Results(Prediction prediction) =>
    [
        .. prediction.Logits!.Select((logit, f) =>
        {
            FindingDecision? decision = _rules[f]?.Decide(logit, _settings.Threshold);
            return new FindingResult(
                Findings[f], Scoring.Probability(logit), decision?.Calibrated, decision?.IsPositive, decision?.Answer);
        }),
    ];

    /// <summary>The heat maps that the settings ask for: number of the finding and picture.</summary>
    public IEnumerable<(int Finding, HeatPicture Picture)> HeatPictures(ImageSource image, IReadOnlyList<FindingResult> results)
    {
        int[] asked = [.. Enumerable.Range(0, results.Count).Where(f => _settings.HeatMaps == HeatMapChoice.All
            || (_settings.HeatMaps == HeatMapChoice.Positive && results[f].IsCalledPositive))];
        if (asked.Length == 0 || _model.Members.Any(m => m.HeatMapRefusal(finding: true) is not null))
        {
            yield break;
        }

        Preprocessing preprocessing = _model.Members[0].Adapter.Preprocessing;
        Radiograph radiograph = image.Decode(preprocessing.Decoding(_codecs));
        foreach (int finding in asked)
        {
            float[] heat = _model.HeatMapAsync(image, finding, CancellationToken.None).GetAwaiter().GetResult().Map;
            yield return (finding, HeatPicture.Draw(radiograph, preprocessing, heat, HeatMapImage.Lines(Findings[finding], Author)));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _model.Dispose();

    private static string VersionOfRadapt => typeof(ResultModel).Assembly.GetName().Version?.ToString(3) ?? "";

    private static string Describe(IReadOnlyList<Predictor> members)
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
        .. _model.Members.Select(m => m.OtherBase ?? ""),
        settings.Threshold.ToString(), ResultIdentity.Text(rules),
        .. settings.Codes.All.Select(c => $"{c.Finding} {c.Code}"),
    ]);
}
