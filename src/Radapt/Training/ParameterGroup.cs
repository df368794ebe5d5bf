using Radapt.Models;
using static TorchSharp.torch;

namespace Radapt.Training;

/// <summary>Trained tensors that share a scale of the learning rate and a weight decay.</summary>
/// <param name="Scale">Factor on the learning rate.</param>
/// <param name="WeightDecay">Decoupled weight decay.</param>
/// <param name="Tensors">Names and tensors, in the model's order.</param>
internal sealed record ParameterGroup(double Scale, double WeightDecay, IReadOnlyList<(string Name, Tensor Tensor)> Tensors)
{
    /// <summary>Every tensor alike (the paper's SGD recipes).</summary>
    public static IReadOnlyList<ParameterGroup> Single(IEnumerable<(string Name, Tensor Tensor)> trained, double weightDecay) =>
        [new ParameterGroup(1, weightDecay, [.. trained])];

    /// <summary>
    /// Layer-wise decay (Clark et al. 2020; BEiT, MAE): scale = decay^(depth + 1 - layer), where the embeddings are layer 0, block i is
    /// layer i + 1, and head and norms are layer depth + 1. Vectors, class token, registers and position embedding have no weight decay.
    /// </summary>
    /// <param name="trained">Trained tensors, in the model's order.</param>
    /// <param name="depth">Blocks of the backbone.</param>
    /// <param name="layerDecay">Decay per layer; 1: none.</param>
    /// <param name="weightDecay">Weight decay of the rest.</param>
    public static IReadOnlyList<ParameterGroup> ByLayer(
        IEnumerable<(string Name, Tensor Tensor)> trained, int depth, double layerDecay, double weightDecay) =>
    [
        .. trained
            .GroupBy(
                t => (Layer: Layer(t.Name, depth), Decays: t.Tensor.dim() > 1
                    && t.Name is not ("cls_token" or "register_tokens" or "pos_embed")))
            .Select(g => new ParameterGroup(Math.Pow(layerDecay, depth + 1 - g.Key.Layer), g.Key.Decays ? weightDecay : 0, [.. g])),
    ];

    private static int Layer(string name, int depth) => (BlockNumber.From(name) + 1) ?? name.Split('.')[0] switch
    {
        "cls_token" or "register_tokens" or "pos_embed" or "patch_embed" => 0,
        _ => depth + 1,
    };
}
