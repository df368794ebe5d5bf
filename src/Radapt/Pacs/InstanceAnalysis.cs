using Radapt.Datasets.Matching;
using Radapt.Imaging;
using Radapt.Imaging.Dicom;
using Radapt.Imaging.Dicom.Codecs;
using Radapt.Pacs.Results;

namespace Radapt.Pacs;

/// <summary>
/// From one DICOM image, as bytes, to its results, as DICOM files: what a watch folder does with each file, and a server with each instance
/// that it receives. Any thread may ask at any time; images are done one after the other. Nothing is written or kept.
/// </summary>
internal sealed class InstanceAnalysis : IInstanceAnalysis, IDisposable
{
    private readonly Lock _gate = new();
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
    /// <param name="codecs">Where JPEG-LS and JPEG 2000 are decoded; null: such files fail. The caller disposes it, after this.</param>
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
        var header = FolderImage.FromHeader(name, DicomReader.ReadValue(file, name, DicomIdentity.From));
        string?[] refused = [.. _models.Select(m => m.Refusal(header))];
        if (refused.All(r => r is not null))
        {
            return new InstanceResults([], [.. refused.OfType<string>().Distinct()]); // reports and directories have no identifiers
        }

        SourceInstance source = DicomReader.ReadValue(file, name, SourceInstance.From);
        lock (_gate)
        {
            var files = new List<DicomResult>();
            var refusals = new List<string>(refused.OfType<string>());
            var decoded = new Dictionary<DicomScale, Radiograph>(); // runs differ in nothing else that a DICOM file is decoded by
            foreach (ResultModel model in _models.Where((_, i) => refused[i] is null))
            {
                if (!decoded.TryGetValue(model.Decoding.Scale, out Radiograph? image))
                {
                    decoded.Add(model.Decoding.Scale, image = DicomReader.Read(file, name, model.Decoding));
                }

                if (model.Refusal(image) is { } refusal)
                {
                    refusals.Add(refusal);
                    continue;
                }

                files.AddRange(Results(model, source, image));
            }

            return new InstanceResults(files, [.. refusals.Distinct()]);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Array.ForEach(_models, m => m.Dispose());

    private IEnumerable<DicomResult> Results(ResultModel model, SourceInstance source, Radiograph image)
    {
        DateTimeOffset now = _clock.GetLocalNow();
        IReadOnlyList<FindingResult> findings = model.Predict(image);
        yield return StructuredReport.Create(source, model.Author, findings, _settings.Codes, model.RulesSentence, now);
        foreach ((int finding, HeatPicture picture) in model.HeatPictures(image, findings))
        {
            yield return HeatMapImage.Create(source, model.Author, findings[finding].Finding, finding + 1, picture, now);
        }
    }
}
