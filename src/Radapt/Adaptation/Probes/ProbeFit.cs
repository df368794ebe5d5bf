using static TorchSharp.torch;

namespace Radapt.Adaptation.Probes;

/// <summary>What a probe learned.</summary>
internal abstract class ProbeFit
{
    /// <summary>(F) the setting that was chosen for each finding; null: nothing could be learned of it.</summary>
    public required IReadOnlyList<double?> Chosen { get; init; }

    /// <summary>
    /// (n, F) row-major: logits of the images that were learned from, each by a fit that has not seen its patient, at the chosen setting;
    /// NaN where the label is unknown or no such fit exists. They are slightly too good, since they also chose the setting.
    /// </summary>
    public required IReadOnlyList<float> OutOfFold { get; init; }

    /// <summary>
    /// (n) the fold of each image. Images of different folds were scored by different fits: only those of one fold can be ranked.
    /// </summary>
    public required IReadOnlyList<int> Folds { get; init; }

    /// <summary>Scores images.</summary>
    /// <param name="features">(m, C)</param>
    /// <returns>(m, F) row-major, before the sigmoid</returns>
    public abstract float[] Logits(Tensor features);

    /// <summary>Makes a classifier compute the same logits.</summary>
    /// <param name="classifier">Its backbone gave the features.</param>
    /// <param name="method">The method with its options.</param>
    /// <returns>The method with what its adapter file must state of the fit.</returns>
    public abstract MethodOptions SetHead(Classifier classifier, MethodOptions method);
}
