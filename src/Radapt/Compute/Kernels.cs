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
    public Tensor Linear(Tensor input, Tensor weight, Tensor? bias)
    {
        Tensor w = Cast(weight, input);
        Tensor? b = bias is null ? null : Cast(bias, input);
        return Plan.Products == "convolution" && input.dtype == ScalarType.Float32 ? LinearByConvolution(input, w, b) : F.linear(input, w, b);
    }

    /// <summary>The same product as a 1 x 1 convolution over rows in channels-last order, which oneDNN computes.</summary>
    public static Tensor LinearByConvolution(Tensor input, Tensor weight, Tensor? bias)
    {
        long inputs = input.shape[^1];
        long rows = input.numel() / inputs;
        Tensor pixels = input.reshape(1, rows, 1, inputs).permute(0, 3, 1, 2); // (1, in, rows, 1), channels last
        Tensor mapped = F.conv2d(pixels, weight.view(weight.shape[0], inputs, 1, 1), bias); // (1, out, rows, 1)
        return mapped.permute(0, 2, 3, 1).reshape([.. input.shape[..^1], weight.shape[0]]);
    }

    /// <summary>softmax(Q K^T / sqrt(C/H)) V for every head. The fused kernel in float32; in bfloat16 the products one by one are faster.</summary>
    /// <param name="query">(B, H, N, C/H); key and value alike</param>
    /// <param name="key">(B, H, N, C/H)</param>
    /// <param name="value">(B, H, N, C/H)</param>
    /// <returns>(B, H, N, C/H)</returns>
    public Tensor Attention(Tensor query, Tensor key, Tensor value)
    {
        if (query.dtype == ScalarType.Float32 || query.device_type != DeviceType.CPU)
        {
            return F.scaled_dot_product_attention(query, key, value);
        }

        Tensor scores = query.Times(1 / Math.Sqrt(query.shape[^1])).matmul(key.transpose(-2, -1)); // (B, H, N, N)
        return scores.softmax(-1).matmul(value); // (B, H, N, C/H)
    }

    /// <summary>To the type that products are computed in.</summary>
    public Tensor Activations(Tensor tokens) => tokens.to(Plan.Type);

    /// <summary>Layer normalisation over the last dimension; statistics, weight and bias in float32 whatever the type of the input.</summary>
    public Tensor LayerNorm(Tensor input, Tensor weight, Tensor bias, double epsilon) => F.layer_norm(input, [weight.shape[0]], weight, bias, epsilon);

    /// <summary>Exact GELU, x Φ(x) with the error function.</summary>
    public Tensor Gelu(Tensor input) => F.gelu(input);

    private static Tensor Cast(Tensor weight, Tensor like) => weight.dtype == like.dtype ? weight : weight.to(like.dtype);
}
