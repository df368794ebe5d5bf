using Radapt.Batching;
using Radapt.Checkpoints;
using Radapt.Distribution;
using Radapt.Runs;
using Radapt.Training;
using static TorchSharp.torch;

namespace Radapt.Pretraining;

/// <summary>
/// What is pre-trained by masking: a model with its decoders, what belongs to it beside images, and the task that trains it.
/// </summary>
internal interface IMaskedObjective : IDisposable
{
    /// <summary>Its name on the command line and in files: <c>mae</c> or <c>mrm</c>.</summary>
    string Name { get; }

    /// <summary>Encoder and image decoder.</summary>
    MaskedAutoencoder Autoencoder { get; }

    /// <summary>All tensors under the names of its checkpoints.</summary>
    IReadOnlyDictionary<string, Tensor> Tensors { get; }

    /// <summary>Trained parameters of the decoders.</summary>
    long DecoderParameters { get; }

    /// <summary>Hash of what is learned from beside images; empty: nothing.</summary>
    string Fingerprint { get; }

    /// <summary>What files of its weights say beside dimensions.</summary>
    IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Lines to show.</summary>
    IReadOnlyList<string> Notes { get; }

    /// <summary>Draws random weights.</summary>
    void Initialise(long seed);

    /// <summary>Takes the decoders of a file of weights, as far as they fit.</summary>
    /// <returns>Lines that say which were taken.</returns>
    IEnumerable<string> TakeDecoders(CheckpointFile file);

    /// <summary>Writes what is needed beside the weights.</summary>
    void WriteFiles(RunFolder run);

    /// <summary>The task that trains it.</summary>
    /// <param name="train">Images to learn from.</param>
    /// <param name="heldOut">Images that are measured; null: none are.</param>
    /// <param name="best">Saves the weights; null: nobody asks for them.</param>
    /// <param name="probe">More figures of an epoch; null: none.</param>
    /// <param name="group">The processes that train together.</param>
    ITrainingTask<ImageBatch> Task(ImageBatches train, ImageBatches? heldOut, IBestTensors? best,
        Func<CancellationToken, IReadOnlyDictionary<string, double>>? probe, IProcessGroup group);
}
