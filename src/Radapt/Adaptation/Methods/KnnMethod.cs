using System.Globalization;
using Radapt.Adaptation.Probes;
using Radapt.Compute;
using static TorchSharp.torch;

namespace Radapt.Adaptation.Methods;

/// <summary>
/// Thomas Cover, Peter Hart (1967): Nearest Neighbor Pattern Classification. The adapter file holds features and labels of the training
/// images, so it is to be kept as they are.
/// </summary>
internal sealed class KnnMethod() : ProbeMethod("knn")
{
    private const string StoredImages = "stored_images";

    /// <inheritdoc/>
    public override MethodOptions Defaults { get; } = new KnnOptions();

    /// <inheritdoc/>
    public override HeadProbe Probe { get; } = new NeighbourProbe();

    /// <inheritdoc/>
    public override bool TrainsHead(MethodOptions options) => Images(options) == 0;

    /// <inheritdoc/>
    public override void WriteFitted(MethodOptions options, IDictionary<string, string> metadata)
    {
        if (Images(options) > 0)
        {
            metadata[StoredImages] = Images(options).ToString(CultureInfo.InvariantCulture);
        }
    }

    /// <inheritdoc/>
    public override MethodOptions ReadFitted(MethodOptions options, IReadOnlyDictionary<string, string> metadata) =>
        !metadata.TryGetValue(StoredImages, out string? text) ? options
        : int.Parse(text, CultureInfo.InvariantCulture) is var images and > 0 ? (KnnOptions)options with { Images = images }
        : throw new FormatException($"{StoredImages} must be above 0");

    /// <inheritdoc/>
    protected override void ReplaceHead(Classifier classifier, MethodOptions options, ComputePlan plan)
    {
        if (Images(options) is > 0 and int images)
        {
            Tensor weight = classifier.Head.head.weight; // (F, C)
            classifier.Head.Vote = new NeighbourVote(images, (int)weight.shape[1], (int)weight.shape[0], plan.TorchDevice);
        }
    }

    private static int Images(MethodOptions options) => ((KnnOptions)options).Images;
}
