using System.Globalization;
using Radapt.Adaptation;
using Radapt.Compute;
using Radapt.Datasets;
using Radapt.Datasets.Published;
using Radapt.Imaging;
using Radapt.Imaging.Dicom;
using Radapt.Models;
using Radapt.Models.Dialects;

namespace Radapt.Training.Recipes;

/// <summary>
/// What is chosen for someone who gives nothing but images and weights. Where the paper publishes a value it is taken; the others are
/// ours, and their reasons say so.
/// </summary>
internal static class RecipeDefaults
{
    private const int Updates = 1000;
    private const int FewestEpochs = 3;
    private const int MostEpochs = 100;
    private const int ShortEpoch = 20; // updates
    private const int MostShortValidations = 50;
    private const string Auto = "auto";
    private static readonly TimeSpan s_longestPixelCheck = TimeSpan.FromMinutes(15);
    internal const double PaperMean = 0.4785;
    internal const double PaperStd = 0.2834;
    private const string Custom = "custom";

    public static void ChooseData(RecipeChoices choices)
    {
        foreach (DataChoice choice in choices.Facts.DataChoices)
        {
            choices.Choose(choice.Option, () => new Choice(choice.Value, choice.Reason));
        }
    }

    public static void ChoosePixelCheck(RecipeChoices choices) => choices.ChooseOrDerive("check-pixels", Auto, () =>
    {
        string time = choices.Facts.DecodingTime is { } measured
            ? string.Create(CultureInfo.InvariantCulture, $"about {Math.Max(1, measured.TotalMinutes):0} min") : "a minute or two";
        return choices.Given.Find("cache") is not null ? new Choice("on", $"{time}; what is decoded is kept in the cache")
            : choices.Facts.DecodingTime > s_longestPixelCheck
            ? new Choice("off", string.Create(CultureInfo.InvariantCulture,
                $"ours: decoding every image takes {time}, more than {s_longestPixelCheck.TotalMinutes:0}; with --cache DIR it is done once"))
            : new Choice("on", $"ours: damaged and blank images are known before training; {time}");
    });

    public static void ChooseMethod(RecipeChoices choices)
    {
        choices.Choose("method", () => new Choice("lora", RecipeOptions.Method.DefaultReason));
        choices.Choose("optimizer", () => new Choice("adamw", RecipeOptions.Optimizer.DefaultReason));
        Recipe given = choices.Given.Entries.Aggregate(RecipeOptions.Undecided,
            (r, entry) => entry.Option.Set?.Invoke(r, entry.Value) ?? r);
        bool isUpperOnly = AdaptationMethod.Find(choices.Recipe.Method).LeavesLowerBlocks(given.MethodSettings) && given.Augment == "none";
        choices.Choose("drop-path", () => choices.Recipe.Method == "linear" || isUpperOnly
            ? new Choice(0.0, "ours: features of the frozen blocks are the same every time and computed once")
            : new Choice(0.1, "the paper's"));
    }

    public static void ChooseBackbone(RecipeChoices choices)
    {
        bool isFromScratch = choices.Given.Find("from-scratch") is { IsClaim: true };
        BackboneShape? seen = isFromScratch ? null : choices.Facts.WeightsShape;
        choices.Choose("backbone", () => seen is not null
            ? new Choice(seen.Name ?? Custom, Recognised(choices.Facts), ResolvedValue.ByWeights)
            : throw new RadaptException(isFromScratch
                ? "--from-scratch needs --backbone NAME, such as vit_small_patch16_224."
                : "The weights do not tell which backbone they are for; give --backbone NAME, such as vit_base_patch16_224."));

        string name = choices.Recipe.Backbone;
        bool isNamed = choices.Given.Find("backbone") is not null && name != Custom;
        BackboneShape? named = BackboneShape.FromName(name);
        if (isNamed && named is null)
        {
            throw new RadaptException(
                $"{choices.Given.Find("backbone")!.Where}: {name} is no backbone that Radapt knows; "
                + "names look like vit_base_patch16_224 (tiny, small, base, large) or vit_base_patch14_dinov2, "
                + "vit_base_patch14_reg4_dinov2 (small, base, large, giant).");
        }

        Choice Dimension(string option, Func<BackboneShape, int> get) =>
            isNamed ? new Choice((long)get(named!), $"of {name}")
            : seen is not null ? new Choice((long)get(seen), Recognised(choices.Facts), ResolvedValue.ByWeights)
            : throw new RadaptException($"A custom backbone needs --{option}.");

        choices.Choose("patch-size", () => Dimension("patch-size", s => s.PatchSize));
        choices.Choose("depth", () => Dimension("depth", s => s.Depth));
        choices.Choose("width", () => Dimension("width", s => s.Width));
        choices.Choose("heads", () => Dimension("heads", s => s.Heads));
        ToldPreparation? told = isNamed ? null : choices.Facts.WeightsPreparation;
        choices.Choose("image-size", () => told?.ImageSize(choices.Recipe.PatchSize) is { } side
            ? new Choice((long)side, ImageSizeReason(told, side, choices.Recipe.PatchSize), ResolvedValue.ByWeights)
            : (isNamed ? named : seen) is { ImageSize: 518, PatchSize: 14 }
            ? new Choice(224L, "the paper's; a fifth of the tokens of 518 px, whose positions are resized", isNamed
                ? ResolvedValue.ByDefault : ResolvedValue.ByWeights)
            : Dimension("image-size", s => s.ImageSize));
        ChooseBlocks(choices, isNamed ? named : seen, isNamed, isNamed ? seen?.Epsilon : null);
        choices.Choose("pooling", () => choices.Recipe.LayerScale
            ? new Choice("class-token", "DINOv2's own linear evaluations read it, and its final norm is trained for it")
            : new Choice("mean", "the paper's"));
    }

    private static string ImageSizeReason(ToldPreparation told, int side, int patch)
    {
        string rounded = side == told.Side ? "" : $" ({told.Side} px, cut to whole patches of {patch} px)";
        string slow = side >= 448 && patch <= 16 ? "; --image-size 224 takes about a fifth of the time" : "";
        return $"told by {told.Source}{rounded}{slow}";
    }

    // What a name or the weights say of the blocks beyond their size; a custom backbone is as in MAE where it does not say otherwise.
    private static void ChooseBlocks(RecipeChoices choices, BackboneShape? model, bool isNamed, double? weightsEpsilon)
    {
        Choice Of<T>(T value)
            where T : notnull => model is null ? new Choice(value, "as in MAE")
                : isNamed ? new Choice(value, $"of {choices.Recipe.Backbone}")
                : new Choice(value, Recognised(choices.Facts), ResolvedValue.ByWeights);

        choices.Choose("registers", () => Of((long)(model?.Registers ?? 0)));
        choices.Choose("layer-scale", () => Of(model?.LayerScale ?? false));
        choices.Choose("ffn", () => Of(model is { SwiGlu: true } ? "swiglu" : "mlp"));
        bool isGated = choices.Recipe.Ffn == "swiglu";
        choices.Choose("hidden-width", () => model is not null && model.Width == choices.Recipe.Width && model.SwiGlu == isGated
            ? Of((long)model.HiddenWidth)
            : isGated
            ? new Choice((long)BackboneShape.GatedWidth(choices.Recipe.Width), "DINOv2's rule: two thirds of four times the width")
            : new Choice(4L * choices.Recipe.Width, "four times the width"));
        choices.Choose("norm-eps", () => weightsEpsilon is { } seen ? new Choice(seen, Recognised(choices.Facts), ResolvedValue.ByWeights)
            : Of(model?.Epsilon ?? RecipeOptions.Undecided.NormEps));
    }

    public static void ChoosePixels(RecipeChoices choices)
    {
        RecipeFacts facts = choices.Facts;
        bool isFromScratch = choices.Given.Find("from-scratch") is { IsClaim: true };
        ToldPreparation? told = isFromScratch ? null : facts.WeightsPreparation;
        Choice Statistic(double? seen, double paper) => isFromScratch ? new Choice(paper, "the paper's for chest radiographs")
            : told is not null && seen is { } prepared ? new Choice(prepared, $"told by {told.Source}", ResolvedValue.ByWeights)
            : seen is { } known ? new Choice(known, Recognised(facts), ResolvedValue.ByWeights)
            : new Choice(paper, "the paper's for all weights but MRM's; these do not tell theirs");

        choices.Choose("mean", () => Statistic(facts.WeightsMean, PaperMean));
        choices.Choose("std", () => Statistic(facts.WeightsStd, PaperStd));
        choices.Choose("resize",
            () => told is { Resize: { } resize } && resize >= choices.Recipe.ImageSize
                && told.ImageSize(choices.Recipe.PatchSize) == choices.Recipe.ImageSize
            ? new Choice((long)resize, $"told by {told.Source}", ResolvedValue.ByWeights)
            : new Choice((long)choices.Recipe.ImageSize, "the image size: nothing of the shorter side is cut off"));
        choices.Choose("dicom-scale", () => DicomScaleOf(choices.Given.Find("data")?.Value as string) == DicomScale.Max
            ? new Choice("max", "the paper's for RSNA")
            : new Choice("voi", "what the equipment asks viewers to show"));
        choices.Choose("png-bits", () => facts.PngDepth is { } depth
            ? new Choice((long)depth.Bits, string.Create(CultureInfo.InvariantCulture,
                $"the largest sample in {Plural.Count(depth.Images, "16-bit PNG file")} of the set is {depth.Largest}"))
            : new Choice((long)PngDepth.Full, "the full range; no 16-bit PNG file was found"));
        choices.Choose("augment", () => choices.Recipe.Method == "linear"
            ? new Choice("none",
                "ours: a linear probe reads fixed features, computed once; crop-flip runs the whole backbone in every epoch")
            : choices.Recipe.ImageSize <= 64
            ? new Choice("shift-flip-noise", "ours: random crops leave too little of images of at most 64 px")
            : new Choice("crop-flip", "the paper's (its SGD recipes)"));
    }

    /// <summary>How gray values of DICOM files become 8 bits where nobody says.</summary>
    public static DicomScale DicomScaleOf(string? data) => PublishedSource.Parse(data)?.Set is RsnaPneumonia ? DicomScale.Max
        : DicomScale.Voi;

    public static void ChooseFlip(RecipeChoices choices)
    {
        Choice choice = choices.Recipe.Augment == "none" ? new Choice("off", "nothing is augmented")
            : SidedFindings.First(choices.Facts.Findings) is { } sided
            ? new Choice("off", $"the finding '{sided}' names a side, which a mirrored image would contradict")
            : new Choice("on", "the paper's; no finding names left or right");
        choices.ChooseOrDerive("flip", Auto, () => choice);
    }

    public static void ChooseSchedule(RecipeChoices choices)
    {
        int images = choices.Facts.TrainingImages;
        choices.Choose("batch-size", () => images < 16
            ? new Choice((long)Math.Max(1, images), $"all of the {images} training images")
            : new Choice(16L, "ours: fits a workstation without a GPU"));
        choices.Choose("accumulate", () => new Choice(1L, RecipeOptions.Find("accumulate")!.DefaultReason));

        long updates = Math.Max(1, images / ((long)choices.Recipe.BatchSize * choices.Recipe.Accumulate));
        choices.Choose("epochs", () => new Choice(
            Math.Clamp((Updates + updates - 1) / updates, FewestEpochs, MostEpochs),
            $"ours: about {Updates:N0} updates at {updates:N0} an epoch, at least {FewestEpochs} and at most {MostEpochs} epochs"));

        int epochs = choices.Recipe.Epochs;
        choices.Choose("warmup-epochs", () => new Choice(Math.Round(0.05 * epochs, 3), "ours: 5 % of the epochs"));
        ChooseValidation(choices, updates);
        choices.Choose("patience", () =>
        {
            int validations = ValidationPlan.Count(epochs, choices.Recipe.ValidateEvery);
            return new Choice((long)Math.Max(5, (validations + 9) / 10),
                $"ours: a tenth of {Plural.Count(validations, "validation")}, at least 5");
        });
    }

    // First the images, since they decide how often these fit into the third of the run that validation may take.
    private static void ChooseValidation(RecipeChoices choices, long updates)
    {
        LabelledImages? validation = choices.Facts.Validation;
        int all = validation?.Items.Count ?? 0;
        int epochs = choices.Recipe.Epochs;
        bool isShort = updates < ShortEpoch && epochs > MostShortValidations;
        int leastEvery = isShort ? (epochs + MostShortValidations - 1) / MostShortValidations : 1;
        choices.DecideRest(RecipeGroup.Data); // the seed of a part's draw
        choices.DecideRest(RecipeGroup.Method); // what a training image costs
        choices.Choose("recompute", () => new Choice(false, RecipeOptions.Find("recompute")!.DefaultReason));
        var plan = new ValidationPlan(choices.Recipe, choices.Facts.TrainingImages, all);
        int? givenEvery = choices.Given.Find("validate-every") is { Value: string every and not Auto }
            ? int.Parse(every, CultureInfo.InvariantCulture) : null;
        choices.ChooseOrDerive("validate-images", Auto, () => Images(givenEvery));
        int images = Math.Min(all, choices.Recipe.ValidateImages ?? all);
        choices.ChooseOrDerive("validate-every", Auto, () => Every(Math.Max(leastEvery, plan.Every(images))));

        Choice Images(int? given)
        {
            if (given is not null && choices.Given.Find("validate-images") is null)
            {
                return new Choice("all", "validate-every is a number, not auto");
            }

            if (validation is null || plan.Fits(all, given ?? leastEvery))
            {
                return new Choice("all",
                    $"all {all:N0} after {Epochs(given ?? leastEvery)} take {Percent(plan.Share(all, given ?? leastEvery))} of the run; at "
                        + "most a third is meant for validation");
            }

            (LabelledImages part, double error) = ValidationPlan.EnoughImages(validation, ValidationPlan.Seed(choices.Recipe));
            return part.Items.Count == all
                ? new Choice("all", string.Create(CultureInfo.InvariantCulture, $"fewer of the {all:N0} would tell epochs apart less well"))
                : new Choice(RecipeOption.Format(part.Items.Count), string.Create(CultureInfo.InvariantCulture,
                    $"ours: of {all:N0}, enough for a standard error of the mean AUROC of {error:0.000} (Hanley and "
                        + $"McNeil); the chosen epoch is scored on all"));
        }

        Choice Every(int every) => new(
            RecipeOption.Format(every),
            every == 1 && validation is null ? "the paper's"
            : every == leastEvery && isShort ? $"ours: epochs of {updates} updates are short; at most {MostShortValidations} validations"
            : string.Create(CultureInfo.InvariantCulture,
                $"{(every == 1 ? "the paper's" : "ours")}: {Plural.Count(ValidationPlan.Count(epochs, every), "validation")} of "
                    + $"{Plural.Count(images, "image")} take {Percent(plan.Share(images, every))} of the run")
                + (plan.Fits(images, every) ? "; at most a third is meant for validation" : "; the last epoch is always validated"));

        string Epochs(int every) => every == 1 ? "every epoch" : $"every {every} epochs";
    }

    private static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{100 * share:0} %");

    public static void ChooseRates(RecipeChoices choices)
    {
        Recipe recipe = choices.Recipe;
        bool isSgd = recipe.Optimizer == "sgd";
        bool isFromScratch = choices.Given.Find("from-scratch") is { IsClaim: true };
        if (choices.Given.Find("base-lr") is { } baseRate)
        {
            long images = (long)recipe.BatchSize * recipe.Accumulate;
            choices.Derive(
                "lr", (double)baseRate.Value * images / 256, baseRate,
                $"base-lr {RecipeOption.Format(baseRate.Value)} x {images} images an update / 256");
        }
        else
        {
            MethodRates rates = AdaptationMethod.Find(recipe.Method).Rates;
            choices.Choose("lr", () => (recipe.Method, isSgd) switch
            {
                ("full", false) when isFromScratch => new Choice(1e-3, "ours for random weights with adamw"),
                (_, true) => new Choice(rates.Sgd, rates.SgdReason),
                (_, false) => new Choice(rates.AdamW, rates.AdamWReason),
            });
        }

        choices.Choose("min-lr", () => choices.Recipe.Lr > 1e-6
            ? new Choice(1e-6, "the paper's")
            : new Choice(0.0, "the learning rate is below the paper's 1e-6 already"));
        choices.Choose("weight-decay", () => new Choice(isSgd ? 0 : 0.05, $"the paper's with {recipe.Optimizer}"));
        if (!isSgd)
        {
            choices.Choose("layer-decay", () => (recipe.Method, isFromScratch) switch
            {
                ("full", false) => new Choice(0.65, "the paper's with adamw"),
                ("full", true) => new Choice(1.0, "ours: random weights have nothing to preserve"),
                _ => new Choice(1.0, $"ours for {recipe.Method}: none"),
            });
        }
    }

    public static void ChooseCompute(RecipeChoices choices)
    {
        ProductChoice probed = choices.Facts.Probe ?? new ProductChoice("float32", "linear", "exact; the processor was not probed");
        choices.ChooseOrDerive("precision", Auto, () => new Choice(probed.Precision, probed.Reason));
        choices.Choose("products", () => new Choice(probed.Products, probed.Reason));
        ChooseThreads(choices);
    }

    private static void ChooseThreads(RecipeChoices choices)
    {
        RecipeFacts facts = choices.Facts;
        string reason = $"the {facts.PhysicalCores} physical cores of this machine ({facts.LogicalCores} hardware threads)";
        choices.Choose("threads", () => new Choice((long)Math.Max(1, facts.PhysicalCores), reason));
        choices.Choose("loader-threads", () => new Choice((long)Math.Max(1, facts.PhysicalCores), reason));
    }

    private static string Recognised(RecipeFacts facts) =>
        facts.WeightsDescription is { } description ? $"recognised: {description}" : "read off the weights";
}
