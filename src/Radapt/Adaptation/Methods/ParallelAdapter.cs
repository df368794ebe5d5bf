using Radapt.Compute;
using Radapt.Models;
using static TorchSharp.torch;

namespace Radapt.Adaptation.Methods;

/// <summary>The scaled parallel adapter beside a branch: h + s up(ReLU(down(x))), x what the branch reads and h what it gives.</summary>
internal sealed class ParallelAdapter(int width, int channels, double scale, Kernels kernels) : IBranchAdapter, IAdapterTensors
{
    private readonly Bottleneck _bottleneck = new(width, channels, kernels);

    /// <inheritdoc/>
    public IEnumerable<(string Name, Tensor Tensor)> Tensors() => _bottleneck.Tensors();

    /// <summary>As LoRA: down uniform within ±1/sqrt(C), up zero, so that the start is the base model; biases zero.</summary>
    public void Initialise(string prefix, long seed) =>
        Initialisation.Uniform(_bottleneck.DownWeight, prefix + "down.weight", 1 / Math.Sqrt(width), seed);

    /// <inheritdoc/>
    public Tensor Forward(Tensor input, Tensor output) =>
        // Scaled before it is added: in bfloat16 the tensor library rounds a scaled sum differently at the end of a tensor.
        output.Plus(_bottleneck.Up(_bottleneck.Down(input).relu()).Times(scale));

    /// <inheritdoc/>
    public void Dispose() => _bottleneck.Dispose();
}
