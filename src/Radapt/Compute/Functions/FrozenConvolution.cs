using TorchSharp;
using static TorchSharp.torch;

namespace Radapt.Compute.Functions;

/// <summary>
/// A frozen linear map through <see cref="Kernels.LinearByConvolution"/> with its own gradient. The library's convolution keeps its input
/// for the weight's gradient even where nobody asks for one: 700 MB a step for ViT-B/16. This keeps the weight alone.
/// </summary>
internal sealed class FrozenConvolution : autograd.SingleTensorFunction<FrozenConvolution>
{
    /// <inheritdoc/>
    public override string Name => nameof(FrozenConvolution);

    /// <summary>Why it is not for this product; null: it is. Only the input may need a gradient, and all is on the CPU.</summary>
    public static string? Refusal(Tensor input, Tensor weight, Tensor? bias) => !is_grad_enabled() || !input.requires_grad
        ? "no gradient for the input"
        : weight.requires_grad || bias is { requires_grad: true } ? "trained weight or bias"
        : input.device_type != DeviceType.CPU ? "not on the CPU"
        : null;

    /// <summary>x W^T + b. (…, in) -> (…, out), float32.</summary>
    public static Tensor Apply(Tensor input, Tensor weight, Tensor? bias)
    {
        Tensor output = apply(input, weight, bias!);
        GraphMemory.FreeDuplicateOutputs();
        return output;
    }

    /// <inheritdoc/>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        ctx.save_for_backward([(Tensor)vars[1]]);
        GraphMemory.Begin(ctx);
        return Kernels.LinearByConvolution((Tensor)vars[0], (Tensor)vars[1], (Tensor?)vars[2]);
    }

    // An exception here would cross native frames and end the process: nothing in it depends on what users give.
    /// <inheritdoc/>
    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        using var scope = NewDisposeScope();
        Tensor weight = ctx.get_saved_variables()[0];
        return GraphMemory.Return(ctx, [grad_output], Kernels.LinearByConvolution(grad_output, weight.t(), null), null, null);
    }
}
