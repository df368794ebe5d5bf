using Radapt.Compute;
using Radapt.Compute.Functions;
using Radapt.Compute.Passes;
using static TorchSharp.torch;

namespace Radapt.Adaptation.Lora;

/// <summary>
/// A frozen projection with its low-rank update as one function with its own gradient: one pass over memory beside each of the base
/// weight's products. Dropout is made again in the backward pass; what is kept is the input and A x.
/// </summary>
internal sealed class FusedLora : autograd.SingleTensorFunction<FusedLora>
{
    private const int MostRanks = 64; // beyond, matrix products are faster than a pass
    private const string ArgumentsKey = "arguments";

    /// <inheritdoc/>
    public override string Name => nameof(FusedLora);

    /// <summary>Why the pass cannot do it; null: it can.</summary>
    /// <param name="input">(B, N, in)</param>
    /// <param name="weight">(out, in), of the input's type</param>
    /// <param name="bias">(out)</param>
    /// <param name="a">(r x parts, in)</param>
    /// <param name="groups">The adapted parts.</param>
    public static string? Refusal(Tensor input, Tensor weight, Tensor bias, Tensor a, OutputGroups groups) => Pass.Refusal(input)
        ?? (weight.requires_grad || bias.requires_grad ? "the projection is trained too"
        : weight.dtype != input.dtype || a.dtype != ScalarType.Float32 ? "weights of other types"
        : a.shape[0] > MostRanks ? "more than 64 ranks"
        : weight.shape[1] % Pass.Lanes != 0 || weight.shape[0] / groups.Count % Pass.Lanes != 0 ? "channels are not multiples of 16"
        : null);

    /// <summary>x W^T + b, plus scale B A dropout(x) in the adapted parts.</summary>
    /// <param name="input">(B, N, in)</param>
    /// <param name="weight">(out, in), frozen</param>
    /// <param name="bias">(out), frozen</param>
    /// <param name="a">(r x parts, in), float32</param>
    /// <param name="b">(out / Count x parts, r), float32</param>
    /// <param name="update">Scale, parts, dropout.</param>
    /// <param name="kernels">What computes the base weight's products.</param>
    /// <returns>(B, N, out)</returns>
    public static Tensor Apply(Tensor input, Tensor weight, Tensor bias, Tensor a, Tensor b, AppliedLora update, Kernels kernels)
    {
        var layout = new LowRankPass.Layout(
            input.numel() / input.shape[^1], (int)input.shape[^1], (int)weight.shape[0], (int)weight.shape[0] / update.Groups.Count,
            (int)b.shape[1], update.Groups.Adapted, kernels.Plan.Threads);
        var arguments = new Arguments(update, layout, kernels, input.requires_grad);
        if (is_grad_enabled() && (input.requires_grad || a.requires_grad || b.requires_grad))
        {
            Tensor adapted = apply(input, weight, bias, a, b, arguments);
            GraphMemory.FreeDuplicateOutputs();
            return adapted;
        }

        using var scope = NewDisposeScope();
        return Compute(input, weight, bias, a, b, arguments).Output.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        (var input, var weight, var bias, var a, var b) =
            ((Tensor)vars[0], (Tensor)vars[1], (Tensor)vars[2], (Tensor)vars[3], (Tensor)vars[4]);
        var arguments = (Arguments)vars[5];
        (Tensor output, Tensor low) = Compute(input, weight, bias, a, b, arguments);
        ctx.save_for_backward([input, weight, a, b, low]);
        ctx.save_data(ArgumentsKey, arguments);
        GraphMemory.Begin(ctx);
        return output;
    }

    // An exception here would cross native frames and end the process: nothing in it depends on what users give.
    /// <inheritdoc/>
    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        using var scope = NewDisposeScope();
        var arguments = (Arguments)ctx.get_data(ArgumentsKey);
        (AppliedLora update, LowRankPass.Layout layout) = (arguments.Update, arguments.Layout);
        List<Tensor> saved = ctx.get_saved_variables();
        (Tensor input, Tensor weight, Tensor a, Tensor b, Tensor low) = (saved[0], saved[1], saved[2], saved[3], saved[4]);
        Tensor above = grad_output.contiguous();
        Tensor? ofInput = arguments.InputHasGradient ? arguments.Kernels.InputGradient(above, weight).contiguous() : null;
        Tensor ofA = empty(a.shape, ScalarType.Float32);
        Tensor ofRows = empty([layout.Ranks, layout.GroupOutputs], ScalarType.Float32);
        Tensor left = Rows(b, update);
        (nint x, nint g, nint dx) = (TensorAddress.Get(input), TensorAddress.Get(above), ofInput is null ? 0 : TensorAddress.Get(ofInput));
        (nint right, nint rows, nint kept) = (TensorAddress.Get(a), TensorAddress.Get(left), TensorAddress.Get(low));
        (nint da, nint db) = (TensorAddress.Get(ofA), TensorAddress.Get(ofRows));
        if (input.dtype == ScalarType.BFloat16)
        {
            LowRankPass.Differentiate<Compute.Passes.BFloat16>(x, right, rows, kept, g, dx, da, db, update.Mask, layout);
        }
        else
        {
            LowRankPass.Differentiate<Compute.Passes.Float32>(x, right, rows, kept, g, dx, da, db, update.Mask, layout);
        }

        Tensor ofB = ofRows.view(update.Groups.Adapted.Count, layout.Rank, -1).transpose(1, 2).reshape(b.shape).Times(update.Scale);
        return GraphMemory.Return(ctx, [grad_output], ofInput, null, null, ofA, ofB, null);
    }

    private static (Tensor Output, Tensor Low) Compute(Tensor input, Tensor weight, Tensor bias, Tensor a, Tensor b, Arguments arguments)
    {
        LowRankPass.Layout layout = arguments.Layout;
        Tensor output = arguments.Kernels.Linear(input, weight, bias).contiguous();
        Tensor low = empty([layout.Rows, layout.Ranks], ScalarType.Float32);
        Tensor left = Rows(b, arguments.Update);
        (nint x, nint right, nint rows) = (TensorAddress.Get(input), TensorAddress.Get(a), TensorAddress.Get(left));
        (nint y, nint kept) = (TensorAddress.Get(output), TensorAddress.Get(low));
        if (input.dtype == ScalarType.BFloat16)
        {
            LowRankPass.Apply<Compute.Passes.BFloat16>(x, right, rows, y, kept, arguments.Update.Mask, layout);
        }
        else
        {
            LowRankPass.Apply<Compute.Passes.Float32>(x, right, rows, y, kept, arguments.Update.Mask, layout);
        }

        return (output, low);
    }

    // Scaled left factors with a row for every rank: (out / Count x parts, r) -> (r x parts, out / Count)
    private static Tensor Rows(Tensor b, AppliedLora update) =>
        b.view(update.Groups.Adapted.Count, -1, b.shape[1]).transpose(1, 2).Times(update.Scale).contiguous()
            .view(update.Groups.Adapted.Count * b.shape[1], -1);

    private sealed record Arguments(AppliedLora Update, LowRankPass.Layout Layout, Kernels Kernels, bool InputHasGradient);
}
