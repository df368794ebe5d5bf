using Radapt.Models;
using Radapt.Pretraining;

namespace Radapt.Benchmarks;

/// <summary>Which matrix products a step cannot do without. Heads and norms are left out: they are too small to count.</summary>
internal static class StepProducts
{
    /// <summary>
    /// 10^9 floating-point operations per image that a step is credited with: those of the forward pass once for inference and linear
    /// probing, twice for LoRA (no gradients of weights; recomputing counts for nothing), three times where every weight is trained. For
    /// ViT-B/16 at 224 px 35.1, 70.2 and 105.3; masked autoencoding 58.
    /// The usual count; it credits attention's backward pass with half of what it computes, and LoRA's own products with nothing.
    /// </summary>
    public static double GflopPerImage(string step, BackboneShape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        if (step == BenchmarkedStep.TrainMae)
        {
            return 3 * Masked(shape, 1, isForwardOnly: true).Sum(p => p.Gflop * p.Count);
        }

        int passes = BenchmarkedStep.Method(step) switch { "full" => 3, "lora" when step != BenchmarkedStep.Inference => 2, _ => 1 };
        return passes * Forward(TokenStack.From(shape), 1).Sum(p => p.Gflop * p.Count);
    }

    /// <summary>The products of a step.</summary>
    /// <param name="step">One of <see cref="BenchmarkedStep.Names"/>.</param>
    /// <param name="shape">The model.</param>
    /// <param name="batchSize">Images B.</param>
    /// <param name="rank">LoRA rank on q and on v.</param>
    public static IReadOnlyList<MatrixProduct> ForStep(string step, BackboneShape shape, int batchSize, int rank)
    {
        ArgumentNullException.ThrowIfNull(shape);
        var stack = TokenStack.From(shape);
        return step switch
        {
            BenchmarkedStep.TrainLora or BenchmarkedStep.TrainLoraRecompute =>
                [.. Forward(stack, batchSize), .. InputGradients(stack, batchSize, stack.Depth - 1), .. Lora(stack, batchSize, rank)],
            BenchmarkedStep.TrainFull => [.. Full(stack, batchSize)],
            BenchmarkedStep.TrainMae => [.. Masked(shape, batchSize, isForwardOnly: false)],
            _ => [.. Forward(stack, batchSize)],
        };
    }

    // Encoder over the kept patches, decoder over all, and the two projections beside it; the masked patches alone are predicted.
    private static IEnumerable<MatrixProduct> Masked(BackboneShape shape, int batch, bool isForwardOnly)
    {
        var settings = new MaskedImageSettings();
        int patches = shape.Grid * shape.Grid;
        int kept = PatchMask.CountKept(patches, settings.MaskRatio);
        var decoder = DecoderShape.For(shape);
        TokenStack[] stacks =
        [
            TokenStack.From(shape, kept),
            new(decoder.Depth, decoder.Width, decoder.Heads, 4 * decoder.Width, 4 * decoder.Width, 1 + patches, 0, 0),
        ];
        (string Name, int Rows, int Inputs, int Outputs)[] projections =
        [
            ("decoder_embed", batch * (1 + kept), shape.Width, decoder.Width),
            ("decoder_pred", batch * (patches - kept), decoder.Width, 3 * shape.PatchSize * shape.PatchSize),
        ];
        foreach (MatrixProduct product in stacks.SelectMany(s => isForwardOnly ? Forward(s, batch) : Full(s, batch)))
        {
            yield return product;
        }

        foreach ((string name, int rows, int inputs, int outputs) in projections)
        {
            yield return new(name, ProductLayout.SecondTransposed, rows, outputs, inputs, 1, 1);
            if (!isForwardOnly)
            {
                yield return new($"{name} d input", ProductLayout.Plain, rows, inputs, outputs, 1, 1);
                yield return new($"{name} d weight", ProductLayout.FirstTransposed, outputs, inputs, rows, 1, 1);
            }
        }
    }

    private static IEnumerable<MatrixProduct> Full(TokenStack stack, int batch) =>
        [.. Forward(stack, batch), .. InputGradients(stack, batch, stack.Depth), .. WeightGradients(stack, batch)];

    private static IEnumerable<MatrixProduct> Forward(TokenStack stack, int batch)
    {
        (int depth, int tokens, int head) = (stack.Depth, stack.Tokens, stack.HeadWidth);
        if (stack.Patches > 0)
        {
            yield return new("patch_embed", ProductLayout.SecondTransposed, batch * stack.Patches, stack.Width, stack.PatchValues, 1, 1);
        }

        foreach ((string name, int inputs, int outputs) in stack.Projections)
        {
            yield return new(name, ProductLayout.SecondTransposed, batch * tokens, outputs, inputs, 1, depth);
        }

        yield return new("Q K^T", ProductLayout.SecondTransposed, tokens, tokens, head, batch * stack.Heads, depth);
        yield return new("P V", ProductLayout.Plain, tokens, head, tokens, batch * stack.Heads, depth);
    }

    // What is below the lowest trained tensor needs no gradient: with LoRA on q and v of every block, the input and k of the first.
    private static IEnumerable<MatrixProduct> InputGradients(TokenStack stack, int batch, int blocksWithInputGradient)
    {
        (int depth, int tokens, int head, int heads) = (stack.Depth, stack.Tokens, stack.HeadWidth, batch * stack.Heads);
        foreach ((string name, int inputs, int outputs) in stack.Projections)
        {
            yield return new($"{name} d input", ProductLayout.Plain, batch * tokens, inputs, outputs, 1, name == "qkv"
                ? blocksWithInputGradient : depth);
        }

        yield return new("d P", ProductLayout.SecondTransposed, tokens, tokens, head, heads, depth);
        yield return new("d V", ProductLayout.FirstTransposed, tokens, head, tokens, heads, depth);
        yield return new("d Q", ProductLayout.Plain, tokens, head, tokens, heads, depth);
        yield return new("d K", ProductLayout.FirstTransposed, tokens, head, tokens, heads, blocksWithInputGradient);
    }

    private static IEnumerable<MatrixProduct> WeightGradients(TokenStack stack, int batch)
    {
        if (stack.Patches > 0)
        {
            yield return new("patch_embed d weight", ProductLayout.FirstTransposed, stack.Width, stack.PatchValues,
                batch * stack.Patches, 1, 1);
        }

        foreach ((string name, int inputs, int outputs) in stack.Projections)
        {
            yield return new($"{name} d weight", ProductLayout.FirstTransposed, outputs, inputs, batch * stack.Tokens, 1, stack.Depth);
        }
    }

    // q and v have an A and a B each; both A read the same input, so they are one product.
    private static IEnumerable<MatrixProduct> Lora(TokenStack stack, int batch, int rank)
    {
        (int depth, int rows, int width) = (stack.Depth, batch * stack.Tokens, stack.Width);
        yield return new("LoRA A", ProductLayout.SecondTransposed, rows, 2 * rank, width, 1, depth);
        yield return new("LoRA B", ProductLayout.SecondTransposed, rows, width, rank, 1, 2 * depth);
        yield return new("LoRA B d input", ProductLayout.Plain, rows, rank, width, 1, 2 * depth);
        yield return new("LoRA B d weight", ProductLayout.FirstTransposed, width, rank, rows, 1, 2 * depth);
        yield return new("LoRA A d input", ProductLayout.Plain, rows, width, 2 * rank, 1, depth - 1);
        yield return new("LoRA A d weight", ProductLayout.FirstTransposed, 2 * rank, width, rows, 1, depth);
    }
}
