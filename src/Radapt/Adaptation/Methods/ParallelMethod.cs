using Radapt.Compute;
using Radapt.Models;

namespace Radapt.Adaptation.Methods;

/// <summary>
/// Junxian He, Chunting Zhou, Xuezhe Ma, Taylor Berg-Kirkpatrick, Graham Neubig (2022): Towards a Unified View of Parameter-Efficient
/// Transfer Learning. The scaled parallel adapter: a bottleneck beside the MLP of every block, reading what the MLP reads.
/// </summary>
internal sealed class ParallelMethod : AdaptationMethod<ParallelAdapterOptions>
{
    /// <inheritdoc/>
    public override bool Merges => false;

    /// <inheritdoc/>
    public override bool StartsAtRandom => true;

    /// <inheritdoc/>
    public override MethodRates Rates { get; } =
        new(5e-4, "Radapt's choice for parallel with adamw", 0.02, "Radapt's choice for parallel with sgd");

    /// <inheritdoc/>
    protected override AttachedAdapters Adapters(VisionTransformer encoder, ParallelAdapterOptions options, ComputePlan plan, long seed)
    {
        var adapters = new AttachedAdapters(plan);
        for (int block = 0; block < encoder.Shape.Depth; block++)
        {
            Block b = encoder.blocks[block];
            string prefix = $"blocks.{block}.mlp.adapter.";
            var adapter = new ParallelAdapter(encoder.Shape.Width, options.Bottleneck, options.AdapterScale, encoder.Kernels);
            adapter.Initialise(prefix, seed);
            adapters.Add(prefix, adapter, isIn => b.MlpAdapter = isIn ? adapter : null);
        }

        return adapters;
    }
}
