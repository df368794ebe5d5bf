using Radapt.Compute;
using Radapt.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Radapt.Adaptation;

/// <summary>All LoRA adapters of one backbone, by the name of the projection they sit on. Owns their tensors.</summary>
internal sealed class LoraAdapters : IDisposable
{
    private readonly SortedDictionary<int, (string Name, Projection Projection, LoraAdapter Adapter)> _adapters = [];
    private readonly VisionTransformer _encoder;
    private readonly ComputePlan _plan;

    /// <summary>Adapters for <paramref name="encoder"/>, at their initial values and not yet attached.</summary>
    /// <exception cref="RadaptException">A block that does not exist, a target that is unknown, or a rank that is no rank.</exception>
    public LoraAdapters(VisionTransformer encoder, LoraSettings settings, ComputePlan plan, long seed)
    {
        (_encoder, Settings, _plan) = (encoder, settings, plan);
        Check(settings, encoder.Shape);
        string[] thirds = ["q", "k", "v"];
        int[] groups = [.. Enumerable.Range(0, 3).Where(i => settings.Targets.Contains(thirds[i]))];
        for (int block = 0; block < encoder.Shape.Depth; block++)
        {
            if (settings.Blocks.Count > 0 && !settings.Blocks.Contains(block))
            {
                continue;
            }

            Block b = encoder.blocks[block];
            if (groups.Length > 0)
            {
                Add($"blocks.{block}.attn.qkv", b.attn.qkv, 3, groups, 4 * block);
            }

            AddIfTarget("proj", $"blocks.{block}.attn.proj", b.attn.proj, (4 * block) + 1);
            AddIfTarget("fc1", $"blocks.{block}.mlp.fc1", b.mlp.fc1, (4 * block) + 2);
            AddIfTarget("fc2", $"blocks.{block}.mlp.fc2", b.mlp.fc2, (4 * block) + 3);
        }

        void AddIfTarget(string target, string name, Projection projection, int number)
        {
            if (settings.Targets.Contains(target))
            {
                Add(name, projection, 1, [0], number);
            }
        }

        void Add(string name, Projection projection, int groupCount, int[] adapted, int number)
        {
            var adapter = new LoraAdapter(settings, projection.weight.shape[1], projection.weight.shape[0], groupCount, adapted, number, plan);
            adapter.Initialise(name, seed);
            _adapters.Add(number, (name, projection, adapter));
        }
    }

    /// <summary>Rank, scale, targets.</summary>
    public LoraSettings Settings { get; }

    /// <summary>Whether the merged weights are in the slots.</summary>
    public bool Merged => _adapters.Values.Any(a => a.Projection.Adapter is MergedProjection);

    /// <summary>The adapters' tensors: <c>blocks.0.attn.qkv.lora_A</c> and <c>lora_B</c>, block after block.</summary>
    public IEnumerable<(string Name, Tensor Tensor)> Tensors() =>
        _adapters.Values.SelectMany(a => new[] { (a.Name + ".lora_A", a.Adapter.A), (a.Name + ".lora_B", a.Adapter.B) });

    /// <summary>Puts every adapter into its slot.</summary>
    public void AttachTo(VisionTransformer encoder)
    {
        if (!ReferenceEquals(encoder, _encoder))
        {
            throw new ArgumentException("These adapters were made for another backbone.", nameof(encoder));
        }

        foreach ((_, Projection projection, LoraAdapter adapter) in _adapters.Values)
        {
            projection.Adapter = adapter;
        }
    }

    /// <summary>Replaces every adapter in its slot by base + delta in the plan's precision. Does nothing where that is already so.</summary>
    public void Merge()
    {
        foreach ((_, Projection projection, LoraAdapter adapter) in _adapters.Values.Where(a => a.Projection.Adapter is not MergedProjection))
        {
            projection.Adapter = new MergedProjection(projection, adapter, _plan.Type);
        }
    }

    /// <summary>Puts the adapters back; the base weights were never changed.</summary>
    public void Unmerge()
    {
        foreach ((_, Projection projection, LoraAdapter adapter) in _adapters.Values)
        {
            (projection.Adapter as MergedProjection)?.Dispose();
            projection.Adapter = adapter;
        }
    }

    /// <summary>Makes the adapted weights the new base, for good; float32, rounded once. The adapters are used up by it.</summary>
    public void AddToBase()
    {
        using var noGradient = no_grad();
        foreach ((_, Projection projection, LoraAdapter adapter) in _adapters.Values)
        {
            using Tensor delta = adapter.Delta();
            projection.weight.Add(delta);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach ((_, Projection projection, LoraAdapter adapter) in _adapters.Values)
        {
            (projection.Adapter as MergedProjection)?.Dispose();
            projection.Adapter = null;
            adapter.Dispose();
        }

        _adapters.Clear();
    }

    private static void Check(LoraSettings settings, BackboneShape shape)
    {
        if (settings.Rank < 1 || settings.Rank > shape.Width)
        {
            throw new RadaptException($"LoRA rank {settings.Rank} is outside 1 to {shape.Width} (the backbone's width): give --rank in that range.");
        }

        string? unknown = settings.Targets.FirstOrDefault(t => !LoraSettings.AllTargets.Contains(t));
        if (unknown is not null || settings.Targets.Count == 0)
        {
            throw new RadaptException($"LoRA target '{unknown}' is unknown: --lora-targets takes {string.Join(", ", LoraSettings.AllTargets)}.");
        }

        if (settings.Blocks.FirstOrDefault(b => b < 0 || b >= shape.Depth, -1) is var wrong and not -1)
        {
            throw new RadaptException($"LoRA block {wrong} does not exist: --lora-blocks takes 0 to {shape.Depth - 1} for this backbone.");
        }
    }
}
