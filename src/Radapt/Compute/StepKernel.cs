namespace Radapt.Compute;

/// <summary>
/// A kernel that can compute one part of a step. <see cref="All"/> is the table of the paths: for every part its kernels, the first
/// wherever it can. What decides is <see cref="Kernels"/> with the functions' own <c>Refusal</c>; PathMatrixTests compare every row with
/// the tensor library's kernels one by one.
/// </summary>
internal sealed class StepKernel
{
    /// <summary><c>FrozenProduct</c>: blocks of our own.</summary>
    public static readonly StepKernel FrozenProduct =
        new("products", "packed blocks of our own", "float32 with products packed; fast vectors, CPU; frozen weight");

    /// <summary><c>FrozenConvolution</c>: a 1 x 1 convolution that keeps only its weight for the backward pass.</summary>
    public static readonly StepKernel FrozenConvolution =
        new("products", "convolution, nothing but the weight kept",
            "float32 with products by convolution; CPU; frozen weight");

    /// <summary>A 1 x 1 convolution.</summary>
    public static readonly StepKernel Convolution = new(
        "products", "convolution", "float32 with products by convolution, or packed and trained weights");

    /// <summary>The tensor library's linear map.</summary>
    public static readonly StepKernel Linear = new("products", "linear map of the tensor library", "else");

    /// <summary><c>ResidualNorm</c>.</summary>
    public static readonly StepKernel NormPass =
        new("residual sum and norm", "one pass", "fast vectors, CPU; width a multiple of 16; LayerScale absent or frozen");

    /// <summary>Sum, norm and rounding one by one.</summary>
    public static readonly StepKernel NormLibrary = new("residual sum and norm", "the tensor library's, one by one", "else");

    /// <summary><c>SelfAttention</c>: products with passes between them.</summary>
    public static readonly StepKernel AttentionPasses =
        new("attention", "products and passes", "bfloat16; fast vectors, CPU; at least 16 tokens");

    /// <summary><c>FloatAttention</c>: head by head in the cache.</summary>
    public static readonly StepKernel FloatAttention =
        new("attention", "head by head in the cache", "float32; fast vectors, CPU; channels of a head a multiple of 32");

    /// <summary>The library's fused attention.</summary>
    public static readonly StepKernel AttentionLibrary =
        new("attention", "fused kernel of the tensor library", "float32 that the passes refuse, or not on the CPU");

    /// <summary>The library's products and softmax one by one.</summary>
    public static readonly StepKernel AttentionProducts = new("attention", "the tensor library's, one by one", "else");

    /// <summary><c>Gelu</c>.</summary>
    public static readonly StepKernel GeluPass = new("GELU", "one pass", "fast vectors, CPU; count of numbers a multiple of 16");

    /// <summary>The library's GELU.</summary>
    public static readonly StepKernel GeluLibrary = new("GELU", "the tensor library's", "else");

    /// <summary><c>FusedLora</c>.</summary>
    public static readonly StepKernel LowRankPass =
        new("low-rank updates", "one pass beside the product",
            "fast vectors, CPU; frozen projection; channels multiples of 16; at most 64 ranks");

    /// <summary>Dropout, two small products and a sum one by one.</summary>
    public static readonly StepKernel LowRankProducts = new("low-rank updates", "the tensor library's, one by one", "else");

    /// <summary><c>AdamPass</c>.</summary>
    public static readonly StepKernel AdamPass = new("AdamW", "one pass", "fast vectors, CPU; contiguous float32");

    /// <summary>The library's operations one by one.</summary>
    public static readonly StepKernel AdamLibrary = new("AdamW", "the tensor library's, one by one", "else");

    private StepKernel(string part, string name, string when) => (Part, Name, When) = (part, name, when);

    /// <summary>Every kernel; for each part the preferred ones first.</summary>
    public static IReadOnlyList<StepKernel> All { get; } =
    [
        FrozenProduct, FrozenConvolution, Convolution, Linear, NormPass, NormLibrary, AttentionPasses, FloatAttention, AttentionLibrary,
            AttentionProducts,
        GeluPass, GeluLibrary, LowRankPass, LowRankProducts, AdamPass, AdamLibrary,
    ];

    /// <summary>The part of a step, such as <c>attention</c>.</summary>
    public string Part { get; }

    /// <summary>What computes it.</summary>
    public string Name { get; }

    /// <summary>What it needs.</summary>
    public string When { get; }
}
