using Radapt.Adaptation.Lora;
using Radapt.Compute;
using Radapt.Models;

namespace Radapt.Adaptation.Methods;

/// <summary>
/// Haokun Liu, Derek Tam, Mohammed Muqeeth, Jay Mohta, Tenghao Huang, Mohit Bansal, Colin Raffel (2022): Few-Shot Parameter-Efficient
/// Fine-Tuning is Better and Cheaper than In-Context Learning. (IA)³: keys, values and the MLP's inner activations are multiplied by
/// learned vectors that begin as ones.
/// </summary>
internal sealed class Ia3Method : AdaptationMethod
{
    /// <inheritdoc/>
    public override MethodOptions Defaults { get; } = new PlainMethod("ia3");

    /// <inheritdoc/>
    public override MethodRates Rates { get; } =
        new(3e-3, "the IA3 paper's (there with Adafactor)", 0.1, "Radapt's choice for ia3 with sgd");

    /// <inheritdoc/>
    public override AttachedAdapters Adapters(VisionTransformer encoder, MethodOptions options, ComputePlan plan, long seed)
    {
        var adapters = new AttachedAdapters(plan);
        for (int block = 0; block < encoder.Shape.Depth; block++)
        {
            Block b = encoder.blocks[block];
            adapters.Add($"blocks.{block}.attn.qkv", b.attn.qkv,
                new OutputScaling(b.attn.qkv.weight.shape[0], OutputGroups.Thirds(["k", "v"]), plan));
            adapters.Add($"blocks.{block}.mlp.fc2", b.mlp.Down, new InputScaling(b.mlp.Down.weight.shape[1], plan));
        }

        return adapters;
    }
}
