using Radapt.Options;
using Radapt.Recipes;

namespace Radapt.Pretraining;

/// <summary>Epochs, batches and learning rate of pre-training, with AdamW (betas 0.9 and 0.95).</summary>
internal sealed record PretrainingRates
{
    /// <summary>MAE's decay of the squared gradients' mean.</summary>
    public const double Beta2 = 0.95;

    /// <summary>Passes over the images.</summary>
    [Option("epochs", "Passes over the images.", Min = 1, Reason = "the paper's longer run; it has one of 100, too")]
    public int Epochs { get; init; } = 200;

    /// <summary>Images per forward pass.</summary>
    [Option("batch-size", "Images per forward pass.", Min = 1, Default = "64, fewer with fewer images", ChosenFrom = ["images", "exclude"])]
    public int BatchSize { get; init; } = 64;

    /// <summary>Forward passes per update, of all ranks together.</summary>
    [Option("accumulate", "Forward passes per update, of all ranks of mpirun together.", Min = 1, Reason = "an update for every batch")]
    public int Accumulate { get; init; } = 1;

    /// <summary>Peak learning rate.</summary>
    [Option("lr", "Peak learning rate.", Min = 0, MinIsExcluded = true,
        Default = "MAE's 0.0024 for 4,096 images an update, scaled by the square root of their number",
        Excludes = ["base-lr"], ChosenFrom = ["batch-size", "accumulate"])]
    public required double LearningRate { get; init; }

    /// <summary>Final learning rate of the half-cosine schedule.</summary>
    [Option("min-lr", "Final learning rate of the half-cosine schedule.", Min = 0, Reason = "the paper's")]
    public double LastRate { get; init; }

    /// <summary>Epochs of linear warm-up from 0; may be a fraction.</summary>
    [Option("warmup-epochs", "Epochs of linear warm-up from 0; may be a fraction.", Min = 0,
        Default = "a fifth of the epochs, at most 40", ChosenFrom = ["epochs"])]
    public double WarmupEpochs { get; init; }

    /// <summary>Weight decay. Vectors, the class token and position embeddings are exempt.</summary>
    [Option("weight-decay", "Weight decay. Vectors, the class token and position embeddings are exempt.", Min = 0, Reason = "the paper's")]
    public double WeightDecay { get; init; } = 0.05;

    /// <summary>Largest norm of the gradient; 0: not clipped.</summary>
    [Option("clip-grad", "Largest gradient norm; 0: no clipping.", Min = 0, Reason = "as in MAE: not clipped")]
    public double ClipGradients { get; init; }

    /// <summary>The learning rate that a base rate means.</summary>
    /// <param name="baseRate">Learning rate per 256 images.</param>
    /// <param name="images">Images of an update.</param>
    [Option("base-lr", "Learning rate per 256 images: lr = base-lr x batch-size x accumulate / 256 (MAE's: 1.5e-4).",
        Min = 0, MinIsExcluded = true, Excludes = ["lr"])]
    public static double FromBaseRate(double baseRate, long images) => OptimisationOptions.FromBaseRate(baseRate, images);
}
