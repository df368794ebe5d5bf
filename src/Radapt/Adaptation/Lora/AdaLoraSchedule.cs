using Radapt.Compute;
using static TorchSharp.torch;

namespace Radapt.Adaptation.Lora;

/// <summary>
/// AdaLoRA's budget (Zhang et al. 2023, sections 3.2 and 3.3). Importance of a number w: sensitivity |w dL/dw|, smoothed over updates,
/// times its uncertainty, the smoothed distance of the sensitivity from its own mean (equations 8 to 10). After every update the least
/// important singular values beyond the budget become 0; in the last updates the distribution stays.
/// </summary>
internal sealed class AdaLoraSchedule : ITrainingSchedule, IDisposable
{
    private const double Smoothing = 0.85; // beta 1 and beta 2: the paper's

    private readonly AdaLoraOptions _settings;
    private readonly IReadOnlyList<(string Name, AdaLoraAdapter Adapter)> _adapters;
    private readonly List<(string Name, Tensor Tensor, Tensor Mean, Tensor Distance)> _sensitivity = [];
    private readonly List<Tensor> _kept = []; // per adapter: 1 where the singular value stays, else 0

    public AdaLoraSchedule(AdaLoraOptions settings, IReadOnlyList<(string Name, AdaLoraAdapter Adapter)> adapters)
    {
        (_settings, _adapters) = (settings, adapters);
        foreach ((string name, AdaLoraAdapter adapter) in adapters)
        {
            _sensitivity.AddRange(adapter.Tensors().Select(t => ($"{name}.{t.Name}", t.Tensor, Zeros(t.Tensor), Zeros(t.Tensor))));
            _kept.Add(ones_like(adapter.Values, requires_grad: false).DetachFromDisposeScope());
        }

        static Tensor Zeros(Tensor like) => zeros_like(like, requires_grad: false).DetachFromDisposeScope();
    }

    /// <summary>Singular values at the start.</summary>
    public long InitialBudget => _kept.Sum(k => k.numel());

    /// <summary>
    /// The singular values that stay after an update: cubic between the two phases in which nothing changes (equation 12).
    /// </summary>
    /// <param name="update">Updates done, from 0.</param>
    /// <param name="updates">Updates of the whole training.</param>
    public long Budget(long update, long updates)
    {
        long last = InitialBudget / _settings.InitialRank * _settings.TargetRank;
        double first = Math.Round(_settings.Tinit * updates);
        double end = updates - Math.Round(_settings.Tfinal * updates);
        return update < first ? InitialBudget
            : update >= end ? last
            : (long)Math.Round(last + ((InitialBudget - last) * Math.Pow(1 - ((update - first) / (end - first)), 3)));
    }

    /// <inheritdoc/>
    public Tensor Penalty() =>
        _adapters.Select(a => a.Adapter.Unorthogonality()).Aggregate((a, b) => a.Plus(b)).Times(_settings.Orthogonality);

    /// <inheritdoc/>
    public void BeforeUpdate(long update, long updates)
    {
        if (IsFinal(update, updates))
        {
            return;
        }

        using var noGradient = no_grad();
        foreach ((_, Tensor tensor, Tensor mean, Tensor distance) in _sensitivity)
        {
            using var scope = NewDisposeScope();
            if (tensor.grad is { } gradient)
            {
                Tensor now = (tensor * gradient).abs();
                mean.ScaleInPlace(Smoothing).AddInPlace(now, 1 - Smoothing);
                distance.ScaleInPlace(Smoothing).AddInPlace((now - mean).abs(), 1 - Smoothing);
            }
        }
    }

    /// <inheritdoc/>
    public void AfterUpdate(long update, long updates)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        if (!IsFinal(update, updates))
        {
            Allocate(Budget(update, updates));
        }

        foreach (((_, AdaLoraAdapter adapter), Tensor kept) in _adapters.Zip(_kept))
        {
            adapter.Values.ScaleInPlace(kept);
        }
    }

    /// <inheritdoc/>
    public IEnumerable<(string Name, Tensor Tensor)> State() =>
    [
        .. _sensitivity.SelectMany(s => new[] { ("sensitivity." + s.Name, s.Mean), ("uncertainty." + s.Name, s.Distance) }),
        .. _adapters.Zip(_kept, (a, k) => ("kept." + a.Name, k)),
    ];

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach ((_, Tensor tensor) in State())
        {
            tensor.Dispose();
        }
    }

    // The distribution of the first update of the final phase stays.
    private bool IsFinal(long update, long updates) => update > updates - Math.Round(_settings.Tfinal * updates);

    private void Allocate(long budget)
    {
        float[] scores = [.. _adapters.SelectMany((a, i) => Scores(a.Adapter, 3 * i))];
        var kept = new float[scores.Length];
        // stable: ties by place
        foreach (int place in Enumerable.Range(0, scores.Length).OrderByDescending(i => scores[i]).Take((int)budget))
        {
            kept[place] = 1;
        }

        int start = 0;
        foreach (Tensor mask in _kept)
        {
            int count = (int)mask.numel();
            mask.CopyInPlace(tensor(kept[start..(start + count)]));
            start += count;
        }
    }

    private float[] Scores(AdaLoraAdapter adapter, int first)
    {
        Tensor[] scores = [.. _sensitivity.Skip(first).Take(3).Select(s => s.Mean * s.Distance)]; // P, values, Q
        return [.. adapter.PerTriplet(scores[0], scores[1], scores[2]).cpu().data<float>()];
    }
}
