using Radapt.Adaptation.Files;
using Radapt.Compute;
using Radapt.Models;

namespace Radapt.Adaptation.Methods;

/// <summary>
/// Junxian He, Chunting Zhou, Xuezhe Ma, Taylor Berg-Kirkpatrick, Graham Neubig (2022): Towards a Unified View of Parameter-Efficient
/// Transfer Learning. The scaled parallel adapter: a bottleneck beside the MLP of every block, reading what the MLP reads.
/// </summary>
internal sealed class ParallelMethod : AdaptationMethod
{
    /// <inheritdoc/>
    public override string Name => "parallel";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Options => ["bottleneck", "adapter-scale"];

    /// <inheritdoc/>
    public override bool Merges => false;

    /// <inheritdoc/>
    public override MethodRates Rates { get; } = new(5e-4, "ours for parallel with adamw", 0.02, "ours for parallel with sgd");

    /// <inheritdoc/>
    public override MethodProblem? Problem(MethodSettings settings, BackboneShape shape) => Bottleneck.Problem(settings)
        ?? (settings.AdapterScale > 0 ? null : new MethodProblem("adapter-scale", "the scale is not positive; give a number above 0."));

    /// <inheritdoc/>
    public override AttachedAdapters Adapters(VisionTransformer encoder, MethodSettings settings, ComputePlan plan, long seed)
    {
        var adapters = new AttachedAdapters(plan);
        for (int block = 0; block < encoder.Shape.Depth; block++)
        {
            Block b = encoder.blocks[block];
            string prefix = $"blocks.{block}.mlp.adapter.";
            var adapter = new ParallelAdapter(encoder.Shape.Width, settings.Bottleneck, settings.AdapterScale, encoder.Kernels);
            adapter.Initialise(prefix, seed);
            adapters.Add(prefix, adapter, isIn => b.MlpAdapter = isIn ? adapter : null);
        }

        return adapters;
    }

    /// <inheritdoc/>
    public override void Describe(MethodSettings settings, IDictionary<string, string> metadata)
    {
        metadata.Write("bottleneck", settings.Bottleneck);
        metadata.Write("adapter_scale", settings.AdapterScale);
    }

    /// <inheritdoc/>
    public override MethodSettings Read(IReadOnlyDictionary<string, string> metadata) =>
        new() { Bottleneck = metadata.Integer("bottleneck"), AdapterScale = metadata.Number("adapter_scale") };
}
