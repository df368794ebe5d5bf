using System.Globalization;
using Radapt.Datasets;
using Radapt.Imaging;
using Radapt.Models;
using Radapt.Models.Dialects;
using Radapt.Options;
using Radapt.Pretraining.Reports;
using Radapt.Recipes;

namespace Radapt.Pretraining;

/// <summary>
/// What is chosen for someone who gives nothing but images. Where the paper or MAE publishes a value it is taken; the others are ours, and
/// their reasons say so.
/// </summary>
internal static class PretrainingDefaults
{
    private const string Backbone = "vit_base_patch16_224";
    private const int MostImages = 64; // of a batch
    private const int MostMeasurements = 50;
    private const double MaeRate = 2.4e-3; // base rate 1.5e-4 at 4,096 images an update
    private const double MaeImages = 4096;

    /// <summary>The backbone of someone who gives neither weights nor a backbone, below all that was given.</summary>
    public static RecipeLayer Below(IReadOnlyList<RecipeLayer> layers)
    {
        OptionDeclaration backbone = OptionTable.Find((ModelOptions m) => m.Backbone);
        string weights = OptionTable.Find((ModelOptions m) => m.Weights).Name;
        bool isGiven = layers.Any(l => l.Find(backbone.Name) is not null || l.Find(weights) is not null);
        return new RecipeLayer(isGiven ? [] :
        [
            new RecipeEntry(layers[0].Catalogue.Find(backbone.Name)!, Backbone, ResolvedValue.ByDefault, $"--{backbone.Name}")
            {
                Reason = "the paper's",
            },
        ], layers[0].Catalogue);
    }

    /// <summary>Decides every value.</summary>
    /// <param name="given">What was given, and <see cref="Below"/>.</param>
    /// <param name="facts">What weights, images and machine tell.</param>
    /// <param name="records">Images with reports; null: images only.</param>
    /// <exception cref="RadaptException">Values contradict each other, the weights or the images.</exception>
    public static (PretrainingRecipe Recipe, IReadOnlyList<ResolvedValue> Values) Resolve(
        PartialRecipe given, RecipeFacts facts, ReportedImages? records = null)
    {
        var choices = new RecipeChoices(given, facts);
        OptionDeclaration seed = OptionTable.Find((PretrainingRecipe r) => r.Seed);
        RecipeDefaults.ChooseCheckPixels(choices);
        choices.Choose((DataOptions d) => d.Views,
            () => new Choice<IReadOnlyList<string>>(["frontal"], "Radapt's choice: as in fine-tuning"));
        DataOptions data = choices.Section<DataOptions>();
        UnlabelledOptions images = choices.Section<UnlabelledOptions>();
        ModelOptions model = ChooseModel(choices);
        ReportOptions? reports = records is null ? null : ChooseReports(choices, model);
        MaskingOptions masking = ChooseMasking(choices, model, isMrm: records is not null);
        PixelOptions pixels = ChoosePixels(choices, model, records);
        PretrainingRates rates = ChooseRates(choices);
        var recipe = new PretrainingRecipe
        {
            Images = images,
            Data = data,
            Model = model,
            Reports = reports,
            Masking = masking,
            Pixels = pixels,
            Optimisation = rates,
            Monitoring = ChooseMonitoring(choices, rates.Epochs),
            Compute = RecipeDefaults.ChooseCompute(choices),
            Seed = choices.Choose((PretrainingRecipe r) => r.Seed, () => new Choice<long>((long)seed.FixedDefault!, seed.Reason)),
        };
        RecipeResolver.RejectUnfitModel(recipe.Model, given, facts);
        RecipeResolver.RequireRanks(given, recipe.Optimisation.Accumulate, facts.Ranks);
        RejectContradictions(recipe, given);
        return (recipe, choices.Shown);
    }

    private static ModelOptions ChooseModel(RecipeChoices choices)
    {
        choices.Set((ModelOptions m) => m.FromScratch, RecipeDefaults.IsFromScratch(choices));
        BackboneDefaults.Choose(choices, choices.Facts.WeightsShape);
        return choices.Section<ModelOptions>();
    }

    private static ReportOptions ChooseReports(RecipeChoices choices, ModelOptions model)
    {
        var shape = ReportDecoderShape.For(model.Shape, vocabulary: 0);
        string reason = model.Width >= 768 ? "as in MRM" : $"Radapt's choice: beside {model.Width} channels and {model.Depth} blocks";
        int width = choices.Choose((ReportOptions r) => r.Width, () => new Choice<int>(shape.Width, reason));
        choices.Choose((ReportOptions r) => r.Depth, () => new Choice<int>(shape.Depth, reason));
        choices.Choose((ReportOptions r) => r.Heads, () => width == shape.Width ? new Choice<int>(shape.Heads, reason)
            : new Choice<int>(Math.Max(1, width / DecoderShape.HeadWidth), $"one per {DecoderShape.HeadWidth} channels"));
        return choices.Section<ReportOptions>();
    }

    private static MaskingOptions ChooseMasking(RecipeChoices choices, ModelOptions model, bool isMrm)
    {
        DecoderShape shape = isMrm ? DecoderShape.ForRecords(model.Shape) : DecoderShape.For(model.Shape);
        if (isMrm)
        {
            choices.Choose((MaskingOptions m) => m.NormalisedTargets, () => new Choice<bool>(true, "MRM's"));
        }

        string reason = shape == DecoderShape.Mae ? "as in MAE" : shape == DecoderShape.Mrm ? "as in MRM"
            : $"Radapt's choice: beside {model.Width} channels and {model.Depth} blocks";
        int width = choices.Choose((MaskingOptions m) => m.DecoderWidth, () => new Choice<int>(shape.Width, reason));
        choices.Choose((MaskingOptions m) => m.DecoderDepth, () => new Choice<int>(shape.Depth, reason));
        choices.Choose((MaskingOptions m) => m.DecoderHeads, () => width == shape.Width ? new Choice<int>(shape.Heads, reason)
            : new Choice<int>(Math.Max(1, width / DecoderShape.HeadWidth), $"one per {DecoderShape.HeadWidth} channels"));
        return choices.Section<MaskingOptions>();
    }

    private static PixelOptions ChoosePixels(RecipeChoices choices, ModelOptions model, ReportedImages? records)
    {
        if (records is null)
        {
            RecipeDefaults.ChooseStatistics(choices, model);
        }
        else
        {
            choices.Choose((PixelOptions p) => p.Mean, () => new Choice<double>(MrmNames.Statistics.Mean, "MRM's"));
            choices.Choose((PixelOptions p) => p.Std, () => new Choice<double>(MrmNames.Statistics.Std, "MRM's"));
        }

        choices.Choose((PixelOptions p) => p.DicomScale, () => RecipeDefaults.Scale(new DataOptions()));
        RecipeDefaults.ChoosePngBits(choices);
        choices.Choose((PixelOptions p) => p.Flip, () => records is { NameSides: true }
            ? new Choice<bool>(false,
                "Radapt's choice: the reports name sides of the body, which mirroring contradicts (MRM mirrors all the same)")
            : new Choice<bool>(true, "the paper's"));
        choices.Set((PixelOptions p) => p.Resize, (records is null ? 1 : MaskedRecordModel.Magnification) * model.ImageSize);
        choices.Set((PixelOptions p) => p.Augment, Augmentation.CropFlip);
        return choices.Section<PixelOptions>();
    }

    private static PretrainingRates ChooseRates(RecipeChoices choices)
    {
        int all = choices.Facts.TrainingImages;
        int batch = choices.Choose((PretrainingRates r) => r.BatchSize, () => all < 4 * MostImages
            ? new Choice<int>(Math.Max(1, all / 4), $"a quarter of the {Plural.Count(all, "image")}: at least four updates an epoch")
            : new Choice<int>(MostImages, "Radapt's choice: fits a workstation without a GPU"));
        OptionDeclaration accumulate = OptionTable.Find((PretrainingRates r) => r.Accumulate);
        long images = (long)batch * choices.Choose((PretrainingRates r) => r.Accumulate,
            () => RecipeDefaults.Accumulate(choices.Facts, accumulate));
        if (choices.Given.Find("base-lr") is { Value: double baseRate } entry)
        {
            choices.Derive((PretrainingRates r) => r.LearningRate, PretrainingRates.FromBaseRate(baseRate, images), entry,
                $"base-lr {entry.Text} x {images} images an update / 256");
        }
        else
        {
            choices.Choose((PretrainingRates r) => r.LearningRate, () => new Choice<double>(
                Rounded(MaeRate * Math.Sqrt(images / MaeImages)),
                $"Radapt's choice: MAE's {OptionText.Format(MaeRate)} at 4,096 images an update x the square root of {images} / 4,096"));
        }

        OptionDeclaration option = OptionTable.Find((PretrainingRates r) => r.Epochs);
        int epochs = choices.Choose((PretrainingRates r) => r.Epochs, () => new Choice<int>((int)option.FixedDefault!, option.Reason));
        choices.Choose((PretrainingRates r) => r.WarmupEpochs, () => new Choice<double>(
            Math.Min(40, Math.Round(0.2 * epochs, 1)), "the paper's 40 of 200, fewer with fewer epochs"));
        return choices.Section<PretrainingRates>();
    }

    // To three digits, as people write rates.
    private static double Rounded(double rate) =>
        double.Parse(rate.ToString("g3", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    private static MonitoringOptions ChooseMonitoring(RecipeChoices choices, int epochs)
    {
        int every = (epochs + MostMeasurements - 1) / MostMeasurements;
        choices.Choose((MonitoringOptions m) => m.ValidateEvery, () => new Choice<int>(every,
            every == 1 ? "Radapt's choice: after every epoch" : $"Radapt's choice: {epochs / every} measurements"));
        choices.Choose((MonitoringOptions m) => m.CheckpointEvery,
            () => new Choice<int>(Math.Max(1, epochs / 4), "Radapt's choice: a quarter of the epochs"));
        return choices.Section<MonitoringOptions>();
    }

    private static void RejectContradictions(PretrainingRecipe recipe, PartialRecipe given)
    {
        RecipeResolver.Require(given, recipe.Masking.DecoderWidth % recipe.Masking.DecoderHeads == 0, "decoder-heads",
            $"{recipe.Masking.DecoderWidth} channels cannot be divided among {recipe.Masking.DecoderHeads} heads.");
        RecipeResolver.Require(given, recipe.Masking.DecoderWidth % 4 == 0, "decoder-width",
            $"{recipe.Masking.DecoderWidth} is not a multiple of 4, which sine and cosine positions of rows and columns need.");
        RecipeResolver.Require(given, recipe.Model.Width % 4 == 0, "width",
            $"{recipe.Model.Width} is not a multiple of 4, which sine and cosine positions of rows and columns need.");
        RecipeResolver.Require(given, recipe.Model.Positions == PatchPositions.Learned, given.Find("positions") is null
            ? "weights" : "positions",
            "backbones with rotary positions (DINOv3, EVA) cannot be pre-trained by masking yet; take another.");
        if (recipe.Reports is { } reports)
        {
            RecipeResolver.Require(given, reports.Width % reports.Heads == 0, "report-heads",
                $"{reports.Width} channels cannot be divided among {reports.Heads} heads.");
        }

        int patches = recipe.Model.Shape.Grid * recipe.Model.Shape.Grid;
        RecipeResolver.Require(given, PatchMask.CountKept(patches, recipe.Masking.MaskRatio) < patches, "mask-ratio",
            $"{OptionText.Format(recipe.Masking.MaskRatio)} of {Plural.Count(patches, "patch", "patches")} masks none.");
        PretrainingRates rates = recipe.Optimisation;
        RecipeResolver.Require(given, rates.LastRate <= rates.LearningRate, "min-lr",
            $"{OptionText.Format(rates.LastRate)} is more than the peak learning rate {OptionText.Format(rates.LearningRate)}.");
        RecipeResolver.Require(given, rates.WarmupEpochs <= rates.Epochs, "warmup-epochs",
            $"a warm-up of {OptionText.Format(rates.WarmupEpochs)} epochs is longer than the training of {rates.Epochs}; "
                + "give a shorter --warmup-epochs.");
        RecipeResolver.Require(given, recipe.Data.CacheSize == 0 || recipe.Data.Cache is not null, "cache-size",
            "there is no cache whose size it could be; give --cache DIR, too.");
        RecipeResolver.Require(given, recipe.Monitoring.ProbeRoot is null || recipe.Monitoring.Probe is not null, "probe-root",
            "there is no probe that it could belong to; give --probe, too.");
    }
}
