using Radapt.Compute;
using Radapt.Models;
using static TorchSharp.torch;

namespace Radapt.Pretraining.Reports;

/// <summary>
/// Masked record modelling (MRM, Zhou et al. 2023): an encoder that sees a part of an image's patches, a decoder that predicts the others
/// at twice the resolution, and a decoder that predicts masked words of the image's report. It owns its modules.
/// </summary>
internal sealed class MaskedRecordModel : IDisposable
{
    /// <summary>Side of the images to predict, over that of the encoder's.</summary>
    public const int Magnification = 2;

    /// <param name="shape">The encoder.</param>
    /// <param name="images">The image decoder.</param>
    /// <param name="reports">The report decoder.</param>
    /// <param name="padding">The word piece that stands for no word.</param>
    /// <param name="kernels">What runs the products.</param>
    /// <exception cref="RadaptException">The encoder cannot be pre-trained by masking.</exception>
    public MaskedRecordModel(BackboneShape shape, DecoderShape images, ReportDecoderShape reports, int padding, Kernels kernels)
    {
        Images = new MaskedAutoencoder(shape, images, Magnification * shape.PatchSize, kernels);
        Reports = new ReportDecoder(shape, reports, padding, kernels);
    }

    /// <summary>The encoder and the image decoder.</summary>
    public MaskedAutoencoder Images { get; }

    /// <summary>The report decoder.</summary>
    public ReportDecoder Reports { get; }

    /// <summary>Everything that a checkpoint of MRM holds, under its names; the bias of the word scores is there twice.</summary>
    public IEnumerable<(string Name, Tensor Tensor)> Tensors() =>
        Images.Tensors().Select(t => (t.Name, (Tensor)t.Tensor)).Concat(Reports.state_dict().Select(t => (t.Key, t.Value)));

    /// <summary>
    /// Lets gradients flow into all tensors but the position embeddings of images and the pooler that nothing reads, and gives those that
    /// train.
    /// </summary>
    public IReadOnlyList<(string Name, Tensor Tensor)> Train()
    {
        (string Name, Tensor Tensor)[] reports = [.. Reports.Trained().Select(t => (t.Name, (Tensor)t.Tensor))];
        foreach ((_, Tensor tensor) in reports)
        {
            tensor.requires_grad_(true);
        }

        return [.. Images.Train(), .. reports];
    }

    /// <summary>Random weights, those of encoder and image decoder as MAE draws them.</summary>
    public void InitialiseFromScratch(long seed)
    {
        Images.InitialiseFromScratch(seed);
        Reports.Initialise(seed);
    }

    /// <summary>What the report decoder is told of each image. (B, 1 + R + K, C), what the encoder gave -> (B, D), float32.</summary>
    public Tensor ImageMean(Tensor latent, ForwardPass pass) =>
        Reports.ImageMean(latent[.., (1 + Images.Encoder.Shape.Registers).., ..], pass);

    /// <inheritdoc/>
    public void Dispose()
    {
        Images.Dispose();
        Reports.Dispose();
    }
}
