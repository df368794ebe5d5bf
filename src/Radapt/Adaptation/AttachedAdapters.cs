using Radapt.Compute;
using Radapt.Models;
using static TorchSharp.torch;

namespace Radapt.Adaptation;

/// <summary>All adapters that a method added to one backbone, each with the slot it belongs into. Owns their tensors.</summary>
internal sealed class AttachedAdapters(ComputePlan plan) : IDisposable
{
    private readonly List<Slot> _slots = [];
    private readonly List<ProjectionSlot> _projections = [];

    /// <summary>What happens in the training loop besides gradients; null: nothing.</summary>
    public ITrainingSchedule? Schedule { get; init; }

    /// <summary>Whether all of it can be added to the base weights.</summary>
    public bool CanMerge => _projections.Count == _slots.Count;

    /// <summary>Whether merged weights are in the slots.</summary>
    public bool Merged => _projections.Exists(p => p.Merged is not null);

    /// <summary>The adapters' tensors, such as <c>blocks.0.attn.qkv.lora_A</c>, block after block.</summary>
    public IEnumerable<(string Name, Tensor Tensor)> Tensors() =>
        _slots.SelectMany(s => s.Adapter.Tensors().Select(t => (s.Name + t.Name, t.Tensor)));

    /// <summary>An adapter for a projection.</summary>
    /// <param name="name">The projection's name.</param>
    /// <param name="projection">The projection.</param>
    /// <param name="adapter">The adapter; belongs to this object from here on.</param>
    public void Add<T>(string name, Projection projection, T adapter)
        where T : IProjectionAdapter, IAdapterTensors
    {
        _projections.Add(new ProjectionSlot(name, projection, adapter));
        Add(name + ".", adapter, isIn => projection.Adapter = isIn ? adapter : null);
    }

    /// <summary>Any other adapter.</summary>
    /// <param name="prefix">What its tensors' names begin with.</param>
    /// <param name="adapter">The adapter; belongs to this object from here on.</param>
    /// <param name="place">Puts it into its slot (true) or empties the slot (false).</param>
    public void Add(string prefix, IAdapterTensors adapter, Action<bool> place) => _slots.Add(new Slot(prefix, adapter, place));

    /// <summary>Adapters on projections, with the projection's name.</summary>
    public IEnumerable<(string Name, Projection Projection, IProjectionAdapter Adapter)> Projections =>
        _projections.Select(p => (p.Name, p.Projection, p.Adapter));

    /// <summary>Puts every adapter, or what it was merged into, into its slot.</summary>
    public void Attach()
    {
        _slots.ForEach(s => s.Place(true));
        foreach (ProjectionSlot slot in _projections.Where(s => s.Merged is not null))
        {
            slot.Projection.Adapter = slot.Merged;
        }
    }

    /// <summary>Empties the slots; the adapters stay as they are, merged or not.</summary>
    public void Detach() => _slots.ForEach(s => s.Place(false));

    /// <summary>
    /// Replaces adapters on projections by base + delta in the plan's precision; others stay. Does nothing where that is already so.
    /// </summary>
    /// <param name="exact">Finds the projection that holds the base weight in float32; null: the adapter's own does.</param>
    public void Merge(Func<Projection, Projection>? exact = null)
    {
        foreach (ProjectionSlot slot in _projections.Where(s => s.Merged is null))
        {
            slot.Merged = new MergedProjection(exact?.Invoke(slot.Projection) ?? slot.Projection, slot.Adapter, plan.Type);
            slot.Projection.Adapter = slot.Merged;
        }
    }

    /// <summary>Puts the adapters back; the base weights were never changed.</summary>
    public void Unmerge()
    {
        DropMerged();
        Attach();
    }

    /// <summary>Makes the adapted weights the new base, for good; float32, rounded once. The adapters are used up by it.</summary>
    public void AddToBase()
    {
        using var noGradient = no_grad();
        foreach (ProjectionSlot slot in _projections)
        {
            using var scope = NewDisposeScope();
            ProjectionDelta delta = slot.Adapter.Delta(slot.Projection)!;
            slot.Projection.weight.AddInPlace(delta.Weight);
            if (delta.Bias is not null)
            {
                slot.Projection.bias.AddInPlace(delta.Bias);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Detach();
        DropMerged();
        _slots.ForEach(s => s.Adapter.Dispose());
        (Schedule as IDisposable)?.Dispose();
        _slots.Clear();
        _projections.Clear();
    }

    private void DropMerged()
    {
        foreach (ProjectionSlot slot in _projections)
        {
            slot.Merged?.Dispose();
            slot.Merged = null;
        }
    }

    private sealed record Slot(string Name, IAdapterTensors Adapter, Action<bool> Place);

    private sealed class ProjectionSlot(string name, Projection projection, IProjectionAdapter adapter)
    {
        public string Name => name;

        public Projection Projection => projection;

        public IProjectionAdapter Adapter => adapter;

        public MergedProjection? Merged { get; set; }
    }
}
