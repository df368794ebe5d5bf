using Radapt.Models;

namespace Radapt.Benchmarks;

/// <summary>Which matrix products a step cannot do without. Heads and norms are left out: they are too small to count.</summary>
internal static class StepProducts
{
    /// <summary>
    /// 10^9 floating-point operations per image that a step is credited with: those of the forward pass once for inference and linear
    /// probing, twice for LoRA (no gradients of weights; recomputing counts for nothing), three times for full fine-tuning. For ViT-B/16 at
    /// 224 px 35.1, 70.2 and 105.3.
    /// The usual count; it credits attention's backward pass with half of what it computes, and LoRA's own products with nothing.
    /// </summary>
    public static double GflopPerImage(string step, BackboneShape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        int passes = BenchmarkedStep.Method(step) switch { "full" => 3, "lora" when step != BenchmarkedStep.Inference => 2, _ => 1 };
        return passes * Forward(shape, 1).Sum(p => p.Gflop * p.Count);
    }

    /// <summary>The products of a step.</summary>
    /// <param name="step">One of <see cref="BenchmarkedStep.Names"/>.</param>
    /// <param name="shape">The model.</param>
    /// <param name="batchSize">Images B.</param>
    /// <param name="rank">LoRA rank on q and on v.</param>
    public static IReadOnlyList<MatrixProduct> ForStep(string step, BackboneShape shape, int batchSize, int rank)
    {
        ArgumentNullException.ThrowIfNull(shape);
        IEnumerable<MatrixProduct> forward = Forward(shape, batchSize);
        return step switch
        {
            BenchmarkedStep.TrainLora or BenchmarkedStep.TrainLoraRecompute =>
                [.. forward, .. InputGradients(shape, batchSize, shape.Depth - 1), .. Lora(shape, batchSize, rank)],
            BenchmarkedStep.TrainFull => [.. forward, .. InputGradients(shape, batchSize, shape.Depth),
                .. WeightGradients(shape, batchSize)],
            _ => [.. forward],
        };
    }

    private static IEnumerable<MatrixProduct> Forward(BackboneShape shape, int batch)
    {
        (int depth, int tokens, int head) = (shape.Depth, shape.Tokens, shape.Width / shape.Heads);
        yield return new("patch_embed", ProductLayout.SecondTransposed, batch * shape.Grid * shape.Grid, shape.Width,
            PatchValues(shape), 1, 1);
        foreach ((string name, int inputs, int outputs) in Projections(shape))
        {
            yield return new(name, ProductLayout.SecondTransposed, batch * tokens, outputs, inputs, 1, depth);
        }

        yield return new("Q K^T", ProductLayout.SecondTransposed, tokens, tokens, head, batch * shape.Heads, depth);
        yield return new("P V", ProductLayout.Plain, tokens, head, tokens, batch * shape.Heads, depth);
    }

    // What is below the lowest trained tensor needs no gradient: with LoRA on q and v of every block, the input and k of the first.
    private static IEnumerable<MatrixProduct> InputGradients(BackboneShape shape, int batch, int blocksWithInputGradient)
    {
        (int depth, int tokens, int head, int heads) = (shape.Depth, shape.Tokens, shape.Width / shape.Heads, batch * shape.Heads);
        foreach ((string name, int inputs, int outputs) in Projections(shape))
        {
            yield return new($"{name} d input", ProductLayout.Plain, batch * tokens, inputs, outputs, 1, name == "qkv"
                ? blocksWithInputGradient : depth);
        }

        yield return new("d P", ProductLayout.SecondTransposed, tokens, tokens, head, heads, depth);
        yield return new("d V", ProductLayout.FirstTransposed, tokens, head, tokens, heads, depth);
        yield return new("d Q", ProductLayout.Plain, tokens, head, tokens, heads, depth);
        yield return new("d K", ProductLayout.FirstTransposed, tokens, head, tokens, heads, blocksWithInputGradient);
    }

    private static IEnumerable<MatrixProduct> WeightGradients(BackboneShape shape, int batch)
    {
        yield return new("patch_embed d weight", ProductLayout.FirstTransposed, shape.Width, PatchValues(shape),
            batch * shape.Grid * shape.Grid, 1, 1);
        foreach ((string name, int inputs, int outputs) in Projections(shape))
        {
            yield return new($"{name} d weight", ProductLayout.FirstTransposed, outputs, inputs, batch * shape.Tokens, 1, shape.Depth);
        }
    }

    // q and v have an A and a B each; both A read the same input, so they are one product.
    private static IEnumerable<MatrixProduct> Lora(BackboneShape shape, int batch, int rank)
    {
        (int depth, int rows, int width) = (shape.Depth, batch * shape.Tokens, shape.Width);
        yield return new("LoRA A", ProductLayout.SecondTransposed, rows, 2 * rank, width, 1, depth);
        yield return new("LoRA B", ProductLayout.SecondTransposed, rows, width, rank, 1, 2 * depth);
        yield return new("LoRA B d input", ProductLayout.Plain, rows, rank, width, 1, 2 * depth);
        yield return new("LoRA B d weight", ProductLayout.FirstTransposed, width, rank, rows, 1, 2 * depth);
        yield return new("LoRA A d input", ProductLayout.Plain, rows, width, 2 * rank, 1, depth - 1);
        yield return new("LoRA A d weight", ProductLayout.FirstTransposed, 2 * rank, width, rows, 1, depth);
    }

    private static (string Name, int Inputs, int Outputs)[] Projections(BackboneShape shape) =>
    [
        ("qkv", shape.Width, 3 * shape.Width), ("proj", shape.Width, shape.Width),
        ("fc1", shape.Width, (shape.SwiGlu ? 2 : 1) * shape.HiddenWidth), ("fc2", shape.HiddenWidth, shape.Width),
    ];

    private static int PatchValues(BackboneShape shape) => 3 * shape.PatchSize * shape.PatchSize;
}
