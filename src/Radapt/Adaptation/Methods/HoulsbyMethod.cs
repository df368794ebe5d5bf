using Radapt.Compute;
using Radapt.Models;

namespace Radapt.Adaptation.Methods;

/// <summary>
/// Neil Houlsby, Andrei Giurgiu, Stanislaw Jastrzebski, Bruna Morrone, Quentin de Laroussilhe, Andrea Gesmundo, Mona Attariyan, Sylvain
/// Gelly (2019): Parameter-Efficient Transfer Learning for NLP. A bottleneck with a skip connection behind the attention and behind the
/// MLP of every block, before the residual sums.
/// </summary>
internal sealed class HoulsbyMethod : AdaptationMethod<HoulsbyOptions>
{
    /// <inheritdoc/>
    public override bool Merges => false;

    /// <inheritdoc/>
    public override bool StartsAtRandom => true;

    /// <inheritdoc/>
    public override MethodRates Rates { get; } =
        new(1e-3, "within the 3e-5 to 3e-3 of Houlsby's paper", 0.05, "Radapt's choice for houlsby with sgd: as for lora");

    /// <inheritdoc/>
    protected override AttachedAdapters Adapters(VisionTransformer encoder, HoulsbyOptions options, ComputePlan plan, long seed)
    {
        var adapters = new AttachedAdapters(plan);
        for (int block = 0; block < encoder.Shape.Depth; block++)
        {
            Block b = encoder.blocks[block];
            Add($"blocks.{block}.attn.adapter.", adapter => b.AttentionAdapter = adapter);
            Add($"blocks.{block}.mlp.adapter.", adapter => b.MlpAdapter = adapter);
        }

        return adapters;

        void Add(string prefix, Action<IBranchAdapter?> slot)
        {
            var adapter = new SerialAdapter(encoder.Shape.Width, options.Bottleneck, encoder.Kernels);
            adapter.Initialise(prefix, seed);
            adapters.Add(prefix, adapter, isIn => slot(isIn ? adapter : null));
        }
    }
}
