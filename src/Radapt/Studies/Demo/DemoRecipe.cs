using System.Globalization;
using Radapt.Pretraining;
using Radapt.Studies.Comparison;

namespace Radapt.Studies.Demo;

/// <summary>
/// How the demo pre-trains and fine-tunes. The learning rate of each method was chosen on validation images, for the method alone.
/// </summary>
internal static class DemoRecipe
{
    /// <summary>The row of LoRA from random weights.</summary>
    public const string LoraRandom = "lora-random";

    private const string Pretrained = "MAE", Random = "random";
    private const string Lora = "LoRA", Full = "full fine-tuning", Ridge = "ridge probe";

    /// <summary>Options of every run of fine-tuning. The products are fixed: a probe might choose others on the next day.</summary>
    public static IReadOnlyDictionary<string, string> Common(DemoSize size) => new Dictionary<string, string>(PhantomBackbone.Compute)
    {
        ["products"] = "packed",
        ["drop-path"] = "0",
        ["augment"] = "none",
        ["patience"] = "0",
        ["select"] = "best",
        ["baseline"] = "off", // the table has the ridge probe
        ["validate-images"] = Text(size.Choosing),
        ["check-pixels"] = "off",
        ["png-bits"] = "16",
        ["plain-names"] = "true",
        ["allow-rare-findings"] = "true",
    };

    /// <summary>Options of pre-training.</summary>
    public static IReadOnlyDictionary<string, string> Pretraining(DemoSize size) => new Dictionary<string, string>(
        [.. PhantomBackbone.Architecture, .. PhantomBackbone.Compute])
    {
        ["crop-scale"] = "0.5",
        ["epochs"] = Text(size.PretrainingEpochs),
        ["batch-size"] = size.IsQuick ? "16" : "64",
        ["lr"] = "1e-3",
        ["warmup-epochs"] = "1",
        ["validate-every"] = "1",
        ["checkpoint-every"] = "0",
        ["pictures"] = "8",
        ["check-pixels"] = "off",
        ["seed"] = "0",
    };

    /// <summary>The rows of the table.</summary>
    /// <param name="weights">The run folder of pre-training.</param>
    public static IReadOnlyList<ComparedMethod> Methods(string weights) =>
    [
        new("lora-mae", Lora, Pretrained) { Weights = weights, Options = LoraOptions },
        new("full-mae", Full, Pretrained) { Weights = weights, Options = FullOptions },
        new("ridge-mae", Ridge, Pretrained) { Weights = weights, Options = RidgeOptions },
        new(LoraRandom, Lora, Random) { Options = LoraOptions },
        new("full-random", Full, Random) { Options = FullRandomOptions },
        new("ridge-random", Ridge, Random) { Options = RidgeOptions },
    ];

    /// <summary>Options that go with the number of images.</summary>
    public static IReadOnlyDictionary<string, string> Epochs(int epochs, int every, int batch) => new Dictionary<string, string>
    {
        ["epochs"] = Text(epochs),
        ["validate-every"] = Text(every),
        ["batch-size"] = Text(batch),
    };

    private static Dictionary<string, string> LoraOptions => new() { ["method"] = "lora", ["lr"] = "3e-3" };

    private static Dictionary<string, string> RidgeOptions => new() { ["method"] = "ridge" };

    private static Dictionary<string, string> FullOptions => new() { ["method"] = "full", ["lr"] = "1e-3" };

    private static Dictionary<string, string> FullRandomOptions => new() { ["method"] = "full", ["lr"] = "2e-3", ["layer-decay"] = "1" };

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
