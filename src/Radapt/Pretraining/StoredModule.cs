using Radapt.Checkpoints;
using Radapt.Compute;
using static TorchSharp.torch;

namespace Radapt.Pretraining;

/// <summary>A decoder's tensors in a file of weights.</summary>
internal static class StoredModule
{
    /// <summary>Copies all parameters of a module from a file, if it has all of them in the same shape; else none.</summary>
    public static bool Take(nn.Module module, CheckpointFile file)
    {
        Dictionary<string, TensorInfo> there = file.Tensors.ToDictionary(t => t.Name);
        (string Name, Tensor Tensor)[] own = [.. module.named_parameters().Select(p => (p.name, (Tensor)p.parameter))];
        if (!own.All(t => there.TryGetValue(t.Name, out TensorInfo? info) && info.Shape.SequenceEqual<long>(t.Tensor.shape)))
        {
            return false;
        }

        using var noGradient = no_grad();
        foreach ((string name, Tensor tensor) in own)
        {
            using var scope = NewDisposeScope();
            tensor.CopyInPlace(file.ReadFloat32(name));
        }

        return true;
    }

    /// <summary>Parameters that train: all but the position embeddings of patches.</summary>
    public static long CountTrained(nn.Module module) => module.named_parameters()
        .Where(p => !p.name.EndsWith("pos_embed", StringComparison.Ordinal)).Sum(p => p.parameter.numel());
}
