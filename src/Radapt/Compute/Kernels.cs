using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Radapt.Compute;

/// <summary>The operations a transformer is made of, as one compute plan runs them. Every product that costs time goes through here.</summary>
internal sealed class Kernels(ComputePlan plan)
{
    /// <summary>The plan these kernels carry out.</summary>
    public ComputePlan Plan { get; } = plan;

    /// <summary>x W^T + b. Weights of another type than the activations (trained float32 masters) are cast to theirs.</summary>
    /// <param name="input">(…, in)</param>
    /// <param name="weight">(out, in)</param>
    /// <param name="bias">(out)</param>
    /// <returns>(…, out)</returns>
    public Tensor Linear(Tensor input, Tensor weight, Tensor? bias) => F.linear(input, Cast(weight, input), bias is null ? null : Cast(bias, input));

    /// <summary>softmax(Q K^T / sqrt(C/H)) V for every head.</summary>
    /// <param name="query">(B, H, N, C/H); key and value alike</param>
    /// <param name="key">(B, H, N, C/H)</param>
    /// <param name="value">(B, H, N, C/H)</param>
    /// <returns>(B, H, N, C/H)</returns>
    public Tensor Attention(Tensor query, Tensor key, Tensor value) => F.scaled_dot_product_attention(query, key, value);

    /// <summary>Layer normalisation over the last dimension, statistics in float32.</summary>
    public Tensor LayerNorm(Tensor input, Tensor weight, Tensor bias, double epsilon) =>
        F.layer_norm(input, [weight.shape[0]], Cast(weight, input), Cast(bias, input), epsilon);

    /// <summary>Exact GELU, x Φ(x) with the error function.</summary>
    public Tensor Gelu(Tensor input) => F.gelu(input);

    private static Tensor Cast(Tensor weight, Tensor like) => weight.dtype == like.dtype ? weight : weight.to(like.dtype);
}
