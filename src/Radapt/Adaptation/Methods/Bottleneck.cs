using Radapt.Compute;
using static TorchSharp.torch;

namespace Radapt.Adaptation.Methods;

/// <summary>Two linear maps, down to a few channels and up again. Owns their tensors.</summary>
internal sealed class Bottleneck : IDisposable
{
    private readonly Kernels _kernels;

    /// <param name="width">Channels C of a token.</param>
    /// <param name="channels">Channels inside, M.</param>
    /// <param name="kernels">What computes its products; the model's.</param>
    public Bottleneck(int width, int channels, Kernels kernels)
    {
        _kernels = kernels;
        ComputePlan plan = kernels.Plan;
        DownWeight = Models.Tensors.Parameter(plan, channels, width);
        DownBias = Models.Tensors.Parameter(plan, channels);
        UpWeight = Models.Tensors.Parameter(plan, width, channels);
        UpBias = Models.Tensors.Parameter(plan, width);
        foreach ((_, Tensor tensor) in Tensors())
        {
            Models.Initialisation.Fill(tensor, 0);
            tensor.requires_grad = true;
        }
    }

    /// <summary>(M, C).</summary>
    public Tensor DownWeight { get; }

    /// <summary>(M).</summary>
    public Tensor DownBias { get; }

    /// <summary>(C, M).</summary>
    public Tensor UpWeight { get; }

    /// <summary>(C).</summary>
    public Tensor UpBias { get; }

    /// <summary>Names and tensors.</summary>
    public IEnumerable<(string Name, Tensor Tensor)> Tensors() =>
        [("down.weight", DownWeight), ("down.bias", DownBias), ("up.weight", UpWeight), ("up.bias", UpBias)];

    /// <summary>(B, N, C) -> (B, N, M), before the activation.</summary>
    public Tensor Down(Tensor input) => _kernels.Linear(input, DownWeight, DownBias);

    /// <summary>(B, N, M) -> (B, N, C).</summary>
    public Tensor Up(Tensor inner) => _kernels.Linear(inner, UpWeight, UpBias);

    /// <summary>Exact GELU.</summary>
    public Tensor Gelu(Tensor inner) => _kernels.Gelu(inner);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach ((_, Tensor tensor) in Tensors())
        {
            tensor.Dispose();
        }
    }
}
