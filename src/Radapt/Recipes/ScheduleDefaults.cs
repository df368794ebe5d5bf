using System.Globalization;
using Radapt.Adaptation;
using Radapt.Datasets;
using Radapt.Options;

namespace Radapt.Recipes;

/// <summary>
/// How long is trained and validated, and at which rates, for someone who gives nothing but images and weights.
/// </summary>
internal static class ScheduleDefaults
{
    private const int Updates = 1000;
    private const int FewestEpochs = 3;
    private const int MostEpochs = 100;
    private const int ShortEpoch = 20; // updates
    private const int MostShortValidations = 50;
    private const double PaperLastRate = 1e-6;
    private const double FromScratchRate = 3e-4;
    private const int UsualWidth = 768; // channels of ViT-B
    private const double MostOfBaseline = 0.1; // of the run

    public static int ChooseEpochs(RecipeChoices choices)
    {
        int images = choices.Facts.TrainingImages;
        choices.Choose((OptimisationOptions o) => o.BatchSize, () => images < 16
            ? new Choice<int>(Math.Max(1, images), $"all of the {images} training images")
            : new Choice<int>(16, "Radapt's choice: fits a workstation without a GPU"));
        OptionDeclaration accumulate = OptionTable.Find((OptimisationOptions o) => o.Accumulate);
        choices.Choose((OptimisationOptions o) => o.Accumulate, () => RecipeDefaults.Accumulate(choices.Facts, accumulate));
        long updates = UpdatesOfAnEpoch(choices);
        int epochs = choices.Choose((OptimisationOptions o) => o.Epochs, () => new Choice<int>(
            (int)Math.Clamp((Updates + updates - 1) / updates, FewestEpochs, MostEpochs),
            $"Radapt's choice: about {Updates:N0} updates at {updates:N0} an epoch, at least {FewestEpochs} and at most {MostEpochs} epochs"));
        choices.Choose((OptimisationOptions o) => o.WarmupEpochs,
            () => new Choice<double>(Math.Round(0.05 * epochs, 3), "Radapt's choice: 5 % of the epochs"));
        return epochs;
    }

    // First the images, since they decide how often these fit into the third of the run that validation may take.
    public static ValidationOptions ChooseValidation(RecipeChoices choices, DataOptions data, int epochs, double passes)
    {
        LabelledImages? validation = choices.Facts.Validation;
        int all = validation?.Items.Count ?? 0;
        long updates = UpdatesOfAnEpoch(choices);
        bool isShort = updates < ShortEpoch && epochs > MostShortValidations;
        int leastEvery = isShort ? (epochs + MostShortValidations - 1) / MostShortValidations : 1;
        var plan = new ValidationPlan(epochs, passes, choices.Facts.TrainingImages, all);
        bool isEveryGiven = choices.Given.Has((ValidationOptions v) => v.Every);
        int first = choices.Given.Value((ValidationOptions v) => v.Every, leastEvery);
        int images = Math.Min(all, choices.Choose((ValidationOptions v) => v.Images, ChooseImages) ?? all);
        int every = choices.Choose((ValidationOptions v) => v.Every, () => ChooseEvery(Math.Max(leastEvery, plan.Every(images))));
        EpochSelection select = choices.Choose((ValidationOptions v) => v.Select,
            () => ValidationPlan.Select(validation, choices.Decided((ValidationOptions v) => v.Images), data));
        choices.Choose((ValidationOptions v) => v.Patience, () =>
        {
            if (select != EpochSelection.Best)
            {
                return new Choice<int>(0, "validation chooses nothing");
            }

            int validations = ValidationPlan.Count(epochs, every);
            return new Choice<int>(Math.Max(5, (validations + 9) / 10), $"Radapt's choice: a tenth of {Plural.Count(validations, "validation")}, at least 5");
        });
        choices.Choose((ValidationOptions v) => v.Baseline, () => ChooseBaseline(
            (choices.Facts.TrainingImages + all + choices.Facts.TestImages) / plan.Passes(images, every)));
        return choices.Section<ValidationOptions>();

        Choice<int?> ChooseImages()
        {
            if (isEveryGiven && choices.Given.Find((ValidationOptions v) => v.Images) is null)
            {
                return new Choice<int?>(null, "validate-every is a number, not auto");
            }

            if (validation is null || plan.Fits(all, first))
            {
                return new Choice<int?>(null,
                    $"all {all:N0} after {Epochs(first)} take {Percent(plan.Share(all, first))} of the run; at "
                        + "most a third is meant for validation");
            }

            (LabelledImages part, double error) = ValidationPlan.EnoughImages(validation, ValidationPlan.Seed(data));
            return part.Items.Count == all
                ? new Choice<int?>(null, string.Create(CultureInfo.InvariantCulture,
                    $"with fewer of the {all:N0}, the epochs would be harder to compare"))
                : new Choice<int?>(part.Items.Count, string.Create(CultureInfo.InvariantCulture,
                    $"Radapt's choice: enough of {all:N0} for a standard error of the mean AUROC of {error:0.000} (Hanley and "
                        + $"McNeil); the chosen epoch is scored on all"));
        }

        Choice<int> ChooseEvery(int distance) => new(
            distance,
            distance == 1 && validation is null ? "the paper's"
            : distance == leastEvery && isShort ? $"Radapt's choice: epochs of {updates} updates are short; at most {MostShortValidations} validations"
            : string.Create(CultureInfo.InvariantCulture,
                $"{(distance == 1 ? "the paper's" : "Radapt's choice")}: {Plural.Count(ValidationPlan.Count(epochs, distance), "validation")} of "
                    + $"{Plural.Count(images, "image")} {(ValidationPlan.Count(epochs, distance) == 1 ? "takes" : "take")} "
                    + $"{Percent(plan.Share(images, distance))} of the run")
                + (plan.Fits(images, distance) ? "; at most a third is meant for validation" : "; the last epoch is always validated"));

        string Epochs(int distance) => distance == 1 ? "every epoch" : $"every {distance} epochs";
    }

    private static Choice<bool> ChooseBaseline(double share)
    {
        string percent = string.Create(CultureInfo.InvariantCulture, $"{Math.Max(1, 100 * share):0} %");
        return share < MostOfBaseline ? new Choice<bool>(true, $"Radapt's choice: frozen features and ridge take about {percent} of the run")
            : new Choice<bool>(false, $"Radapt's choice: it would take about {percent} of the run; --method ridge is a run of its own");
    }

    public static OptimisationOptions ChooseRates(RecipeChoices choices, MethodOptions method, OptimizerKind optimizer)
    {
        bool isSgd = optimizer == OptimizerKind.Sgd;
        bool isFull = method.Definition.HoldsWholeModel;
        bool isFromScratch = RecipeDefaults.IsFromScratch(choices);
        double rate;
        if (method.Definition.Probe is null && choices.Given.Find("base-lr") is { Value: double baseRate } entry)
        {
            long images = ImagesOfAnUpdate(choices);
            rate = choices.Derive((OptimisationOptions o) => o.LearningRate, OptimisationOptions.FromBaseRate(baseRate, images), entry,
                $"base-lr {entry.Text} x {images} images an update / 256");
        }
        else
        {
            MethodRates rates = method.Definition.Rates;
            rate = choices.Choose((OptimisationOptions o) => o.LearningRate, () =>
                isSgd ? new Choice<double>(rates.Sgd, rates.SgdReason)
                : isFull && isFromScratch ? new Choice<double>(FromScratchRate, "Radapt's choice for random weights with adamw")
                : isFull ? RateOfWidth(rates, choices.Decided((ModelOptions m) => m.Width))
                : new Choice<double>(rates.AdamW, rates.AdamWReason));
        }

        choices.Choose((OptimisationOptions o) => o.LastRate, () => rate > PaperLastRate
            ? new Choice<double>(PaperLastRate, "the paper's")
            : new Choice<double>(0, "the learning rate is already below the paper's 1e-6"));
        choices.Choose((OptimisationOptions o) => o.WeightDecay,
            () => new Choice<double>(isSgd ? 0 : 0.05, $"the paper's with {optimizer.Spelled()}"));
        if (!isSgd)
        {
            choices.Choose((OptimisationOptions o) => o.LayerDecay, () => (isFull, isFromScratch) switch
            {
                (true, false) => new Choice<double>(0.65, "the paper's with adamw"),
                (true, true) => new Choice<double>(1, "Radapt's choice: random weights have nothing to preserve"),
                _ => new Choice<double>(1, $"Radapt's choice for {method}: none"),
            });
        }

        return choices.Section<OptimisationOptions>();
    }

    // Inversely to the width, as Greg Yang and others (2022), Tensor Programs V, derive for Adam; two digits are enough.
    private static Choice<double> RateOfWidth(MethodRates rates, int width)
    {
        double rate = rates.AdamW * UsualWidth / width;
        double digit = Math.Pow(10, Math.Floor(Math.Log10(rate)) - 1);
        return new Choice<double>(Math.Round(Math.Round(rate / digit) * digit, 12), width == UsualWidth ? rates.AdamWReason
            : string.Create(CultureInfo.InvariantCulture, $"{rates.AdamWReason}: {rates.AdamW} x {UsualWidth} / {width} channels"));
    }

    private static long UpdatesOfAnEpoch(RecipeChoices choices) => Math.Max(1, choices.Facts.TrainingImages / ImagesOfAnUpdate(choices));

    private static long ImagesOfAnUpdate(RecipeChoices choices) =>
        (long)choices.Decided((OptimisationOptions o) => o.BatchSize) * choices.Decided((OptimisationOptions o) => o.Accumulate);

    private static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{100 * share:0} %");
}
