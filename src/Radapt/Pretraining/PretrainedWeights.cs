using System.Globalization;
using System.Text.Json.Nodes;
using Radapt.Checkpoints;
using Radapt.Imaging;
using Radapt.Models;
using Radapt.Training;

namespace Radapt.Pretraining;

/// <summary>
/// What pre-training writes: encoder and decoders under the names of MAE's or MRM's checkpoints, as <c>finetune --weights</c> and other
/// programs read them. The metadata says what else is needed: dimensions, normalisation, and of how many epochs this one is.
/// </summary>
/// <param name="objective">The model, whose tensors are written.</param>
/// <param name="shape">Dimensions of the encoder.</param>
/// <param name="preprocessing">How images were prepared.</param>
/// <param name="epochs">Epochs of the whole run.</param>
/// <param name="images">Images learned from.</param>
/// <param name="file">Where the last epoch's are.</param>
internal sealed class PretrainedWeights(IMaskedObjective objective, BackboneShape shape, Preprocessing preprocessing,
    int epochs, int images, string file) : IBestTensors
{
    /// <summary>Key of the epoch that the tensors are of.</summary>
    public const string EpochKey = "epoch";

    /// <summary>Key of the epochs of the run.</summary>
    public const string EpochsKey = "epochs";

    /// <summary>Key of the number of images.</summary>
    public const string ImagesKey = "images";

    /// <inheritdoc/>
    public void Save(int epoch) => Write(file, epoch);

    /// <inheritdoc/>
    public void Require()
    {
        using CheckpointFile opened = CheckpointFile.Open(file);
        StoredChecksum.Verify(opened);
    }

    /// <summary>Writes the tensors as they are now.</summary>
    /// <param name="path">The file.</param>
    /// <param name="epoch">The epoch that they are of, from 1.</param>
    /// <exception cref="RadaptException">The file cannot be written.</exception>
    public void Write(string path, int epoch) => SafetensorsWriter.Write(
        path, objective.Tensors, new Dictionary<string, string>(objective.Metadata)
        {
            ["format"] = $"radapt-{objective.Name}/1",
            ["backbone"] = BackboneShapeJson.Write(shape),
            ["preprocessing"] = new JsonObject { ["mean"] = preprocessing.Mean, ["std"] = preprocessing.Std }.ToJsonString(),
            [EpochKey] = epoch.ToString(CultureInfo.InvariantCulture),
            [EpochsKey] = epochs.ToString(CultureInfo.InvariantCulture),
            [ImagesKey] = images.ToString(CultureInfo.InvariantCulture),
        }, checksum: true);
}
