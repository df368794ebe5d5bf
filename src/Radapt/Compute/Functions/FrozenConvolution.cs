using Radapt.Compute.Passes;
using TorchSharp;
using static TorchSharp.torch;

namespace Radapt.Compute.Functions;

/// <summary>
/// A frozen linear map through <see cref="Kernels.LinearByConvolution"/> with its own gradient. The library's convolution keeps its input
/// for the weight's gradient even where nobody asks for one: 700 MB a step for ViT-B/16. This keeps only the weight.
/// </summary>
/// <remarks>
/// A large result is computed in pieces of its channels, which are copied into <see cref="KeptMemory"/> while they are in the cache. The
/// library allocates each result in the C library's heap. A step keeps some of them and frees the others at once, so that a third of the
/// heap would be gaps.
/// </remarks>
internal sealed class FrozenConvolution : autograd.SingleTensorFunction<FrozenConvolution>
{
    /// <summary>
    /// Bytes of a piece, at most. Smaller pieces cost time, since each reads the whole input. Larger pieces cost memory: a LoRA step of
    /// ViT-B/16 with 16 images takes up to 2.6 GiB with 12 MiB, and 2.0 GiB with 4 MiB.
    /// </summary>
    internal const long PieceBytes = 4 << 20;

    /// <inheritdoc/>
    public override string Name => nameof(FrozenConvolution);

    /// <summary>Why it is not for this product; null: it is.</summary>
    public static string? Refusal(Tensor input, Tensor weight, Tensor? bias) =>
        FrozenProduct.IsForTraining(weight, bias) ? "trained weight or bias"
        : input.device_type != DeviceType.CPU ? "not on the CPU"
        : null;

    /// <summary>x W^T + b. (…, in) -> (…, out), float32.</summary>
    public static Tensor Apply(Tensor input, Tensor weight, Tensor? bias)
    {
        if (!is_grad_enabled() || !input.requires_grad)
        {
            return Multiply(input, weight, bias);
        }

        Tensor output = apply(input, weight, bias!);
        GraphMemory.FreeDuplicateOutputs();
        return output;
    }

    /// <summary>The gradient of the input: g W.</summary>
    /// <param name="above">(…, out): the result's gradient</param>
    /// <param name="weight">(out, in)</param>
    /// <returns>(…, in)</returns>
    public static Tensor InputGradient(Tensor above, Tensor weight) => Multiply(above, weight.t(), null);

    /// <inheritdoc/>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        ctx.save_for_backward([(Tensor)vars[1]]);
        GraphMemory.Begin(ctx);
        return Multiply((Tensor)vars[0], (Tensor)vars[1], (Tensor?)vars[2]);
    }

    // An exception here would cross native frames and end the process: nothing in it depends on what users give.
    /// <inheritdoc/>
    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        using var scope = NewDisposeScope();
        Tensor weight = ctx.get_saved_variables()[0];
        return GraphMemory.Return(ctx, [grad_output], InputGradient(grad_output, weight), null, null);
    }

    private static Tensor Multiply(Tensor input, Tensor weight, Tensor? bias)
    {
        (long outputs, long rows) = (weight.shape[0], input.numel() / weight.shape[1]);
        long width = PieceWidth(rows, outputs);
        if (width >= outputs)
        {
            return Kernels.LinearByConvolution(input, weight, bias);
        }

        using var scope = NewDisposeScope();
        Tensor output = KeptMemory.Empty([.. input.shape[..^1], outputs], ScalarType.Float32);
        WriteInPlace(output, input, weight, bias, width);
        return output.MoveToOuterDisposeScope();
    }

    private static void WriteInPlace(Tensor output, Tensor input, Tensor weight, Tensor? bias, long width)
    {
        long outputs = weight.shape[0];
        for (long first = 0; first < outputs; first += width)
        {
            using var ofPiece = NewDisposeScope();
            long count = Math.Min(width, outputs - first);
            Tensor piece = Kernels.LinearByConvolution(input, weight.narrow(0, first, count), bias?.narrow(0, first, count));
            output.narrow(-1, first, count).CopyInPlace(piece);
        }
    }

    // Channels of a piece: of pieces that are alike, in whole vectors.
    private static long PieceWidth(long rows, long outputs)
    {
        long pieces = Math.Max(1, DivideUp(rows * outputs * sizeof(float), PieceBytes));
        return DivideUp(DivideUp(outputs, pieces), Pass.Lanes) * Pass.Lanes;
    }

    private static long DivideUp(long number, long divisor) => (number + divisor - 1) / divisor;
}
