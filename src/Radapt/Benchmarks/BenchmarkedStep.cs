namespace Radapt.Benchmarks;

/// <summary>The steps that are measured, by the names they have in the report.</summary>
internal static class BenchmarkedStep
{
    /// <summary>A LoRA training step: forward, loss, backward, update.</summary>
    public const string TrainLora = "train.lora";

    /// <summary>The same with the activations of one block at a time: <c>--recompute</c>.</summary>
    public const string TrainLoraRecompute = "train.lora_recompute";

    /// <summary>A training step of full fine-tuning.</summary>
    public const string TrainFull = "train.full";

    /// <summary>A training step of linear probing, the backbone's forward pass included.</summary>
    public const string TrainLinear = "train.linear";

    /// <summary>A step of masked autoencoding with MAE.s decoder: <c>pretrain mae</c>.</summary>
    public const string TrainMae = "train.mae";

    /// <summary>A prediction with merged adapters.</summary>
    public const string Inference = "inference";

    /// <summary>All of them, in the order of the report.</summary>
    public static IReadOnlyList<string> Names { get; } = [TrainLora, TrainLoraRecompute, TrainFull, TrainLinear, TrainMae, Inference];

    /// <summary>Those of a classifier, which ports to other libraries have, too.</summary>
    public static IReadOnlyList<string> Classifying { get; } = [.. Names.Where(n => n != TrainMae)];

    /// <summary>The adaptation method that the step's model has.</summary>
    internal static string Method(string step) => step switch
    {
        TrainLora or TrainLoraRecompute or Inference => "lora",
        TrainFull => "full",
        TrainLinear => "linear",
        _ => throw new RadaptException($"bench: '{step}' is not one of {string.Join(", ", Names)}."),
    };
}
