using Radapt.Compute;
using static TorchSharp.torch;

namespace Radapt.Training;

/// <summary>
/// The mean of the trained tensors over the last epochs. Of low-rank updates the factors are averaged, not their product: late in training
/// they hardly move, so the two are close. (Of different runs they are not: <see cref="Adaptation.Lora.LoraMean"/>.) Owns the means.
/// </summary>
internal sealed class WeightAverage : IDisposable
{
    private readonly (string Name, Tensor Trained, Tensor Mean)[] _tensors;
    private readonly int _first;

    /// <param name="trained">The trained tensors.</param>
    /// <param name="epochs">Epochs of the training; the last quarter is averaged, at least one.</param>
    public WeightAverage(IEnumerable<(string Name, Tensor Tensor)> trained, int epochs)
    {
        _first = epochs - Window(epochs) + 1;
        _tensors = [.. trained.Select(t => (t.Name, t.Tensor, zeros_like(t.Tensor).DetachFromDisposeScope()))];
    }

    /// <summary>Epochs that are averaged.</summary>
    public static int Window(int epochs) => (epochs + 3) / 4;

    /// <summary>The means by name, which a resumed run restores.</summary>
    public IEnumerable<(string Name, Tensor Tensor)> State() => _tensors.Select(t => (t.Name, t.Mean));

    /// <summary>Adds the tensors as they are at the end of an epoch; nothing before the last quarter.</summary>
    /// <param name="epoch">The epoch, from 1.</param>
    public void Add(int epoch)
    {
        if (epoch < _first)
        {
            return;
        }

        using var noGradient = no_grad();
        foreach ((_, Tensor trained, Tensor mean) in _tensors)
        {
            mean.AddToMeanInPlace(trained, epoch - _first + 1);
        }
    }

    /// <summary>Puts the means in place of the tensors until the result is disposed; before the last quarter it changes nothing.</summary>
    /// <param name="epoch">The last epoch that was added, from 1.</param>
    public IDisposable Use(int epoch) => new Exchange(epoch < _first ? [] : _tensors);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach ((_, _, Tensor mean) in _tensors)
        {
            mean.Dispose();
        }
    }

    private sealed class Exchange : IDisposable
    {
        private readonly List<(Tensor Trained, Tensor Own)> _own = [];

        public Exchange((string Name, Tensor Trained, Tensor Mean)[] tensors)
        {
            using var noGradient = no_grad();
            foreach ((_, Tensor trained, Tensor mean) in tensors)
            {
                _own.Add((trained, trained.clone().DetachFromDisposeScope()));
                trained.CopyInPlace(mean);
            }
        }

        public void Dispose()
        {
            using var noGradient = no_grad();
            foreach ((Tensor trained, Tensor own) in _own)
            {
                trained.CopyInPlace(own);
                own.Dispose();
            }

            _own.Clear();
        }
    }
}
