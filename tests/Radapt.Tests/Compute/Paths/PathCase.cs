using Radapt.Adaptation;
using Radapt.Adaptation.Lora;
using Radapt.Models;
using Radapt.Training.Recipes;

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

/// <summary>A method with settings.</summary>
/// <param name="Method">What <c>--method</c> calls it.</param>
/// <param name="Settings">Its settings; dropout is that of the case.</param>
internal sealed record PathVariant(string Method, MethodSettings Settings)
{
    /// <summary>Whether it also runs on the large model.</summary>
    public bool Large { get; init; }

    private static readonly LoraSettings s_lora = new() { Rank = 3, Alpha = 6 };

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
        ["adalora"] = new("adalora", new MethodSettings
        {
            Lora = s_lora,
            AdaLora = new AdaLoraSettings { InitialRank = 3, TargetRank = 2 },
        })
        { Large = true },
        ["ia3"] = new("ia3", new MethodSettings()) { Large = true },
        ["vpt --prompt-depth shallow"] = new("vpt", new MethodSettings { PromptTokens = 5, DeepPrompts = false }),
        ["vpt --prompt-depth deep"] = new("vpt", new MethodSettings { PromptTokens = 5 }) { Large = true },
        ["houlsby"] = new("houlsby", new MethodSettings { Bottleneck = 6 }) { Large = true },
        ["houlsby --bottleneck 16"] = new("houlsby", new MethodSettings { Bottleneck = 16 }),
        ["parallel"] = new("parallel", new MethodSettings { Bottleneck = 6, AdapterScale = 2.5 }) { Large = true },
        ["bitfit"] = new("bitfit", new MethodSettings()) { Large = true },
        ["norm"] = new("norm", new MethodSettings()) { Large = true },
        ["last-k"] = new("last-k", new MethodSettings { LastBlocks = 1 }) { Large = true },
        ["linear"] = new("linear", new MethodSettings()) { Large = true },
        ["full"] = new("full", new MethodSettings()) { Large = true },
    };

    private static PathVariant Lora(LoraSettings settings) => new("lora", new MethodSettings { Lora = settings });
}

/// <summary>One path: what decides which kernels run, besides the processor.</summary>
internal sealed record PathCase(string Variant, PathModel Model, string Products, string Precision, bool Dropout, bool Recompute)
{
    /// <summary>The paths of a variant.</summary>
    public static IEnumerable<PathCase> Create(string variant) =>
        from model in PathModel.All.Where(m => !m.Large || PathVariant.All[variant].Large)
        from precision in new[] { "float32", "bfloat16" }
        from dropout in new[] { false, true }
        from products in RecipeOptions.All.Single(o => o.Name == "products").Allowed
        from recompute in new[] { false, true }
        select new PathCase(variant, model, products, precision, dropout, recompute);

    public override string ToString() =>
        $"{Variant}; {Model.Name}; {Precision}, {Products}{(Dropout ? ", dropout" : "")}{(Recompute ? ", recompute" : "")}";
}
