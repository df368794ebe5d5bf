using Radapt.Compute.Passes;
using static TorchSharp.torch;

namespace Radapt.Compute.Functions;

/// <summary>
/// Self-attention of all heads in bfloat16 as one function with its own gradient: queries, keys and values are laid out once, the
/// probabilities
/// replace the scores, and their gradient is computed in place. Keeps these two for the backward pass and nothing else.
/// </summary>
internal sealed class SelfAttention : autograd.SingleTensorFunction<SelfAttention>
{
    private const string HeadsKey = "heads";
    private const string ThreadsKey = "threads";

    /// <inheritdoc/>
    public override string Name => nameof(SelfAttention);

    /// <summary>Why the passes cannot do it; null: they can.</summary>
    public static string? Refusal(Tensor qkv) => qkv.dtype != ScalarType.BFloat16 ? "not bfloat16"
        : qkv.shape[1] < SoftmaxPass.ShortestRow ? "fewer than 16 tokens"
        : Pass.Refusal(qkv);

    /// <summary>softmax(Q K^T / sqrt(C/H)) V for every head.</summary>
    /// <param name="qkv">(B, N, 3 C): queries, keys, values, each with its heads side by side</param>
    /// <param name="heads">H</param>
    /// <param name="threads">Threads of the passes over memory.</param>
    /// <returns>(B, N, C)</returns>
    public static Tensor Apply(Tensor qkv, int heads, int threads)
    {
        if (is_grad_enabled() && qkv.requires_grad)
        {
            Tensor attended = apply(qkv, heads, threads);
            GraphMemory.FreeDuplicateOutputs();
            return attended;
        }

        using var scope = NewDisposeScope();
        return Attend(qkv, heads, threads).Output.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        (var qkv, int heads, int threads) = ((Tensor)vars[0], (int)vars[1], (int)vars[2]);
        (Tensor output, Tensor parts, Tensor probabilities) = Attend(qkv, heads, threads);
        ctx.save_for_backward([parts, probabilities]);
        ctx.save_data(HeadsKey, heads);
        ctx.save_data(ThreadsKey, threads);
        GraphMemory.Begin(ctx);
        return output;
    }

    // An exception here would cross native frames and end the process: nothing in it depends on what users give.
    /// <inheritdoc/>
    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        using var scope = NewDisposeScope();
        (int heads, int threads) = ((int)ctx.get_data(HeadsKey), (int)ctx.get_data(ThreadsKey));
        List<Tensor> saved = ctx.get_saved_variables();
        (Tensor parts, Tensor probabilities) = (saved[0], saved[1]);
        (long b, long n, long c) = (grad_output.shape[0], grad_output.shape[1], grad_output.shape[2]);
        Tensor above = HeadsPass.Split(grad_output.contiguous(), 1, heads, threads)[0]; // (B H, N, C/H)
        Tensor scores = above.bmm(parts[2].transpose(1, 2)); // of the probabilities, soon of the scores: (B H, N, N)
        SoftmaxPass.Differentiate(scores, probabilities, Scale(c / heads), threads);
        Tensor gradient = KeptMemory.Empty([b, n, 3 * c], grad_output.dtype);
        HeadsPass.Join(scores.bmm(parts[1]), gradient, 0, heads, threads);
        HeadsPass.Join(scores.transpose(1, 2).bmm(parts[0]), gradient, 1, heads, threads);
        HeadsPass.Join(probabilities.transpose(1, 2).bmm(above), gradient, 2, heads, threads);
        return GraphMemory.Return(ctx, [grad_output], gradient, null, null);
    }

    private static (Tensor Output, Tensor Parts, Tensor Probabilities) Attend(Tensor qkv, int heads, int threads)
    {
        (long b, long n, long c) = (qkv.shape[0], qkv.shape[1], qkv.shape[2] / 3);
        Tensor parts = HeadsPass.Split(qkv, 3, heads, threads); // (3, B H, N, C/H)
        Tensor scores = parts[0].bmm(parts[1].transpose(1, 2)); // (B H, N, N)
        SoftmaxPass.Apply(scores, Scale(c / heads), threads);
        Tensor output = KeptMemory.Empty([b, n, c], qkv.dtype);
        HeadsPass.Join(scores.bmm(parts[2]), output, 0, heads, threads);
        return (output, parts, scores);
    }

    private static float Scale(long width) => (float)(1 / Math.Sqrt(width));
}
