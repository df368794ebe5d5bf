using Radapt.Compute.Passes;
using TorchSharp;
using static TorchSharp.torch;

namespace Radapt.Compute.Functions;

/// <summary>
/// A linear map by a frozen float32 weight through <see cref="ProductPass"/>, with its own gradient. Keeps the weight alone.
/// </summary>
internal sealed class FrozenProduct : autograd.SingleTensorFunction<FrozenProduct>
{
    private const string ThreadsKey = "threads";

    /// <inheritdoc/>
    public override string Name => nameof(FrozenProduct);

    /// <summary>Why it is not for this product; null: it is.</summary>
    public static string? Refusal(Tensor input, Tensor weight, Tensor? bias) =>
        !Pass.IsFast ? "no fused multiply-adds in vectors"
        : input.dtype != ScalarType.Float32 || weight.dtype != ScalarType.Float32 ? "not float32"
        : input.device_type != DeviceType.CPU ? "not on the CPU"
        : IsForTraining(weight, bias) ? "trained weight or bias"
        : null;

    /// <summary>Whether the weight or the bias wants a gradient.</summary>
    public static bool IsForTraining(Tensor weight, Tensor? bias) =>
        is_grad_enabled() && (weight.requires_grad || bias is { requires_grad: true });

    /// <summary>x W^T + b.</summary>
    /// <param name="input">(…, in)</param>
    /// <param name="weight">(out, in)</param>
    /// <param name="bias">(out)</param>
    /// <param name="threads">Threads of the product.</param>
    /// <returns>(…, out)</returns>
    public static Tensor Apply(Tensor input, Tensor weight, Tensor? bias, int threads)
    {
        if (!is_grad_enabled() || !input.requires_grad)
        {
            return Multiply(input, weight, OperandOrder.Transposed, bias, threads);
        }

        Tensor output = apply(input, weight, bias!, threads);
        GraphMemory.FreeDuplicateOutputs();
        return output;
    }

    /// <summary>The gradient of the input: g W.</summary>
    /// <param name="above">(…, out): the result's gradient</param>
    /// <param name="weight">(out, in)</param>
    /// <param name="threads">Threads of the product.</param>
    /// <returns>(…, in)</returns>
    public static Tensor InputGradient(Tensor above, Tensor weight, int threads) =>
        Multiply(above, weight, OperandOrder.Plain, null, threads);

    /// <inheritdoc/>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        ctx.save_for_backward([(Tensor)vars[1]]);
        ctx.save_data(ThreadsKey, vars[3]);
        GraphMemory.Begin(ctx);
        return Multiply((Tensor)vars[0], (Tensor)vars[1], OperandOrder.Transposed, (Tensor?)vars[2], (int)vars[3]);
    }

    // An exception here would cross native frames and end the process: nothing in it depends on what users give.
    /// <inheritdoc/>
    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        using var scope = NewDisposeScope();
        Tensor weight = ctx.get_saved_variables()[0];
        return GraphMemory.Return(ctx, [grad_output], InputGradient(grad_output, weight, (int)ctx.get_data(ThreadsKey)), null, null, null);
    }

    private static Tensor Multiply(Tensor input, Tensor weight, OperandOrder order, Tensor? bias, int threads)
    {
        using var scope = NewDisposeScope();
        (long inputs, long outputs) = order == OperandOrder.Transposed ? (weight.shape[1], weight.shape[0])
            : (weight.shape[0], weight.shape[1]);
        Tensor output = KeptMemory.Empty([.. input.shape[..^1], outputs], ScalarType.Float32);
        if (output.numel() > 0)
        {
            (Tensor x, Tensor b, Tensor? start) = (input.contiguous(), weight.contiguous(), bias?.contiguous());
            var layout = new ProductPass.Layout(input.numel() / inputs, (int)inputs, (int)outputs, threads);
            ProductPass.Multiply(
                TensorAddress.Get(x), TensorAddress.Get(b), order, start is null ? 0
                    : TensorAddress.Get(start), TensorAddress.Get(output), layout);
        }

        return output.MoveToOuterDisposeScope();
    }
}
