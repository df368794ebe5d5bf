using Radapt.Datasets.Phantoms;
using Radapt.Datasets.Splits;

namespace Radapt.Studies.Demo;

/// <summary>
/// How much a demo does. Images, epochs and seeds were set before LoRA was first compared with full fine-tuning, and do not depend on how
/// that comparison comes out.
/// </summary>
internal sealed record DemoSize
{
    /// <summary>Images that are pre-trained on, without labels.</summary>
    public required int Unlabelled { get; init; }

    /// <summary>Labelled images: 60 % for training, 20 % each for validation and test.</summary>
    public required int Labelled { get; init; }

    /// <summary>Passes of pre-training.</summary>
    public required int PretrainingEpochs { get; init; }

    /// <summary>Validation images that choose the epoch.</summary>
    public required int Choosing { get; init; }

    /// <summary>The columns of the table.</summary>
    public required IReadOnlyList<DemoFraction> Fractions { get; init; }

    /// <summary>Whether it is the short one.</summary>
    public required bool IsQuick { get; init; }

    /// <summary>A few minutes on two cores.</summary>
    public static DemoSize Full { get; } = new()
    {
        Unlabelled = 3000,
        Labelled = 1500,
        PretrainingEpochs = 8,
        Choosing = 120,
        IsQuick = false,
        Fractions =
        [
            Fraction(0.01, seeds: 5, epochs: 60, every: 15, batch: 9),
            Fraction(0.1, seeds: 3, epochs: 20, every: 5, batch: 8),
            Fraction(1, seeds: 3, epochs: 3, every: 1, batch: 12),
        ],
    };

    /// <summary>The same parts with less in each, to see that everything runs. Its figures mean little.</summary>
    public static DemoSize Quick { get; } = new()
    {
        Unlabelled = 400,
        Labelled = 300,
        PretrainingEpochs = 3,
        Choosing = 60,
        IsQuick = true,
        Fractions =
        [
            Fraction(0.01, seeds: 2, epochs: 6, every: 3, batch: 2),
            Fraction(0.1, seeds: 2, epochs: 4, every: 2, batch: 6),
            Fraction(1, seeds: 2, epochs: 2, every: 1, batch: 12),
        ],
    };

    /// <summary>Phantoms: large findings, one hard to see (pneumothorax), so that there is something to learn at every fraction.</summary>
    /// <param name="count">Number of images.</param>
    /// <param name="seed">Other images of other patients for every seed.</param>
    /// <param name="masks">Write where findings are.</param>
    public static PhantomOptions Phantoms(int count, long seed, bool masks) => new()
    {
        Count = count,
        Size = 64,
        Seed = seed,
        Difficulty = PhantomDifficulty.Easy,
        Findings = [PhantomFinding.Cardiomegaly, PhantomFinding.Effusion, PhantomFinding.Pneumothorax],
        Masks = masks,
    };

    private static DemoFraction Fraction(double share, int seeds, int epochs, int every, int batch) =>
        new(LabelFraction.FromShare(share), seeds, epochs, every, batch);
}
