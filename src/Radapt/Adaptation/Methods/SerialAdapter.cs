using Radapt.Compute;
using Radapt.Models;
using static TorchSharp.torch;

namespace Radapt.Adaptation.Methods;

/// <summary>Houlsby's adapter behind a branch: h + up(GELU(down(h))), h what the branch gives.</summary>
internal sealed class SerialAdapter(int width, int channels, Kernels kernels) : IBranchAdapter, IAdapterTensors
{
    private readonly Bottleneck _bottleneck = new(width, channels, kernels);

    /// <inheritdoc/>
    public IEnumerable<(string Name, Tensor Tensor)> Tensors() => _bottleneck.Tensors();

    /// <summary>
    /// Both matrices normal with standard deviation 0.01, cut at two of them, so that the start is almost the base model (section 3.1
    /// there); biases zero.
    /// </summary>
    public void Initialise(string prefix, long seed)
    {
        Initialisation.TruncatedNormal(_bottleneck.DownWeight, prefix + "down.weight", 0.01, seed);
        Initialisation.TruncatedNormal(_bottleneck.UpWeight, prefix + "up.weight", 0.01, seed);
    }

    /// <inheritdoc/>
    public Tensor Forward(Tensor input, Tensor output) => output.Plus(_bottleneck.Up(_bottleneck.Gelu(_bottleneck.Down(output))));

    /// <inheritdoc/>
    public void Dispose() => _bottleneck.Dispose();
}
