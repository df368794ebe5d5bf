using System.Security.Cryptography;
using System.Text;
using Radapt.Adaptation;
using Radapt.Adaptation.Files;
using Radapt.Batching;
using Radapt.Checkpoints;
using Radapt.Compute;
using Radapt.Datasets;
using Radapt.Imaging;
using Radapt.Imaging.Dicom.Codecs;
using Radapt.Inference;
using Radapt.Recipes;
using Radapt.Training;
using static TorchSharp.torch;

namespace Radapt.Export;

/// <summary>
/// What images are turned into features by: the backbone of weights, or a run with its adapters and the norm of its head. Owns the model's
/// memory.
/// </summary>
internal sealed class FeatureModel : IDisposable
{
    private readonly Classifier _classifier;
    private readonly bool _isRun;

    private FeatureModel(Classifier classifier, Preprocessing preprocessing, string description, string identity, bool isRun)
    {
        (_classifier, _isRun, Preprocessing, Description, Identity) = (classifier, isRun, preprocessing, description, identity);
        Width = ClassificationHead.InputWidth(classifier.Encoder.Shape, classifier.Pooling);
    }

    /// <summary>How images are prepared.</summary>
    public Preprocessing Preprocessing { get; }

    /// <summary>What it is, for people.</summary>
    public string Description { get; }

    /// <summary>Hash of everything that decides the features of an image.</summary>
    public string Identity { get; }

    /// <summary>Threads of the tensor kernels.</summary>
    public int Threads => _classifier.Encoder.Kernels.Plan.Threads;

    /// <summary>Channels of an image's features.</summary>
    public int Width { get; }

    /// <summary>Opens a run or weights.</summary>
    /// <param name="path">Run folder, adapter file, checkpoint, or name of shipped weights.</param>
    /// <param name="options">Options of the recipe for weights, such as <c>pooling</c>; none for a run, which has its own.</param>
    /// <param name="images">The images, by which the depth of 16-bit files is found.</param>
    /// <param name="threads">Threads of the tensor kernels; null: the run's, else the machine's cores.</param>
    /// <param name="codecs">Where JPEG-LS and JPEG 2000 are decoded.</param>
    /// <exception cref="RadaptException">It cannot be opened, or an option does not fit.</exception>
    public static FeatureModel Open(string path, IReadOnlyDictionary<string, string> options, IReadOnlyList<string> images, int? threads,
        CodecProcess? codecs)
    {
        if (!IsRun(path))
        {
            return OpenWeights(path, options, images, threads, codecs);
        }

        return options.Count == 0 ? OpenRun(path, RunPlan.Read(path, threads))
            : throw new RadaptException(
                $"--{options.Keys.First()} is an option for weights: {path} is a run, and its features are what its head reads.");
    }

    /// <summary>The features of a batch.</summary>
    /// <returns>(B, C) row-major, float32</returns>
    public float[] Compute(ImageBatch batch)
    {
        using var noGradient = inference_mode();
        using var scope = NewDisposeScope();
        Tensor pooled = _classifier.Features(_classifier.ToTensor(batch), _classifier.Encoder.Shape.Depth);
        ClassificationHead head = _classifier.Head;
        return (_isRun && head.Vote is null ? head.Normalise(pooled) : head.PlainNorm(pooled)).cpu().data<float>().ToArray();
    }

    /// <inheritdoc/>
    public void Dispose() => _classifier.Dispose();

    // A folder that pre-training wrote has weights and no adapter.
    private static bool IsRun(string path)
    {
        string file = BackboneWeights.FileIn(path);
        if (!File.Exists(file))
        {
            return false;
        }

        using CheckpointFile opened = CheckpointFile.Open(file);
        return opened.Metadata.GetValueOrDefault("format") == AdapterDescription.Format;
    }

    private static FeatureModel OpenRun(string path, ComputePlan plan)
    {
        AdaptedModel model = AdaptedModel.Open(path, null, plan);
        model.Classifier.Adapters?.Merge();
        FrozenWeights.Round(model.Classifier.Encoder, plan);
        AdapterDescription adapter = model.Description;
        using FileStream file = RegularFile.OpenRead(AdapterFile.Locate(path));
        return new FeatureModel(model.Classifier, adapter.Preprocessing, $"run ({adapter.Method} on {adapter.BaseDescription})",
            Hash(Convert.ToHexStringLower(SHA256.HashData(file)), adapter.BaseSha256, plan.ToString()), isRun: true);
    }

    private static FeatureModel OpenWeights(string path, IReadOnlyDictionary<string, string> options, IReadOnlyList<string> images,
        int? threads, CodecProcess? codecs)
    {
        ProcessTuning.BeforeTensors();
        var all = new Dictionary<string, string>(options) { ["data"] = ".", ["weights"] = path, ["method"] = FrozenBaseline.Method };
        if (threads is { } number)
        {
            all["threads"] = number.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        var given = PartialRecipe.Merge([RecipeLayer.FromCommandLine(all)]);
        using var weights = BackboneWeights.Open(path);
        var data = new LabelledImages([], [.. images.Select(i => new LabelledImage(i, i, null, []))]);
        Recipe recipe = RecipeResolver.Resolve(
            given, RunFacts.Gather(given, new DataSplits(data, data with { Items = [] }, null, []), weights, codecs)).Recipe;
        var classifier = new Classifier(recipe.Model.Shape, findings: 1, recipe.Model.Pooling, dropPath: 0, recipe.Compute.Plan);
        try
        {
            weights.LoadInto(classifier.Encoder);
            FrozenWeights.Round(classifier.Encoder, recipe.Compute.Plan);
            Preprocessing preprocessing = recipe.Pixels.Preprocessing(recipe.Model.ImageSize);
            string identity = Hash(
                weights.Hash(), recipe.Model.Pooling.ToString(), preprocessing.ToString(), recipe.Compute.Plan.ToString());
            return new FeatureModel(classifier, preprocessing, weights.Description, identity, isRun: false);
        }
        catch
        {
            classifier.Dispose();
            throw;
        }
    }

    private static string Hash(params IEnumerable<string> texts) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', texts))));
}
