using Radapt.Compute;
using static TorchSharp.torch;

namespace Radapt.Adaptation;

/// <summary>What several runs of one method learned, as one: the plain mean of every tensor. Owns the means.</summary>
internal class TensorMean : IDisposable
{
    private readonly OrderedDictionary<string, Tensor> _means = new(StringComparer.Ordinal);

    private int _count;

    /// <summary>Adds what a run learned; the tensors stay the caller's.</summary>
    public void Add(IReadOnlyDictionary<string, Tensor> tensors)
    {
        using var noGradient = no_grad();
        _count++;
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
            mean.AddToMeanInPlace(tensor, _count);
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
