using Radapt.Datasets;
using Radapt.Options;
using Radapt.Pretraining.Reports;
using Radapt.Recipes;
using Radapt.Training;

namespace Radapt.Pretraining;

/// <summary>
/// Everything that decides what pre-training by masked images does. Sections that fine-tuning has too are those of its recipe, with the
/// options that mean something here.
/// </summary>
internal sealed record PretrainingRecipe : IRecipe
{
    /// <summary>The options of <c>radapt pretrain mae</c>.</summary>
    public static OptionCatalogue MaeCatalogue { get; } = new(
        [("Data", Sources(OptionTable.For(typeof(UnlabelledOptions)).Options)), .. Shared()]);

    /// <summary>The options of <c>radapt pretrain mrm</c>.</summary>
    public static OptionCatalogue MrmCatalogue { get; } = new(
    [
        ("Data", Sources(
        [
            OptionTable.Find((ReportOptions r) => r.Reports), OptionTable.Find((DataOptions d) => d.ImageRoot),
            OptionTable.Find((DataOptions d) => d.AllowMissingImages),
            OptionTable.Find((UnlabelledOptions u) => u.Exclude), OptionTable.Find((UnlabelledOptions u) => u.HeldOut),
        ])),
        ("Reports", OptionTable.For(typeof(ReportOptions)).Options.Where(o => o.Name != "reports")),
        .. Shared(),
    ]);

    /// <summary>Images without labels.</summary>
    public required UnlabelledOptions Images { get; init; }

    /// <summary>How files are taken: views, damaged ones, cache.</summary>
    public required DataOptions Data { get; init; }

    /// <summary>The encoder and the weights that it starts from.</summary>
    public required ModelOptions Model { get; init; }

    /// <summary>Reports, and what predicts them; null: images only.</summary>
    public ReportOptions? Reports { get; init; }

    /// <summary>What is masked and predicted.</summary>
    public required MaskingOptions Masking { get; init; }

    /// <summary>Normalisation and mirroring.</summary>
    public required PixelOptions Pixels { get; init; }

    /// <summary>Epochs, batches, learning rate.</summary>
    public required PretrainingRates Optimisation { get; init; }

    /// <summary>What is measured and kept.</summary>
    public required MonitoringOptions Monitoring { get; init; }

    /// <summary>Precision, device, threads.</summary>
    public required ComputeOptions Compute { get; init; }

    /// <summary>Seed of everything random.</summary>
    [Option("seed", "Seed of all random numbers.", Reason = "Radapt's choice")]
    public long Seed { get; init; }

    OptionCatalogue IRecipe.Catalogue => Reports is null ? MaeCatalogue : MrmCatalogue;

    IEnumerable<object> IRecipe.Sections =>
        new object?[] { this, Images, Data, Reports, Model, Masking, Pixels, Optimisation, Monitoring, Compute }.OfType<object>();

    /// <summary>What masks of images need.</summary>
    public MaskedImageSettings ForMasks() => new()
    {
        MaskRatio = Masking.MaskRatio,
        NormalisedTargets = Masking.NormalisedTargets,
        Seed = Seed,
    };

    /// <summary>What the optimizer needs.</summary>
    public OptimizerSettings ForOptimizer() => new()
    {
        Kind = OptimizerKind.AdamW,
        WeightDecay = Optimisation.WeightDecay,
        Beta2 = PretrainingRates.Beta2,
        Depth = Model.Depth,
        Threads = Compute.Threads,
    };

    /// <summary>What the training loop needs.</summary>
    public TrainingSettings ForTraining() => new()
    {
        Epochs = Optimisation.Epochs,
        LearningRate = new LearningRate(
            Optimisation.LearningRate, Optimisation.LastRate, Optimisation.WarmupEpochs, Optimisation.Epochs),
        Seed = Seed,
        Accumulate = Optimisation.Accumulate,
        ClipGradients = Optimisation.ClipGradients,
        ValidateEvery = Monitoring.ValidateEvery,
    };

    private static IEnumerable<OptionDeclaration> Sources(IEnumerable<OptionDeclaration> sources) =>
    [
        .. sources,
        OptionTable.Find((DataOptions d) => d.Views), OptionTable.Find((DataOptions d) => d.CheckPixels),
        OptionTable.Find((DataOptions d) => d.SkipUnreadable), OptionTable.Find((DataOptions d) => d.PlainNames),
        OptionTable.Find((DataOptions d) => d.Cache), OptionTable.Find((DataOptions d) => d.CacheSize),
    ];

    private static (string Heading, IEnumerable<OptionDeclaration> Options)[] Shared() =>
    [
        ("Model", OptionTable.For(typeof(ModelOptions)).Options.Where(o => o.Name is not ("from-scratch" or "pooling" or "drop-path"))),
        ("Masking", OptionTable.For(typeof(MaskingOptions)).Options),
        ("Pixels",
        [
            OptionTable.Find((PixelOptions p) => p.Mean), OptionTable.Find((PixelOptions p) => p.Std),
            OptionTable.Find((PixelOptions p) => p.DicomScale), OptionTable.Find((PixelOptions p) => p.PngBits),
            OptionTable.Find((PixelOptions p) => p.Flip),
        ]),
        ("Optimisation", OptionTable.For(typeof(PretrainingRates)).Options),
        ("Monitoring", OptionTable.For(typeof(MonitoringOptions)).Options),
        ("Compute",
        [
            .. OptionTable.For(typeof(ComputeOptions)).Options.Where(o => o.Name != "feature-cache"),
            OptionTable.Find((PretrainingRecipe r) => r.Seed),
        ]),
    ];
}
