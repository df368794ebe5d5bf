using Radapt.Adaptation;
using Radapt.Batching;
using Radapt.Compute;
using Radapt.Inference;
using static TorchSharp.torch;

namespace Radapt.Pacs;

/// <summary>
/// Gradient-weighted attention of a run for single images. Gradients need float32, so the run is opened a second time, when the first map
/// is asked for; of a cross-validation all folds, whose maps are averaged. Serves one thread at a time.
/// </summary>
/// <param name="runs">Run folders or adapter files.</param>
/// <param name="weights">Where the base weights are now; null: where they were in training.</param>
/// <param name="force">Take base weights that are not those of training too, where they fit.</param>
/// <param name="threads">Threads of the tensor kernels.</param>
internal sealed class HeatMaps(IReadOnlyList<string> runs, string? weights, bool force, int threads) : IDisposable
{
    private List<AdaptedModel>? _models;

    /// <summary>The map of a finding.</summary>
    /// <param name="image">The image, prepared for the run: one.</param>
    /// <param name="finding">Number of the finding.</param>
    /// <returns>(G, G) row by row; null: the head has no gradients.</returns>
    /// <exception cref="RadaptException">The run or its base weights cannot be read any more.</exception>
    public float[]? Compute(ImageBatch image, int finding)
    {
        _models ??= Open();
        if (_models.Exists(m => m.Classifier.Head.Vote is not null || m.Classifier.Encoder.TokenAdapter is not null))
        {
            return null;
        }

        using var scope = NewDisposeScope();
        float[][] maps = [.. _models.Select(m => Compute(m.Classifier, image, finding))];
        return [.. Enumerable.Range(0, maps[0].Length).Select(i => maps.Average(m => m[i]))];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _models?.ForEach(m => m.Dispose());
        _models = null;
    }

    private static float[] Compute(Classifier classifier, ImageBatch image, int finding) =>
        [.. GradientAttention.Compute(classifier, classifier.ToTensor(image), finding).flatten().data<float>()];

    private List<AdaptedModel> Open()
    {
        var models = new List<AdaptedModel>();
        try
        {
            foreach (string run in runs)
            {
                models.Add(AdaptedModel.Open(run, weights, ComputePlan.Float32 with { Threads = threads }, force));
                models[^1].Classifier.Adapters?.Merge();
            }

            return models;
        }
        catch
        {
            models.ForEach(m => m.Dispose());
            throw;
        }
    }
}
