using Radapt.Compute;
using static TorchSharp.torch;

namespace Radapt.Adaptation;

/// <summary>What several runs of one method learned, as one: the weighted mean of every tensor. Owns the means.</summary>
internal class TensorMean : IDisposable
{
    private readonly OrderedDictionary<string, Tensor> _means = new(StringComparer.Ordinal);

    private readonly List<double> _weights = [];

    /// <summary>The share of every run in the mean, in the order in which they were added.</summary>
    protected IReadOnlyList<double> Shares => [.. _weights.Select(w => w / _weights.Sum())];

    /// <summary>Adds what a run learned; the tensors stay the caller's.</summary>
    /// <param name="tensors">By name.</param>
    /// <param name="weight">What it counts, above 0, such as its number of training images; the same for all: the plain mean.</param>
    public void Add(IReadOnlyDictionary<string, Tensor> tensors, double weight = 1)
    {
        using var noGradient = no_grad();
        _weights.Add(weight);
        foreach ((string name, Tensor tensor) in tensors)
        {
            Add(name, tensor);
        }
    }

    /// <summary>The means by name, which stay this object's.</summary>
    public virtual IEnumerable<(string Name, Tensor Tensor)> Tensors() => _means.Select(m => (m.Key, m.Value));

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Adds a tensor of the latest run.</summary>
    protected virtual void Add(string name, Tensor tensor)
    {
        if (_means.TryGetValue(name, out Tensor? mean))
        {
            mean.AddToMeanInPlace(tensor, _weights[^1] / _weights.Sum());
        }
        else
        {
            _means[name] = tensor.clone().DetachFromDisposeScope();
        }
    }

    /// <inheritdoc cref="Dispose()"/>
    protected virtual void Dispose(bool disposing)
    {
        foreach (Tensor mean in _means.Values)
        {
            mean.Dispose();
        }
    }
}
