using Radapt.Imaging;
using Radapt.Imaging.Dicom;
using Radapt.Imaging.Dicom.Codecs;
using Radapt.Inference;
using Radapt.Pacs.Results;

namespace Radapt.Pacs;

/// <summary>
/// From one DICOM image, as bytes, to its results, as DICOM files: what a watch folder does with each file, and a server with each instance
/// that it receives. Any thread may ask at any time. Nothing is written or kept.
/// </summary>
internal sealed class InstanceAnalysis : IInstanceAnalysis, IDisposable
{
    private readonly ResultModel[] _models;
    private readonly ResultSettings _settings;
    private readonly TimeProvider _clock;

    private InstanceAnalysis(ResultModel[] models, ResultSettings settings, TimeProvider clock) =>
        (_models, _settings, _clock) = (models, settings, clock);

    /// <summary>The findings of each run.</summary>
    public IEnumerable<IReadOnlyList<string>> Findings => _models.Select(m => m.Findings);

    /// <summary>Lines to show before work begins.</summary>
    public IEnumerable<string> Notes => _models.SelectMany(m => m.Notes).Distinct();

    /// <summary>Opens runs.</summary>
    /// <param name="sources">At least one; each has its own results.</param>
    /// <param name="settings">What decides results apart from image and run.</param>
    /// <param name="codecs">Where JPEG-LS and JPEG 2000 are decoded; null: in processes of its own. The caller
    /// disposes it, after this.</param>
    /// <param name="clock">Dates of results; null: the machine's.</param>
    /// <exception cref="RadaptException">A run cannot be opened.</exception>
    public static InstanceAnalysis Open(
        IEnumerable<ModelSource> sources, ResultSettings settings, CodecProcess? codecs, TimeProvider? clock = null)
    {
        var models = new List<ResultModel>();
        try
        {
            models.AddRange(sources.Select(s => ResultModel.Open(s, settings, codecs)));
            return new InstanceAnalysis([.. models], settings, clock ?? TimeProvider.System);
        }
        catch
        {
            models.ForEach(m => m.Dispose());
            throw;
        }
    }

    /// <inheritdoc/>
    public InstanceResults Analyse(byte[] file, string name)
    {
        ImageSource image = ImageSource.FromMemory(file, name).DecodedOnce();
        Prediction[] predictions = [.. _models.Select(m => m.Predict(image))];
        if (predictions.Select(p => p.Error).FirstOrDefault(e => e is not null) is { } error)
        {
            throw RadaptException.In(name, error);
        }

        string[] refusals = [.. predictions.Select(p => p.Refusal).OfType<string>().Distinct()];
        if (predictions.All(p => p.Refusal is not null))
        {
            return new InstanceResults([], refusals); // reports and directories have no identifiers
        }

        SourceInstance source = DicomReader.ReadValue(file, name, SourceInstance.From);
        return new InstanceResults(
            [.. _models.Zip(predictions).Where(p => p.Second.Refusal is null).SelectMany(p => Results(p.First, p.Second, source, image))],
            refusals);
    }

    /// <inheritdoc/>
    public void Dispose() => Array.ForEach(_models, m => m.Dispose());

    private IEnumerable<DicomResult> Results(ResultModel model, Prediction prediction, SourceInstance source, ImageSource image)
    {
        DateTimeOffset now = _clock.GetLocalNow();
        IReadOnlyList<FindingResult> findings = model.Results(prediction);
        yield return StructuredReport.Create(source, model.Author, findings, _settings.Codes, model.RulesSentence, now);
        foreach ((int finding, HeatPicture picture) in model.HeatPictures(image, findings))
        {
            yield return HeatMapImage.Create(source, model.Author, findings[finding].Finding, finding + 1, picture, now);
        }
    }
}
