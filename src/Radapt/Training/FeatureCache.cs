using System.Globalization;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text;
using Radapt.Adaptation;
using Radapt.Batching;
using Radapt.Compute;
using Radapt.Imaging;
using Radapt.Recipes;
using Radapt.Runs;
using static TorchSharp.torch;

namespace Radapt.Training;

/// <summary>
/// Where only upper blocks or the head are trained and every epoch sees the same pixels, the frozen part of the network says the same of
/// an image every time: it is run once, and what it says is in the run folder's <c>state</c> while the run lasts. A resumed run finds it
/// there.
/// </summary>
internal sealed class FeatureCache : IDisposable
{
    private const long Reserve = 1L << 30; // left free on the disk, for what the run itself writes

    private static readonly string[] s_sets = ["train", "val"];

    private readonly Recipe _recipe;
    private readonly Classifier _classifier;
    private readonly string _baseHash;
    private readonly FeatureFile?[] _files = new FeatureFile?[2];

    private FeatureCache(Recipe recipe, Classifier classifier, string baseHash, int firstBlock)
    {
        (_recipe, _classifier, _baseHash, FirstBlock) = (recipe, classifier, baseHash, firstBlock);
    }

    /// <summary>The block that reads the features; the depth: the head does.</summary>
    public int FirstBlock { get; }

    /// <summary>Share of a forward pass that is left.</summary>
    public double ShareLeft => 1 - (FirstBlock / (double)_recipe.Model.Depth);

    /// <summary>Why the features are not kept after all, once that turned out; null: they are.</summary>
    public string? Problem { get; private set; }

    /// <summary>What is computed once, why, and what it takes.</summary>
    public string Note(int images) => string.Create(CultureInfo.InvariantCulture,
        $"Features of {Blocks(0, FirstBlock - 1)} are computed once: only {Trained()} and nothing is augmented "
        + $"({images:N0} images, {Size(Layout(images, 0).FileBytes)} in the run folder while it runs; --feature-cache "
        + $"off recomputes them every epoch).");

    /// <summary>Decides whether features can be computed once.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="classifier">With its method applied.</param>
    /// <param name="baseHash">Hash of the base weights.</param>
    /// <param name="ranks">Processes that train together: each would need all features.</param>
    /// <param name="note">A line for the user where one option is in the way; null: nothing to say.</param>
    /// <returns>Null: they cannot, or shall not.</returns>
    public static FeatureCache? Decide(Recipe recipe, Classifier classifier, string baseHash, int ranks, out string? note)
    {
        note = null;
        int lowest = classifier.LowestTrainedBlock;
        if (lowest == 0 || recipe.Compute.FeatureCache == FeatureCaching.Off)
        {
            return null;
        }

        if (ranks > 1)
        {
            note = $"The frozen {Blocks(0, lowest - 1)} are run in every epoch; only a single process computes features once.";
            return null;
        }

        // Stochastic depth grows from 0 in the first block: one block alone is never skipped.
        List<string> instead = [];
        if (recipe.Pixels.Augment != Augmentation.None)
        {
            instead.Add("--augment none");
        }

        if (recipe.Model.DropPath > 0 && lowest > 1)
        {
            instead.Add("--drop-path 0");
        }

        if (instead.Count == 0)
        {
            return new FeatureCache(recipe, classifier, baseHash, lowest);
        }

        note = $"The frozen {Blocks(0, lowest - 1)} are run in every epoch; with {string.Join(" and ", instead)} "
            + "their features would be computed once.";
        return null;
    }

    /// <summary>Opens the features of training and validation images, or computes them; this object then holds the files open.</summary>
    /// <param name="train">The training images.</param>
    /// <param name="val">The validation images.</param>
    /// <param name="folder">Where the files are.</param>
    /// <param name="dataFingerprint">Fingerprint of all images.</param>
    /// <param name="progress">Told how it goes.</param>
    /// <param name="cancellation">Ends it; a set that is complete stays.</param>
    /// <returns>Batches of features; the given ones where the disk has no room, see <see cref="Problem"/>.</returns>
    /// <exception cref="RadaptException">An image cannot be read.</exception>
    public (ImageBatches Train, ImageBatches Val) Open(
        ImageBatches train, ImageBatches val, string folder, string dataFingerprint, IProgress<TrainingProgress>? progress,
            CancellationToken cancellation)
    {
        (string Name, ImageBatches Images)[] sets = [(s_sets[0], train), (s_sets[1], val)];
        FeatureLayout[] layouts = [.. sets.Select(s => Layout(s.Images.Images.Items.Count, Key(s.Name, dataFingerprint)))];
        string[] paths = [.. RunFolder.FeatureFiles.Select(f => Path.Combine(folder, f))];
        for (int i = 0; i < sets.Length; i++)
        {
            _files[i] = FeatureFile.Open(paths[i], layouts[i]);
        }

        long needed = layouts.Where((_, i) => _files[i] is null).Sum(l => l.FileBytes);
        long free = new DriveInfo(Path.GetFullPath(folder)).AvailableFreeSpace;
        if (needed > 0 && needed + Reserve > free)
        {
            return GiveUp($"they take {Size(needed)}, and {Size(free)} are free on the disk of {folder}");
        }

        var pass = new Pass(progress, _recipe.Optimisation.Epochs,
            sets.Where((_, i) => _files[i] is null).Sum(s => s.Images.EvaluationBatches));
        for (int i = 0; i < sets.Length; i++)
        {
            try
            {
                _files[i] ??= FeatureFile.Write(paths[i], layouts[i], Compute(sets[i].Images, layouts[i], pass, cancellation));
            }
            catch (RadaptException e) when (e.Place == paths[i]) // the file, not an image
            {
                return GiveUp(e.Message);
            }
        }

        return (train.WithFeatures(_files[0]!), val.WithFeatures(_files[1]!));

        (ImageBatches, ImageBatches) GiveUp(string why)
        {
            Problem = $"The frozen {Blocks(0, FirstBlock - 1)} are run in every epoch, because their features cannot be kept: {why}";
            Dispose();
            return (train, val);
        }
    }

    /// <summary>Closes the files.</summary>
    public void Dispose()
    {
        for (int i = 0; i < _files.Length; i++)
        {
            _files[i]?.Dispose();
            _files[i] = null;
        }
    }

    private IEnumerable<ReadOnlyMemory<byte>> Compute(ImageBatches images, FeatureLayout layout, Pass pass, CancellationToken cancellation)
    {
        var bytes = new byte[images.BatchSize * layout.Stride];
        foreach (ImageBatch batch in images.Evaluation(cancellation: cancellation))
        {
            int count;
            using (batch)
            {
                count = batch.Count;
                Compute(batch, layout, bytes);
            }

            yield return bytes.AsMemory(0, count * layout.Stride);
            pass.Report(count);
        }
    }

    private void Compute(ImageBatch batch, FeatureLayout layout, byte[] bytes)
    {
        using var noGradient = inference_mode();
        using var scope = NewDisposeScope();
        Tensor features = _classifier.Features(_classifier.ToTensor(batch), layout.FirstBlock);
        features = features.to(layout.IsBFloat16 ? ScalarType.BFloat16 : ScalarType.Float32).cpu().contiguous(); // (B, …shape)
        Marshal.Copy(TensorAddress.Get(features), bytes, 0, batch.Count * layout.Stride);
    }

    private FeatureLayout Layout(int images, UInt128 key)
    {
        bool pooled = FirstBlock == _recipe.Model.Depth;
        IReadOnlyList<int> shape = pooled ? [ClassificationHead.InputWidth(_classifier.Encoder.Shape, _classifier.Pooling)]
            : [_classifier.Encoder.Shape.Tokens, _recipe.Model.Width];
        return new FeatureLayout(key, images, shape, FirstBlock, !pooled && _recipe.Compute.Precision == Precision.BFloat16);
    }

    // Everything the features follow from.
    private UInt128 Key(string set, string dataFingerprint)
    {
        (PixelOptions pixels, ComputePlan plan) = (_recipe.Pixels, _recipe.Compute.Plan);
        string text = string.Create(CultureInfo.InvariantCulture,
            $"1|{set}|{dataFingerprint}|{_baseHash}|{_classifier.Encoder.Shape}|{_recipe.Model.Pooling}|{FirstBlock}|"
            + $"{pixels.Mean:R}|{pixels.Std:R}|{pixels.Resize}|{pixels.DicomScale}|{pixels.PngBits}|{_recipe.Data.CacheSize}|"
            + $"{plan.Precision}|{plan.Products}|{plan.Device}|{plan.Threads}|"
            + $"{_recipe.Optimisation.BatchSize}|{_recipe.Validation.Images}");
        return XxHash128.HashToUInt128(Encoding.UTF8.GetBytes(text));
    }

    private string Trained() => FirstBlock == _recipe.Model.Depth ? "the head is trained"
        : $"{Blocks(FirstBlock, _recipe.Model.Depth - 1)} and the head are trained";

    private static string Blocks(int first, int last) => first == last ? $"block {first}" : $"blocks {first}-{last}";

    private static string Size(long bytes) => bytes < 1L << 30
        ? string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(bytes / (double)(1 << 20)):0} MiB")
        : string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1 << 30):0.0} GiB");

    /// <summary>Progress over both sets.</summary>
    private sealed class Pass(IProgress<TrainingProgress>? progress, int epochs, int batches)
    {
        private readonly System.Diagnostics.Stopwatch _watch = System.Diagnostics.Stopwatch.StartNew();
        private int _done;
        private int _images;

        public void Report(int images)
        {
            _done++;
            _images += images;
            progress?.Report(new TrainingProgress
            {
                Phase = TrainingPhase.Features,
                Epoch = 1,
                Epochs = epochs,
                Step = _done,
                Steps = batches,
                Loss = double.NaN,
                ImagesPerSecond = _images / _watch.Elapsed.TotalSeconds,
                TimeLeft = _watch.Elapsed / _done * (batches - _done),
            });
        }
    }
}
