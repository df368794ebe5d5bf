using Radapt.Adaptation;
using Radapt.Adaptation.Files;
using Radapt.Batching;
using Radapt.Compute;
using Radapt.Datasets;
using Radapt.Imaging.Dicom.Codecs;
using Radapt.Metrics;

namespace Radapt.Inference;

/// <summary>What was predicted for one image, or why nothing could be.</summary>
/// <param name="Path">The image file.</param>
/// <param name="Probabilities">One probability per finding, in the predictor's order; null where the image cannot be read.</param>
/// <param name="Error">Why the image cannot be read; without its name.</param>
public sealed record Prediction(string Path, IReadOnlyList<float>? Probabilities, string? Error)
{
    /// <summary>
    /// One logit per finding, whose sigmoids the probabilities are: images are ranked by these, since probabilities close to 1 are equal in
    /// float32.
    /// Null where the image cannot be read.
    /// </summary>
    public IReadOnlyList<float>? Logits { get; init; }
}
