using Radapt.Adaptation.Files;
using Radapt.Datasets.Matching;

namespace Radapt.Inference;

/// <summary>What was predicted for one image, or why nothing was.</summary>
/// <param name="Path">The image file.</param>
/// <param name="Probabilities">One probability per finding, in the predictor's order; null where the image cannot be read or is
/// refused.</param>
/// <param name="Error">Why the image cannot be read; without its name.</param>
public sealed record Prediction(string Path, IReadOnlyList<float>? Probabilities, string? Error)
{
    /// <summary>
    /// One logit per finding, whose sigmoids the probabilities are: images are ranked by these, since probabilities close to 1 are equal in
    /// float32. Null where there are no probabilities.
    /// </summary>
    public IReadOnlyList<float>? Logits { get; init; }

    /// <summary>
    /// Why the model must not be asked about the image: it is a CT, of another view than it was trained on, blank, …; null: it may. A
    /// refused image has probabilities only where it was to be scored anyway.
    /// </summary>
    public string? Refusal { get; init; }

    /// <summary>
    /// Standard deviation (n - 1) of each probability over several runs whose mean it is; null: one run, or no probabilities.
    /// </summary>
    internal IReadOnlyList<float>? Deviations { get; init; }

    /// <summary>The adapter that predicted, or the first of several; null: not known.</summary>
    internal AdapterDescription? Adapter { get; init; }

    /// <summary>Hardly anything can be seen in the image.</summary>
    internal bool IsBlank { get; init; }

    /// <summary>What the header says of image and patient; null: nobody looked.</summary>
    internal FolderImage? File { get; init; }
}
