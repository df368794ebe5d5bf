using Radapt.Checkpoints;
using static TorchSharp.torch;

namespace Radapt.Tests.Golden;

/// <summary>The tensors of one golden file, in memory until disposed.</summary>
internal sealed class GoldenTensors : IDisposable
{
    private readonly Dictionary<string, Tensor> _tensors = [];

    public GoldenTensors(string path)
    {
        using CheckpointFile file = CheckpointFile.Open(path);
        foreach (TensorInfo info in file.Tensors)
        {
            _tensors.Add(info.Name, file.ReadTensor(info.Name).DetachFromDisposeScope());
        }
    }

    public Tensor this[string name] => _tensors[name];

    public IEnumerable<string> Names => _tensors.Keys;

    public bool Has(string name) => _tensors.ContainsKey(name);

    /// <summary>Copies every tensor that the model has; returns the names it lacks.</summary>
    public string[] CopyInto(IEnumerable<(string Name, Tensor Tensor)> model)
    {
        using var noGradient = no_grad();
        var missing = new List<string>();
        foreach ((string name, Tensor tensor) in model)
        {
            if (_tensors.TryGetValue(name, out Tensor? stored))
            {
                tensor.copy_(stored);
            }
            else
            {
                missing.Add(name);
            }
        }

        return [.. missing];
    }

    public void Dispose()
    {
        foreach (Tensor tensor in _tensors.Values)
        {
            tensor.Dispose();
        }
    }
}
