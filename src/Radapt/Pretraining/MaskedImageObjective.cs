using Radapt.Batching;
using Radapt.Checkpoints;
using Radapt.Compute;
using Radapt.Distribution;
using Radapt.Runs;
using Radapt.Training;
using static TorchSharp.torch;

namespace Radapt.Pretraining;

/// <summary>Pre-training as a masked autoencoder (MAE, He et al. 2022).</summary>
/// <param name="recipe">Dimensions, masks.</param>
/// <param name="kernels">What computes it.</param>
internal sealed class MaskedImageObjective(PretrainingRecipe recipe, Kernels kernels) : IMaskedObjective
{
    /// <inheritdoc/>
    public string Name => "mae";

    /// <inheritdoc/>
    public MaskedAutoencoder Autoencoder { get; } = new(recipe.Model.Shape, recipe.Masking.Decoder, recipe.Model.PatchSize, kernels);

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, Tensor> Tensors => Autoencoder.Tensors().ToDictionary(t => t.Name, t => (Tensor)t.Tensor);

    /// <inheritdoc/>
    public long DecoderParameters => StoredModule.CountTrained(Autoencoder.Decoder);

    /// <inheritdoc/>
    public string Fingerprint => "";

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> Metadata { get; } = new Dictionary<string, string>();

    /// <inheritdoc/>
    public IReadOnlyList<string> Notes => [];

    /// <inheritdoc/>
    public void Initialise(long seed) => Autoencoder.InitialiseFromScratch(seed);

    /// <inheritdoc/>
    public IEnumerable<string> TakeDecoders(CheckpointFile file) =>
    [
        StoredModule.Take(Autoencoder.Decoder, file) ? "the decoder goes on from the weights' own."
            : "the decoder starts from random weights.",
    ];

    /// <inheritdoc/>
    public void WriteFiles(RunFolder run)
    {
    }

    /// <inheritdoc/>
    public ITrainingTask<ImageBatch> Task(ImageBatches train, ImageBatches? heldOut, IBestTensors? best,
        Func<CancellationToken, IReadOnlyDictionary<string, double>>? probe, IProcessGroup group) =>
        new MaskedImageTask(Autoencoder, train, heldOut, recipe.ForMasks(), best) { Probe = probe, Group = group };

    /// <inheritdoc/>
    public void Dispose() => Autoencoder.Dispose();
}
