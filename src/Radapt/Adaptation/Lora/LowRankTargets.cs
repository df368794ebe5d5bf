using Radapt.Adaptation.Files;
using Radapt.Models;

namespace Radapt.Adaptation.Lora;

/// <summary>Which projections <c>--lora-targets</c> and <c>--lora-blocks</c> name.</summary>
internal static class LowRankTargets
{
    /// <summary>The adapted projections, block after block.</summary>
    public static IEnumerable<LowRankTarget> For(VisionTransformer encoder, LoraSettings settings)
    {
        OutputGroups thirds = OutputGroups.Thirds(settings.Targets);
        for (int block = 0; block < encoder.Shape.Depth; block++)
        {
            if (settings.Blocks.Count > 0 && !settings.Blocks.Contains(block))
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
                if (settings.Targets.Contains(others[i].Target))
                {
                    yield return new LowRankTarget($"blocks.{block}.{others[i].Name}", block, others[i].Projection, OutputGroups.Whole,
                        (4 * block) + i + 1);
                }
            }
        }
    }

    /// <summary>Whether the first block is left as it is.</summary>
    public static bool LeavesLowerBlocks(LoraSettings settings) => LowestBlock(settings) > 0;

    /// <summary>The lowest adapted block, from 0.</summary>
    public static int LowestBlock(LoraSettings settings) =>
        settings.Blocks.Count > 0 ? settings.Blocks.Min() : settings.Ranks.TakeWhile(rank => rank == 0).Count();

    /// <summary>What is wrong with targets or blocks.</summary>
    public static MethodProblem? Problem(LoraSettings settings, BackboneShape shape)
    {
        string? unknown = settings.Targets.FirstOrDefault(t => !LoraSettings.AllTargets.Contains(t));
        return unknown is not null
            ? new MethodProblem("lora-targets", $"'{unknown}' is no projection; there are {string.Join(", ", LoraSettings.AllTargets)}.")
            : settings.Targets.Count == 0 ? new MethodProblem("lora-targets", "nothing is adapted; name at least one projection.")
            : settings.Dropout is not (>= 0 and < 1)
            ? new MethodProblem("lora-dropout", "the share is not from 0 to below 1; give one in that range.")
            : settings.Blocks.Any(b => b < 0 || b >= shape.Depth)
            ? new MethodProblem("lora-blocks", $"the backbone has the blocks 0 to {shape.Depth - 1}.")
            : null;
    }

    /// <summary>What both low-rank methods keep.</summary>
    public static void Describe(LoraSettings settings, IDictionary<string, string> metadata)
    {
        metadata.Write("alpha", settings.Alpha);
        metadata.Write("dropout", settings.Dropout);
        metadata.Write("targets", settings.Targets.ToArray());
        metadata.Write("blocks", settings.Blocks.ToArray());
    }

    /// <summary>What <see cref="Describe"/> wrote.</summary>
    public static LoraSettings Read(IReadOnlyDictionary<string, string> metadata) => new()
    {
        Alpha = metadata.Number("alpha"),
        Dropout = metadata.Number("dropout"),
        Targets = metadata.List<string>("targets"),
        Blocks = metadata.List<int>("blocks"),
    };
}
