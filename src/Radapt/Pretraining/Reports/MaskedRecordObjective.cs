using System.Globalization;
using Radapt.Batching;
using Radapt.Checkpoints;
using Radapt.Compute;
using Radapt.Distribution;
using Radapt.Runs;
using Radapt.Training;
using static TorchSharp.torch;

namespace Radapt.Pretraining.Reports;

/// <summary>Pre-training by masked records (MRM, Zhou et al. 2023).</summary>
internal sealed class MaskedRecordObjective : IMaskedObjective
{
    private const string VocabularyKey = "vocabulary"; // of the metadata: a hash
    private const double ManyUnknown = 0.05; // of the pieces

    private readonly PretrainingRecipe _recipe;
    private readonly ReportOptions _options;
    private readonly WordPieceVocabulary _vocabulary;
    private readonly ReportTokens _reports; // of all images, in the order of the table
    private readonly Dictionary<string, int> _numbers; // of images by their paths
    private readonly MaskedRecordModel _model;

    /// <param name="recipe">Dimensions, masks, vocabulary.</param>
    /// <param name="records">Images and reports.</param>
    /// <param name="kernels">What computes it.</param>
    /// <exception cref="RadaptException">The vocabulary cannot be read or learned.</exception>
    public MaskedRecordObjective(PretrainingRecipe recipe, ReportedImages records, Kernels kernels)
    {
        (_recipe, _options) = (recipe, recipe.Reports!);
        _vocabulary = _options.Vocabulary is { } file ? VocabularyFile.Read(file)
            : WordPieceTraining.Learn(records.TrainReports, _options.VocabularySize, _options.Reports!);
        _reports = new ReportTokens(records.Reports, new ReportTokenizer(_vocabulary), _options.Length);
        _numbers = new Dictionary<string, int>(records.Paths.Count, StringComparer.Ordinal);
        foreach ((int number, string path) in records.Paths.Index())
        {
            _numbers[path] = number;
        }

        _model = new MaskedRecordModel(
            recipe.Model.Shape, recipe.Masking.Decoder, _options.Decoder(_vocabulary.Pieces.Count), _vocabulary.Padding, kernels);
        Fingerprint = _reports.Fingerprint();
    }

    /// <inheritdoc/>
    public string Name => "mrm";

    /// <inheritdoc/>
    public MaskedAutoencoder Autoencoder => _model.Images;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, Tensor> Tensors => _model.Tensors().ToDictionary(t => t.Name, t => t.Tensor);

    /// <inheritdoc/>
    public long DecoderParameters =>
        StoredModule.CountTrained(_model.Images.Decoder) + _model.Reports.Trained().Sum(t => t.Tensor.numel());

    /// <inheritdoc/>
    public string Fingerprint { get; }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> Metadata => new Dictionary<string, string> { [VocabularyKey] = _vocabulary.Hash() };

    /// <inheritdoc/>
    public IReadOnlyList<string> Notes
    {
        get
        {
            string pieces = Plural.Count(_vocabulary.Pieces.Count, "word piece");
            var notes = new List<string>
            {
                _options.Vocabulary is { } file ? $"{pieces} of {file}."
                    : $"{pieces} learned from the reports; tokenizer.json in the run folder lists them, and names that are frequent in "
                        + "reports are among them.",
            };
            if (_reports.UnknownShare > ManyUnknown)
            {
                notes.Add(string.Create(CultureInfo.InvariantCulture,
                    $"{_reports.UnknownShare:P0} of the words are not in the vocabulary; take one of the reports' language, or leave out ")
                    + "--vocabulary.");
            }

            if (_reports.Full > 0)
            {
                notes.Add($"{Plural.Count(_reports.Full, "report")} of {_reports.Count} fill all {_options.Length} positions; what is "
                    + "beyond is cut off (--report-length).");
            }

            return notes;
        }
    }

    /// <inheritdoc/>
    public void Initialise(long seed) => _model.InitialiseFromScratch(seed);

    /// <summary>The report decoder is taken only where its word pieces are the same.</summary>
    /// <inheritdoc/>
    public IEnumerable<string> TakeDecoders(CheckpointFile file)
    {
        yield return StoredModule.Take(_model.Images.Decoder, file) ? "the image decoder goes on from the weights' own."
            : "the image decoder starts from random weights.";
        // Files of others do not say whose pieces they are for: whoever gives a vocabulary says so.
        bool isSame = file.Metadata.TryGetValue(VocabularyKey, out string? hash) ? hash == _vocabulary.Hash()
            : _options.Vocabulary is not null;
        yield return isSame && StoredModule.Take(_model.Reports, file) ? "the report decoder goes on from the weights' own."
            : "the report decoder starts from random weights.";
    }

    /// <inheritdoc/>
    public void WriteFiles(RunFolder run) => VocabularyFile.Write(run.VocabularyFile, _vocabulary);

    /// <inheritdoc/>
    public ITrainingTask<ImageBatch> Task(ImageBatches train, ImageBatches? heldOut, IBestTensors? best,
        Func<CancellationToken, IReadOnlyDictionary<string, double>>? probe, IProcessGroup group) =>
        new MaskedRecordTask(_model, train, ReportsOf(train), heldOut is null ? null : new HeldOutRecords(heldOut, ReportsOf(heldOut)),
            Settings, best)
        {
            Probe = probe,
            Group = group,
        };

    /// <inheritdoc/>
    public void Dispose() => _model.Dispose();

    private MaskedRecordSettings Settings => new(_recipe.ForMasks())
    {
        MaskedPositionsOnly = _options.Loss == ReportLoss.Masked,
    };

    private ReportTokens ReportsOf(ImageBatches images) => _reports.Take(images.Images.Items.Select(i => _numbers[i.Path]));
}
