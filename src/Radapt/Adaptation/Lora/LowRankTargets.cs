using Radapt.Models;

namespace Radapt.Adaptation.Lora;

/// <summary>Which projections <c>--lora-targets</c> and <c>--lora-blocks</c> name.</summary>
internal static class LowRankTargets
{
    /// <summary>The adapted projections, block after block.</summary>
    public static IEnumerable<LowRankTarget> For(VisionTransformer encoder, LowRankOptions options)
    {
        OutputGroups thirds = OutputGroups.Thirds(options.Targets);
        for (int block = 0; block < encoder.Shape.Depth; block++)
        {
            if (options.Blocks.Count > 0 && !options.Blocks.Contains(block))
            {
                continue;
            }

            Block b = encoder.blocks[block];
            if (thirds.Adapted.Count > 0)
            {
                yield return new LowRankTarget($"blocks.{block}.attn.qkv", block, b.attn.qkv, thirds, 4 * block);
            }

            (string Target, string Name, Projection Projection)[] others =
                [("proj", "attn.proj", b.attn.proj), ("fc1", "mlp.fc1", b.mlp.Up), ("fc2", "mlp.fc2", b.mlp.Down)];
            for (int i = 0; i < others.Length; i++)
            {
                if (options.Targets.Contains(others[i].Target))
                {
                    yield return new LowRankTarget($"blocks.{block}.{others[i].Name}", block, others[i].Projection, OutputGroups.Whole,
                        (4 * block) + i + 1);
                }
            }
        }
    }

    /// <summary>What is wrong with targets or blocks.</summary>
    public static MethodProblem? Unfit(LowRankOptions options, BackboneShape shape) =>
        options.Targets.Count == 0 ? new MethodProblem("lora-targets", "nothing is adapted; name at least one projection.")
        : options.Blocks.Any(b => b >= shape.Depth)
        ? new MethodProblem("lora-blocks", $"the backbone's blocks are 0 to {shape.Depth - 1}; name some of these.")
        : null;
}
