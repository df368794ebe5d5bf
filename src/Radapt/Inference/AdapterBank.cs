using Radapt.Adaptation;
using Radapt.Adaptation.Files;
using Radapt.Adaptation.Lora;
using Radapt.Compute;
using Radapt.Models;
using static TorchSharp.torch;

namespace Radapt.Inference;

/// <summary>
/// Several LoRA adapters on one backbone. Switching puts others into the slots and never touches the base weights; a batch whose images
/// ask for different adapters runs in one pass that shares the products with the base weights. One bank serves one thread at a time.
/// </summary>
internal sealed class AdapterBank : IDisposable
{
    private readonly VisionTransformer _encoder;
    private readonly IReadOnlyList<BankedAdapter> _adapters;
    private readonly List<(Projection Projection, MixedLora Mixed)> _mixed = [];
    private Tensor? _chosen; // (B), while a mixed batch runs

    /// <param name="encoder">The backbone in float32, no adapter in its slots; belongs to the bank from here on.</param>
    /// <param name="adapters">At least one; their heads pool alike.</param>
    /// <param name="plan">Precision and device.</param>
    public AdapterBank(VisionTransformer encoder, IReadOnlyList<BankedAdapter> adapters, ComputePlan plan)
    {
        (_encoder, _adapters) = (encoder, adapters);
        Names = [.. adapters.Select(a => a.Name)];
        var slots = adapters.Select(a => a.Adapters.Projections.ToDictionary(p => p.Projection, p => (LoraAdapter)p.Adapter)).ToList();
        foreach (Projection projection in slots.SelectMany(s => s.Keys).Distinct())
        {
            _mixed.Add(
                (projection, new MixedLora(projection, [.. slots.Select(s => s.GetValueOrDefault(projection))], () => _chosen!, plan)));
        }

        FrozenWeights.Round(encoder, plan);
    }

    /// <summary>The adapters' names.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Reads adapters of the same backbone and its base weights, once.</summary>
    /// <param name="runs">Names, with run folders or adapter files.</param>
    /// <param name="weights">Where the base weights are now; null: where they were when the first was trained.</param>
    /// <param name="plan">Precision, device, threads.</param>
    /// <exception cref="RadaptException">A file is missing or damaged, an adapter is not plain LoRA, or belongs to other base
    /// weights.</exception>
    public static AdapterBank Open(IReadOnlyList<(string Name, string RunOrAdapter)> runs, string? weights, ComputePlan plan)
    {
        AdapterDescription[] descriptions = [.. runs.Select(r => AdapterFile.Describe(r.RunOrAdapter))];
        AdapterDescription first = descriptions.FirstOrDefault()
            ?? throw new RadaptException("There is no adapter to load; name at least one run folder.");
        for (int i = 0; i < runs.Count; i++)
        {
            RequireFit(runs[i].RunOrAdapter, descriptions[i], runs[0].RunOrAdapter, first);
        }

        var encoder = new VisionTransformer(first.Backbone, 0, first.Pooling != Pooling.Mean, new Kernels(plan));
        List<BankedAdapter> adapters = [];
        try
        {
            BackboneWeights.LoadBase(first, weights, encoder);
            foreach (((string name, string path), AdapterDescription description) in runs.Zip(descriptions))
            {
                var head = new ClassificationHead(description.Backbone, description.Findings.Count, description.Pooling, new Kernels(plan));
                MethodOptions method = description.Method;
                adapters.Add(new BankedAdapter(name, method.Definition.Adapters(encoder, method, plan, description.Seed)!, head,
                    description.Findings));
                AdapterFile.Load(path, [.. head.named_parameters()
                    .Select(p => (p.name, (Tensor)p.parameter)), .. adapters[^1].Adapters.Tensors()]);
            }

            return new AdapterBank(encoder, adapters, plan);
        }
        catch
        {
            Dispose(adapters);
            encoder.Dispose();
            throw;
        }
    }

    /// <summary>Logits of a batch with one adapter.</summary>
    /// <param name="images">(B, 1 or 3, S, S), normalised</param>
    /// <param name="adapter">Its place among <see cref="Names"/>.</param>
    /// <returns>(B, F), before the sigmoid</returns>
    public Tensor Forward(Tensor images, int adapter)
    {
        BankedAdapter own = _adapters[adapter];
        own.Adapters.Attach();
        try
        {
            return own.Head.Forward(_encoder.Forward(images, ForwardPass.Evaluation), ForwardPass.Evaluation);
        }
        finally
        {
            own.Adapters.Detach();
        }
    }

    /// <summary>Logits of a batch in which every image has its own adapter.</summary>
    /// <param name="images">(B, 1 or 3, S, S), normalised</param>
    /// <param name="adapters">For every image the adapter's place among <see cref="Names"/>.</param>
    /// <returns>For every image its adapter's logits (F)</returns>
    public Tensor[] Forward(Tensor images, IReadOnlyList<int> adapters)
    {
        if (adapters.Count != images.shape[0])
        {
            throw new ArgumentException($"{adapters.Count} adapters for {images.shape[0]} images.", nameof(adapters));
        }

        Tensor pooled = _adapters[0].Head.Pool(Tokens(images, adapters)); // (B, C)
        var logits = new Tensor[adapters.Count];
        foreach (IGrouping<int, int> group in Enumerable.Range(0, adapters.Count).GroupBy(i => adapters[i]))
        {
            int[] places = [.. group];
            Tensor own = pooled.index_select(0, tensor(places.Select(p => (long)p).ToArray(), device: pooled.device));
            Tensor result = _adapters[group.Key].Head.ForwardPooled(own, ForwardPass.Evaluation); // (images of this adapter, F)
            for (int i = 0; i < places.Length; i++)
            {
                logits[places[i]] = result[i];
            }
        }

        return logits;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _mixed.ForEach(m => m.Mixed.Dispose());
        Dispose(_adapters);
        _encoder.Dispose();
    }

    private Tensor Tokens(Tensor images, IReadOnlyList<int> adapters)
    {
        _chosen = tensor(adapters.Select(a => (long)a).ToArray(), device: images.device);
        _mixed.ForEach(m => m.Projection.Adapter = m.Mixed);
        try
        {
            return _encoder.Forward(images, ForwardPass.Evaluation); // (B, N, C)
        }
        finally
        {
            _mixed.ForEach(m => m.Projection.Adapter = null);
            _chosen = null;
        }
    }

    private static void RequireFit(string path, AdapterDescription adapter, string firstPath, AdapterDescription first)
    {
        if (adapter.Method is not LoraOptions { Magnitudes: false })
        {
            throw new RadaptException(
                $"{path}: its method is {(adapter.Method is LoraOptions ? "DoRA" : adapter.Method.Name)}; only plain LoRA "
                    + "adapters can share a backbone in one batch.");
        }

        if (adapter.BaseSha256 != first.BaseSha256 || adapter.Backbone != first.Backbone || adapter.Pooling != first.Pooling)
        {
            throw new RadaptException(
                $"{path}: was trained with other base weights, another image size or another pooling than {firstPath}; "
                    + "load it into another bank.");
        }
    }

    private static void Dispose(IEnumerable<BankedAdapter> adapters)
    {
        foreach (BankedAdapter adapter in adapters)
        {
            adapter.Adapters.Dispose();
            adapter.Head.Dispose();
        }
    }
}
