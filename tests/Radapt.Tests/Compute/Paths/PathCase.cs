using Radapt.Adaptation;
using Radapt.Adaptation.Lora;
using Radapt.Adaptation.Methods;
using Radapt.Models;
using Radapt.Recipes;

namespace Radapt.Tests.Compute.Paths;

/// <summary>A model of the matrix: small, but with everything that decides which kernels run.</summary>
/// <param name="Name">What is special about it.</param>
/// <param name="Shape">Its dimensions.</param>
/// <param name="Pooling">What its head reads.</param>
internal sealed record PathModel(string Name, BackboneShape Shape, Pooling Pooling)
{
    /// <summary>Images of a batch.</summary>
    public int Images { get; init; } = 3;

    /// <summary>
    /// Whether its products are large enough for oneDNN: below 20,480 numbers of input the tensor library computes a convolution itself.
    /// Takes time, so only <see cref="PathVariant.Large"/> run on it.
    /// </summary>
    public bool Large { get; init; }

    /// <summary>The models.</summary>
    public static IReadOnlyList<PathModel> All { get; } =
    [
        new("32 wide", new BackboneShape(16, 4, 2, 32, 2), Pooling.Mean),                     // what the passes take
        new("24 wide", new BackboneShape(16, 4, 2, 24, 2), Pooling.ClassToken),               // no multiple of any vector
        // rows too short for the softmax; a head of 32
        new("32 wide, 5 tokens", new BackboneShape(8, 4, 2, 32, 1), Pooling.Mean),
        new("32 wide, DINOv2", new BackboneShape(16, 4, 2, 32, 1)
        {
            LayerScale = true,
            SwiGlu = true,
            Registers = 2,
            HiddenWidth = 88,
        }, Pooling.ClassAndMean),
        new("32 wide, rotary", new BackboneShape(16, 4, 2, 32, 1)
        {
            SwiGlu = true,
            HiddenWidth = 88,
            HiddenNorm = true,
            Positions = PatchPositions.LearnedAndRotary,
        }, Pooling.Mean),
        new("64 wide, 65 tokens", new BackboneShape(32, 4, 1, 64, 2), Pooling.Mean) { Images = 5, Large = true },
    ];
}

/// <summary>A method with options.</summary>
/// <param name="Method">The options; dropout is that of the case.</param>
internal sealed record PathVariant(MethodOptions Method)
{
    /// <summary>Whether it also runs on the large model.</summary>
    public bool Large { get; init; }

    private static readonly LoraOptions s_lora = new() { Rank = 3, Alpha = 6 };

    /// <summary>The variants by name.</summary>
    public static IReadOnlyDictionary<string, PathVariant> All { get; } = new Dictionary<string, PathVariant>
    {
        ["lora"] = Lora(s_lora) with { Large = true },
        ["lora --rslora --lora-ranks 1,4"] = Lora(s_lora with { RankStabilised = true, Ranks = [1, 4] }),
        ["lora --lora-targets k,proj,fc1,fc2"] = Lora(s_lora with { Targets = ["k", "proj", "fc1", "fc2"] }) with { Large = true },
        ["lora --lora-blocks 1"] = Lora(s_lora with { Blocks = [1] }),
        ["lora --rank 24"] = Lora(s_lora with { Rank = 24, Targets = ["q", "k", "v"] }), // more ranks than the pass takes
        ["lora --dora"] = Lora(s_lora with { Magnitudes = true }) with { Large = true },
        ["lora --dora --lora-targets fc2"] = Lora(s_lora with { Magnitudes = true, Targets = ["fc2"] }),
        ["adalora"] = new(new AdaLoraOptions { InitialRank = 3, TargetRank = 2, Alpha = 6 }) { Large = true },
        ["ia3"] = new(new PlainMethod("ia3")) { Large = true },
        ["vpt --prompt-depth shallow"] = new(new VptOptions { PromptTokens = 5, DeepPrompts = false }),
        ["vpt --prompt-depth deep"] = new(new VptOptions { PromptTokens = 5 }) { Large = true },
        ["houlsby"] = new(new HoulsbyOptions { Bottleneck = 6 }) { Large = true },
        ["houlsby --bottleneck 16"] = new(new HoulsbyOptions { Bottleneck = 16 }),
        ["parallel"] = new(new ParallelAdapterOptions { Bottleneck = 6, AdapterScale = 2.5 }) { Large = true },
        ["bitfit"] = new(new PlainMethod("bitfit")) { Large = true },
        ["norm"] = new(new PlainMethod("norm")) { Large = true },
        ["last-k"] = new(new LastKOptions { LastBlocks = 1 }) { Large = true },
        ["linear"] = new(new PlainMethod("linear")) { Large = true },
        ["ridge"] = new(new PlainMethod("ridge")),
        ["logistic"] = new(new PlainMethod("logistic")),
        ["knn"] = new(new KnnOptions()),
        ["full"] = new(new PlainMethod("full")) { Large = true },
    };

    private static PathVariant Lora(LoraOptions options) => new(options);
}

/// <summary>One path: what decides which kernels run, besides the processor.</summary>
internal sealed record PathCase(string Variant, PathModel Model, string Products, string Precision, bool Dropout, bool Recompute)
{
    /// <summary>The paths of a variant.</summary>
    public static IEnumerable<PathCase> Create(string variant) =>
        from model in PathModel.All.Where(m => !m.Large || PathVariant.All[variant].Large)
        from precision in new[] { "float32", "bfloat16" }
        from dropout in new[] { false, true }
        from products in RecipeOptions.Find("products")!.Choices
        from recompute in new[] { false, true }
        select new PathCase(variant, model, products, precision, dropout, recompute);

    public override string ToString() =>
        $"{Variant}; {Model.Name}; {Precision}, {Products}{(Dropout ? ", dropout" : "")}{(Recompute ? ", recompute" : "")}";
}
