using Radapt.Adaptation.Methods;
using static TorchSharp.torch;

namespace Radapt.Adaptation.Probes;

/// <summary>Training images, and how many of them vote.</summary>
/// <param name="data">The images.</param>
/// <param name="counts">(F) neighbours that vote; null: nothing is known of the finding.</param>
internal sealed class NeighbourFit(ProbeData data, IReadOnlyList<double?> counts) : ProbeFit
{
    private const int Rows = 1024;

    /// <inheritdoc/>
    public override float[] Logits(Tensor features)
    {
        using var scope = NewDisposeScope();
        using NeighbourVote vote = Create(features.device);
        return [.. features.split(Rows).SelectMany(rows => vote.Logits(rows).cpu().data<float>().ToArray())];
    }

    /// <inheritdoc/>
    public override MethodOptions SetHead(Classifier classifier, MethodOptions method)
    {
        classifier.Head.Vote = Create(classifier.Encoder.cls_token.device);
        return (KnnOptions)method with { Images = data.Images };
    }

    private NeighbourVote Create(Device device)
    {
        var vote = new NeighbourVote(data.Images, (int)data.Features.shape[1], data.Findings, device);
        vote.Store(data, counts);
        return vote;
    }
}
