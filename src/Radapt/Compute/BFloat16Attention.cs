using static TorchSharp.torch;

namespace Radapt.Compute;

/// <summary>
/// Self-attention of all heads in bfloat16 as one function with its own gradient: queries, keys and values are laid out once, the
/// probabilities replace the scores, and their gradient is computed in place. Keeps these two for the backward pass and nothing else.
/// </summary>
internal sealed class BFloat16Attention : autograd.SingleTensorFunction<BFloat16Attention>
{
    private const string HeadsKey = "heads";
    private const string ThreadsKey = "threads";

    /// <inheritdoc/>
    public override string Name => nameof(BFloat16Attention);

    /// <summary>softmax(Q K^T / sqrt(C/H)) V for every head.</summary>
    /// <param name="qkv">(B, N, 3 C): queries, keys, values, each with its heads side by side</param>
    /// <param name="heads">H</param>
    /// <param name="threads">Threads of the passes over memory.</param>
    /// <returns>(B, N, C)</returns>
    public static Tensor Apply(Tensor qkv, int heads, int threads)
    {
        if (qkv.requires_grad)
        {
            return apply(qkv, heads, threads);
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
        long width = c / heads;
        Tensor above = grad_output.reshape(b, n, heads, width).transpose(1, 2).contiguous().view(b * heads, n, width); // (B H, N, C/H)
        Tensor scores = above.bmm(parts[2].transpose(1, 2)); // of the probabilities, soon of the scores: (B H, N, N)
        BFloat16Rows.SoftmaxGradient(scores, probabilities, Scale(width), threads);
        Tensor gradient = empty([b, n, 3, heads, width], grad_output.dtype);
        Tensor[] places = gradient.permute(2, 0, 3, 1, 4).unbind(0); // 3 x (B, H, N, C/H)
        places[0].copy_(scores.bmm(parts[1]).view(b, heads, n, width));
        places[1].copy_(scores.transpose(1, 2).bmm(parts[0]).view(b, heads, n, width));
        places[2].copy_(probabilities.transpose(1, 2).bmm(above).view(b, heads, n, width));
        return [gradient.view(b, n, 3 * c).MoveToOuterDisposeScope(), null!, null!];
    }

    private static (Tensor Output, Tensor Parts, Tensor Probabilities) Attend(Tensor qkv, int heads, int threads)
    {
        (long b, long n, long c) = (qkv.shape[0], qkv.shape[1], qkv.shape[2] / 3);
        long width = c / heads;
        Tensor parts = qkv.view(b, n, 3, heads, width).permute(2, 0, 3, 1, 4).contiguous().view(3, b * heads, n, width);
        Tensor scores = parts[0].bmm(parts[1].transpose(1, 2)); // (B H, N, N)
        BFloat16Rows.Softmax(scores, Scale(width), threads);
        Tensor output = scores.bmm(parts[2]).view(b, heads, n, width).transpose(1, 2).reshape(b, n, c);
        return (output, parts, scores);
    }

    private static float Scale(long width) => (float)(1 / Math.Sqrt(width));
}
