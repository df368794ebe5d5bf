using Radapt.Compute.Passes;
using static TorchSharp.torch;

namespace Radapt.Compute.Functions;

/// <summary>
/// A residual sum and its layer normalisation as one function with its own gradient. Keeps the sum, which the next block reads anyway,
/// and two numbers a row; no float32 copy of the normalised result, none of the branch.
/// </summary>
internal sealed class ResidualNorm : autograd.MultiTensorFunction<ResidualNorm>
{
    private const string ArgumentsKey = "arguments";

    /// <inheritdoc/>
    public override string Name => nameof(ResidualNorm);

    /// <summary>Why the passes cannot do it; null: they can.</summary>
    public static string? Refusal(Tensor tokens, ResidualBranch? branch, ScalarType type) => Pass.Refusal(tokens)
        ?? (tokens.dtype != ScalarType.Float32 ? "the residual sum is not float32"
        : tokens.shape[^1] % Pass.Lanes != 0 ? "the width is not a multiple of 16"
        : branch is null ? null
        : branch.Channels is { requires_grad: true } ? "LayerScale is trained"
        : branch.Values.dtype != type ? "the branch is of another type"
        : Pass.Refusal(branch.Values));

    /// <summary>The sum and what a block's projections read of it.</summary>
    /// <param name="tokens">(B, N, C), float32</param>
    /// <param name="branch">What is added; null: nothing.</param>
    /// <param name="weight">(C)</param>
    /// <param name="bias">(C)</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="type">Type of the normalised result.</param>
    /// <param name="threads">Threads of the passes.</param>
    /// <returns>(B, N, C) float32, and (B, N, C) of <paramref name="type"/></returns>
    public static (Tensor Sum, Tensor Normed) Apply(
        Tensor tokens, ResidualBranch? branch, Tensor weight, Tensor bias, double epsilon, ScalarType type, int threads)
    {
        var arguments = new Arguments(
            new NormPass.Layout((int)tokens.shape[^1], (int)tokens.shape[1], epsilon, threads), type, branch?.Samples,
            branch is not null, weight.requires_grad || bias.requires_grad);
        if (is_grad_enabled() && (tokens.requires_grad || arguments.TrainsNorm || branch is { Values.requires_grad: true }))
        {
            List<Tensor> outputs = apply(tokens, branch?.Values!, branch?.Channels!, weight, bias, arguments);
            GraphMemory.FreeDuplicateOutputs();
            return branch is null ? (tokens, outputs[0]) : (outputs[0], outputs[1]);
        }

        using var scope = NewDisposeScope();
        (Tensor? sum, Tensor normed, _) = Compute(tokens, branch?.Values, branch?.Channels, weight, bias, arguments);
        return (sum?.MoveToOuterDisposeScope() ?? tokens, normed.MoveToOuterDisposeScope());
    }

    /// <inheritdoc/>
    public override List<Tensor> forward(autograd.AutogradContext ctx, params object[] vars)
    {
        (var tokens, var branch, var channels, var weight, var bias) =
            ((Tensor)vars[0], (Tensor?)vars[1], (Tensor?)vars[2], (Tensor)vars[3], (Tensor)vars[4]);
        var arguments = (Arguments)vars[5];
        (Tensor? sum, Tensor normed, Tensor statistics) = Compute(tokens, branch, channels, weight, bias, arguments);
        // Another handle of the same memory: the output itself would keep this node alive, which keeps it alive.
        ctx.save_for_backward([(sum ?? tokens).detach(), statistics, weight, channels!]);
        ctx.save_data(ArgumentsKey, arguments);
        GraphMemory.Begin(ctx);
        return sum is null ? [normed] : [sum, normed];
    }

    // An exception here would cross native frames and end the process: nothing in it depends on what users give.
    /// <inheritdoc/>
    public override List<Tensor> backward(autograd.AutogradContext ctx, List<Tensor> grad_outputs)
    {
        using var scope = NewDisposeScope();
        var arguments = (Arguments)ctx.get_data(ArgumentsKey);
        List<Tensor> saved = ctx.get_saved_variables();
        (Tensor sum, Tensor statistics, Tensor weight) = (saved[0], saved[1], saved[2]);
        Tensor? channels = saved[3] is { IsInvalid: false } factors ? factors : null;
        Tensor? aboveSum = arguments.HasBranch && !grad_outputs[0].IsInvalid ? grad_outputs[0].contiguous() : null;
        Tensor aboveNormed = grad_outputs[^1].IsInvalid ? zeros(sum.shape, arguments.Type) : grad_outputs[^1].contiguous();
        Tensor ofTokens = KeptMemory.Empty(sum.shape, ScalarType.Float32);
        Tensor? ofBranch = arguments.HasBranch ? KeptMemory.Empty(sum.shape, arguments.Type) : null;
        Tensor? ofNorm = arguments.TrainsNorm ? empty(2, sum.shape[^1]) : null;
        NormPass.Differentiate(sum, statistics, weight, arguments.Samples, channels, aboveSum, aboveNormed, ofTokens, ofBranch, ofNorm,
            arguments.Layout);
        return GraphMemory.Return(ctx, grad_outputs, ofTokens, ofBranch, null, ofNorm?[0], ofNorm?[1], null);
    }

    private static (Tensor? Sum, Tensor Normed, Tensor Statistics) Compute(
        Tensor tokens, Tensor? branch, Tensor? channels, Tensor weight, Tensor bias, Arguments arguments)
    {
        Tensor? sum = arguments.HasBranch ? KeptMemory.Empty(tokens.shape, ScalarType.Float32) : null;
        Tensor normed = KeptMemory.Empty(tokens.shape, arguments.Type);
        Tensor statistics = empty(tokens.numel() / tokens.shape[^1], 2);
        NormPass.Apply(tokens, branch, arguments.Samples, channels, weight, bias, sum, normed, statistics, arguments.Layout);
        return (sum, normed, statistics);
    }

    private sealed record Arguments(NormPass.Layout Layout, ScalarType Type, float[]? Samples, bool HasBranch, bool TrainsNorm);
}
