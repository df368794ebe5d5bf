using System.Runtime.Intrinsics;
using Radapt.Compute.Functions;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Radapt.Compute;

/// <summary>
/// The operations a transformer is made of, as one compute plan runs them. Every product that costs time goes through here.
/// </summary>
internal sealed class Kernels(ComputePlan plan)
{
    /// <summary>The plan these kernels carry out.</summary>
    public ComputePlan Plan { get; } = plan;

    /// <summary>Which kernels ran.</summary>
    public ComputePath Path { get; } = new();

    /// <summary>x W^T + b. Weights of another type than the activations (trained float32 masters) are cast to theirs.</summary>
    /// <param name="input">(…, in)</param>
    /// <param name="weight">(out, in)</param>
    /// <param name="bias">(out)</param>
    /// <returns>(…, out)</returns>
    public Tensor Linear(Tensor input, Tensor weight, Tensor? bias)
    {
        Tensor w = Cast(weight, input);
        Tensor? b = bias is null ? null : Cast(bias, input);
        string? refusal = OnlyPlain ?? (input.dtype == ScalarType.Float32 ? null : "not float32");
        if (refusal is null && Plan.Products == "packed")
        {
            refusal = FrozenProduct.Refusal(input, w, b);
            if (refusal is null)
            {
                Path.Note(StepKernel.FrozenProduct, null);
                return FrozenProduct.Apply(input, w, b, Plan.Threads);
            }

            if (input.device_type == DeviceType.CPU && Vector512.IsHardwareAccelerated && FrozenProduct.IsForTraining(w, b))
            {
                // With vectors of 512 bits the convolution is up to twice as fast as the linear map, and keeps no more here; with 256 bits
                // full fine-tuning takes an eighth longer by it.
                Path.Note(StepKernel.Convolution, refusal);
                return LinearByConvolution(input, w, b);
            }
        }
        else if (refusal is null && Plan.Products == "convolution")
        {
            return Path.Choose(StepKernel.FrozenConvolution, FrozenConvolution.Refusal(input, w, b), StepKernel.Convolution)
                ? FrozenConvolution.Apply(input, w, b)
                : LinearByConvolution(input, w, b);
        }

        Path.Note(StepKernel.Linear, refusal ?? "products linear");
        return F.linear(input, w, b);
    }

    /// <summary>The same product as a 1 x 1 convolution over rows in channels-last order, which oneDNN computes.</summary>
    public static Tensor LinearByConvolution(Tensor input, Tensor weight, Tensor? bias)
    {
        long inputs = input.shape[^1];
        long rows = input.numel() / inputs;
        Tensor pixels = input.reshape(1, rows, 1, inputs).permute(0, 3, 1, 2); // (1, in, rows, 1), channels last
        Tensor mapped = F.conv2d(pixels, weight.unsqueeze(-1).unsqueeze(-1), bias); // (1, out, rows, 1)
        return mapped.permute(0, 2, 3, 1).reshape([.. input.shape[..^1], weight.shape[0]]);
    }

    /// <summary>
    /// softmax(Q K^T / sqrt(C/H)) V for every head: by passes of our own where they take it; otherwise the library's fused kernel in
    /// float32,
    /// which keeps less than the products one by one, and in bfloat16 on the CPU the products, which are twice as fast there.
    /// </summary>
    /// <param name="qkv">(B, N, 3 C): queries, keys, values, each with its heads side by side</param>
    /// <param name="heads">H</param>
    /// <returns>(B, N, C)</returns>
    public Tensor SelfAttention(Tensor qkv, int heads)
    {
        (long b, long n, long c) = (qkv.shape[0], qkv.shape[1], qkv.shape[2] / 3);
        string? refusal = OnlyPlain ?? Functions.SelfAttention.Refusal(qkv);
        if (refusal is null)
        {
            Path.Note(StepKernel.AttentionPasses, null);
            return Functions.SelfAttention.Apply(qkv, heads, Plan.Threads);
        }

        string? floatRefusal = OnlyPlain ?? FloatAttention.Refusal(qkv, heads);
        if (floatRefusal is null)
        {
            Path.Note(StepKernel.FloatAttention, null);
            return FloatAttention.Apply(qkv, heads, Plan.Threads);
        }

        bool isFloat32 = qkv.dtype == ScalarType.Float32;
        bool fused = isFloat32 || qkv.device_type != DeviceType.CPU;
        Path.Note(fused ? StepKernel.AttentionLibrary : StepKernel.AttentionProducts, isFloat32 ? floatRefusal : refusal);
        using var scope = NewDisposeScope();
        Tensor[] parts = qkv.view(b, n, 3, heads, c / heads).permute(2, 0, 3, 1, 4).unbind(0); // 3 x (B, H, N, C/H)
        (Tensor query, Tensor key, Tensor value) = (parts[0], parts[1], parts[2]);
        Tensor attended = fused
            ? F.scaled_dot_product_attention(query, key, value)
            : query.Times(1 / Math.Sqrt(c / heads)).matmul(key.transpose(-2, -1)).softmax(-1).matmul(value); // (B, H, N, C/H)
        return attended.transpose(1, 2).reshape(b, n, c).MoveToOuterDisposeScope();
    }

    /// <summary>The gradient of <see cref="Linear"/>'s input where the weight is frozen: g W.</summary>
    /// <param name="above">(…, out): the result's gradient</param>
    /// <param name="weight">(out, in), of the same type</param>
    /// <returns>(…, in)</returns>
    public Tensor InputGradient(Tensor above, Tensor weight) => OnlyPlain is not null || above.dtype != ScalarType.Float32
        ? above.matmul(weight)
        : Plan.Products switch
        {
            "packed" when FrozenProduct.Refusal(above, weight, null) is null => FrozenProduct.InputGradient(above, weight, Plan.Threads),
            "convolution" when FrozenConvolution.Refusal(above, weight, null) is null => FrozenConvolution.InputGradient(above, weight),
            _ => above.matmul(weight),
        };

    /// <summary>
    /// The residual sum, and its layer normalisation in the type that products are computed in. All statistics are float32.
    /// </summary>
    /// <param name="tokens">(B, N, C), float32</param>
    /// <param name="branch">What is added to them; null: nothing.</param>
    /// <param name="weight">(C)</param>
    /// <param name="bias">(C)</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <returns>Both (B, N, C): float32, and the plan's type</returns>
    public (Tensor Sum, Tensor Normed) AddNorm(Tensor tokens, ResidualBranch? branch, Tensor weight, Tensor bias, double epsilon)
    {
        if (Path.Choose(StepKernel.NormPass, OnlyPlain ?? ResidualNorm.Refusal(tokens, branch, Plan.Type), StepKernel.NormLibrary))
        {
            return ResidualNorm.Apply(tokens, branch, weight, bias, epsilon, Plan.Type, Plan.Threads);
        }

        Tensor sum = branch is null ? tokens : Add(tokens, branch);
        return (sum, LayerNorm(sum, weight, bias, epsilon).to(Plan.Type));
    }

    /// <summary>The residual sum: (B, N, C), float32.</summary>
    public Tensor Add(Tensor tokens, ResidualBranch branch)
    {
        Tensor values = branch.Channels is null ? branch.Values : branch.Values.to(branch.Channels.dtype) * branch.Channels;
        return branch.Samples is null
            ? tokens.Plus(values)
            : tokens.PlusProduct(
                values.to(tokens.dtype),
                tensor(branch.Samples, tokens.dtype, tokens.device).view(-1, 1, 1)); // factors: (B, 1, 1)
    }

    /// <summary>
    /// Layer normalisation over the last dimension; statistics, weight and bias in float32 whatever the type of the input.
    /// </summary>
    public Tensor LayerNorm(Tensor input, Tensor weight, Tensor bias, double epsilon) =>
        F.layer_norm(input, [weight.shape[0]], weight, bias, epsilon);

    /// <summary>Exact GELU, x Φ(x) with the error function.</summary>
    public Tensor Gelu(Tensor input) => Path.Choose(StepKernel.GeluPass, OnlyPlain ?? Functions.Gelu.Refusal(input), StepKernel.GeluLibrary)
        ? Functions.Gelu.Apply(input, Plan.Threads)
        : F.gelu(input);

    /// <summary>Why no pass and no function of ours may run, whatever it could take; null: they may.</summary>
    public string? OnlyPlain => Plan.Plain ? "only plain kernels are asked for" : null;

    private static Tensor Cast(Tensor weight, Tensor like) => weight.dtype == like.dtype ? weight : weight.to(like.dtype);
}
