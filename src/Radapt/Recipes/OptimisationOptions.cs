using Radapt.Adaptation;
using Radapt.Options;

namespace Radapt.Recipes;

/// <summary>The optimisation section of a recipe: learning rate, epochs, batches, loss.</summary>
public sealed record OptimisationOptions
{
    /// <summary>The optimizer.</summary>
    [Option("optimizer", "Optimizer.", Reason = "less sensitive to the learning rate than sgd")]
    public OptimizerKind Optimizer { get; init; } = OptimizerKind.AdamW;

    /// <summary>Peak learning rate. A base rate is turned into it: base rate x effective batch / 256.</summary>
    [Option("lr", "Peak learning rate.", Min = 0, MinIsExcluded = true,
        DefaultFrom = nameof(DefaultRates), Excludes = ["base-lr"],
        ChosenFrom = ["method", "optimizer", "from-scratch", "weights", "backbone", "width"])]
    public required double LearningRate { get; init; }

    /// <summary>Final learning rate of the half-cosine schedule.</summary>
    [Option("min-lr", "Final learning rate of the half-cosine schedule.", Min = 0, Reason = "the paper's", ChosenFrom = ["lr", "base-lr"])]
    public double LastRate { get; init; } = 1e-6;

    /// <summary>Epochs of linear warm-up from 0; may be a fraction.</summary>
    [Option("warmup-epochs", "Epochs of linear warm-up from 0; may be a fraction.", Min = 0,
        Default = "5 % of the epochs", ChosenFrom = ["epochs"])]
    public double WarmupEpochs { get; init; }

    /// <summary>SGD's momentum.</summary>
    [Option("momentum", "Momentum.", Min = 0, Max = 1, MaxIsExcluded = true, OnlyWith = "optimizer sgd", Reason = "the paper's")]
    public double Momentum { get; init; } = 0.9;

    /// <summary>Weight decay. Vectors, the class token and position embeddings are exempt.</summary>
    [Option("weight-decay", "Weight decay. Vectors, the class token and position embeddings are exempt.", Min = 0,
        Default = "0.05 with adamw, 0 with sgd", ChosenFrom = ["optimizer"])]
    public double WeightDecay { get; init; }

    /// <summary>Layer-wise decay of the learning rate (AdamW); 1: none.</summary>
    [Option("layer-decay", "Factor on the learning rate for each block below the head; 1: no decay.",
        Min = 0, MinIsExcluded = true, Max = 1, OnlyWith = "optimizer adamw", Default = "0.65 with full fine-tuning of weights, else 1",
        ChosenFrom = ["method", "optimizer", "from-scratch"])]
    public double LayerDecay { get; init; } = 1;

    /// <summary>Passes over the training images.</summary>
    [Option("epochs", "Passes over the training images.", Min = 1, Default = "about 1,000 updates, at least 3 and at most 100 epochs",
        ChosenFrom = ["batch-size", "accumulate", "data", "train", "label-fraction", "keep-classes"])]
    public required int Epochs { get; init; }

    /// <summary>Images per forward pass.</summary>
    [Option("batch-size", "Images per forward pass.", Min = 1, Default = "16, fewer with fewer training images",
        ChosenFrom = ["data", "train", "label-fraction", "keep-classes"])]
    public int BatchSize { get; init; } = 16;

    /// <summary>Forward passes per update, of all ranks together.</summary>
    [Option("accumulate", "Forward passes per update, of all ranks of mpirun together.", Min = 1, Reason = "an update for every batch")]
    public int Accumulate { get; init; } = 1;

    /// <summary>Largest norm of the gradient; 0: not clipped.</summary>
    [Option("clip-grad", "Largest gradient norm; 0: no clipping.", Min = 0, Reason = "Radapt's choice: not clipped")]
    public double ClipGradients { get; init; }

    /// <summary>Weight of positives in the loss.</summary>
    [Option("pos-weight",
        "Weight of positives in the loss: none, balanced (negatives / positives), or one number per finding, separated by commas.",
        ValueName = "WEIGHT", Reason = "the paper's")]
    public PositiveWeight PositiveWeight { get; init; } = PositiveWeight.None;

    internal static string DefaultRates =>
        $"with adamw: {Rates(m => m.Rates.AdamW)}; for full x 768 / channels; 0.0003 for full from scratch; with sgd: {Rates(m => m.Rates.Sgd)}";

    /// <summary>The learning rate that a base rate means.</summary>
    /// <param name="baseRate">Learning rate per 256 images.</param>
    /// <param name="images">Images of an update.</param>
    [Option("base-lr", "Learning rate per 256 images: lr = base-lr x batch-size x accumulate / 256.", Min = 0, MinIsExcluded = true,
        Excludes = ["lr"])]
    public static double FromBaseRate(double baseRate, long images) => baseRate * images / 256;

    // "0.001 for lora, adalora; 0.003 for ia3; …"
    private static string Rates(Func<AdaptationMethod, double> rate) => string.Join("; ", AdaptationMethod.All
        .Where(m => m.Probe is null).GroupBy(rate)
        .Select(g => $"{OptionText.Format(g.Key)} for {string.Join(", ", g.Select(m => m.Name))}"));
}
