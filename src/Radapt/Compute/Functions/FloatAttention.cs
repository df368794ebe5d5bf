using Radapt.Compute.Passes;
using static TorchSharp.torch;

namespace Radapt.Compute.Functions;

/// <summary>Self-attention in float32 with its own gradient. Keeps queries, keys and values alone.</summary>
internal sealed class FloatAttention : autograd.SingleTensorFunction<FloatAttention>
{
    private const string LayoutKey = "layout";

    /// <inheritdoc/>
    public override string Name => nameof(FloatAttention);

    /// <summary>Why the passes cannot do it; null: they can.</summary>
    /// <param name="qkv">(B, N, 3 C)</param>
    /// <param name="heads">H</param>
    public static string? Refusal(Tensor qkv, int heads) => Pass.Refusal(qkv)
        ?? (qkv.dtype != ScalarType.Float32 ? "not float32"
            : qkv.shape[2] / 3 / heads % AttentionPass.WidthUnit != 0
            ? $"channels of a head are not a multiple of {AttentionPass.WidthUnit}"
            : null);

    /// <summary>softmax(Q K^T / sqrt(C/H)) V for every head.</summary>
    /// <param name="qkv">(B, N, 3 C): queries, keys, values, each with its heads side by side</param>
    /// <param name="heads">H</param>
    /// <param name="threads">Threads that share the heads.</param>
    /// <returns>(B, N, C)</returns>
    public static Tensor Apply(Tensor qkv, int heads, int threads)
    {
        var layout = new AttentionPass.Layout((int)qkv.shape[0], (int)qkv.shape[1], heads, (int)qkv.shape[2] / 3 / heads, threads);
        if (!is_grad_enabled() || !qkv.requires_grad)
        {
            return Attend(qkv, layout);
        }

        Tensor attended = apply(qkv, layout);
        GraphMemory.FreeDuplicateOutputs();
        return attended;
    }

    /// <inheritdoc/>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        ctx.save_for_backward([(Tensor)vars[0]]);
        ctx.save_data(LayoutKey, vars[1]);
        GraphMemory.Begin(ctx);
        return Attend((Tensor)vars[0], (AttentionPass.Layout)vars[1]);
    }

    // An exception here would cross native frames and end the process: nothing in it depends on what users give.
    /// <inheritdoc/>
    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        using var scope = NewDisposeScope();
        Tensor qkv = ctx.get_saved_variables()[0];
        Tensor above = grad_output.contiguous();
        Tensor gradient = KeptMemory.Empty(qkv.shape, ScalarType.Float32);
        AttentionPass.Differentiate(TensorAddress.Get(qkv), TensorAddress.Get(above), TensorAddress.Get(gradient),
            (AttentionPass.Layout)ctx.get_data(LayoutKey));
        return GraphMemory.Return(ctx, [grad_output], gradient, null);
    }

    private static Tensor Attend(Tensor qkv, AttentionPass.Layout layout)
    {
        Tensor output = KeptMemory.Empty([qkv.shape[0], qkv.shape[1], layout.Channels], ScalarType.Float32);
        AttentionPass.Apply(TensorAddress.Get(qkv), TensorAddress.Get(output), layout);
        return output;
    }
}
