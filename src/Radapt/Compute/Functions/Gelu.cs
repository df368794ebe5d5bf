using Radapt.Compute.Passes;
using static TorchSharp.torch;

namespace Radapt.Compute.Functions;

/// <summary>Exact GELU with its own gradient. Keeps its input alone.</summary>
internal sealed class Gelu : autograd.SingleTensorFunction<Gelu>
{
    private const string ThreadsKey = "threads";

    /// <inheritdoc/>
    public override string Name => nameof(Gelu);

    /// <summary>Why the passes cannot do it; null: they can.</summary>
    public static string? Refusal(Tensor input) => input.dtype is not (ScalarType.Float32 or ScalarType.BFloat16)
        ? "neither float32 nor bfloat16"
        : input.numel() % Pass.Lanes != 0 ? "the count of numbers is not a multiple of 16"
        : Pass.Refusal(input);

    /// <summary>x Φ(x), the shape of the input.</summary>
    public static Tensor Apply(Tensor input, int threads)
    {
        if (!is_grad_enabled() || !input.requires_grad)
        {
            return Compute(input, threads);
        }

        Tensor output = apply(input, threads);
        GraphMemory.FreeDuplicateOutputs();
        return output;
    }

    /// <inheritdoc/>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        ctx.save_for_backward([(Tensor)vars[0]]);
        ctx.save_data(ThreadsKey, vars[1]);
        GraphMemory.Begin(ctx);
        return Compute((Tensor)vars[0], (int)vars[1]);
    }

    // An exception here would cross native frames and end the process: nothing in it depends on what users give.
    /// <inheritdoc/>
    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        using var scope = NewDisposeScope();
        Tensor input = ctx.get_saved_variables()[0];
        Tensor gradient = KeptMemory.Empty(input.shape, input.dtype);
        (Tensor above, int threads) = (grad_output.contiguous(), (int)ctx.get_data(ThreadsKey));
        if (input.dtype == ScalarType.BFloat16)
        {
            GeluPass.Differentiate(input, above, gradient, threads);
        }
        else
        {
            FloatGeluPass.Differentiate(input, above, gradient, threads);
        }

        return GraphMemory.Return(ctx, [grad_output], gradient, null);
    }

    private static Tensor Compute(Tensor input, int threads)
    {
        Tensor output = KeptMemory.Empty(input.shape, input.dtype);
        if (input.dtype == ScalarType.BFloat16)
        {
            GeluPass.Apply(input, output, threads);
        }
        else
        {
            FloatGeluPass.Apply(input, output, threads);
        }

        return output;
    }
}
