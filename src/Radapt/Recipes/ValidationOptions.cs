using Radapt.Options;

namespace Radapt.Recipes;

/// <summary>The validation section of a recipe: how the epoch is chosen.</summary>
public sealed record ValidationOptions
{
    /// <summary>Validate after every this many epochs, and after the last.</summary>
    [Option("validate-every",
        "Epochs between validations; the last epoch is always validated. auto: evenly spaced, so that validation "
            + "takes at most a third of the run.", Min = 1, CanBeAuto = true, ValueName = "N|auto", Default = "auto",
        ChosenFrom =
            ["epochs", "method", "lora-blocks", "lora-ranks", "last-k", "recompute", "data", "train", "val", "label-fraction",
                "keep-classes", "findings", "split-shares", "split-seed", "validate-images"])]
    public int Every { get; init; } = 1;

    /// <summary>Images that choose the epoch, at most: a balanced part of the validation images. Null: all of them.</summary>
    [Option("validate-images",
        "How many validation images choose the best epoch: a fixed subset of whole patients, balanced by label. The "
            + "chosen epoch is then scored on all validation images. auto: all, unless they take more than a third of the run; then as "
            + "many as give the mean AUROC a standard error of about 0.01.", Min = 1, CanBeAuto = true, NullWord = "all", ValueName = "N|auto|all",
        Default = "auto; all if validate-every is a number",
        ChosenFrom =
            ["epochs", "method", "lora-blocks", "lora-ranks", "last-k", "recompute", "data", "train", "val", "label-fraction",
                "keep-classes", "findings", "split-shares", "split-seed", "validate-every"])]
    public int? Images { get; init; }

    /// <summary>Which tensors the run keeps.</summary>
    [Option("select",
        "Which weights a run keeps: those of the epoch with the best validation AUROC (best), of the last epoch (last), or the mean over "
            + "the last quarter of the epochs (average). last and average need no validation images.",
        CanBeAuto = true, Default = "auto: best, if the validation images can tell epochs apart, else average", WhenNotStored = "best",
        ChosenFrom =
            ["data", "train", "val", "keep-classes", "findings", "split-shares", "split-seed", "validate-images", "method"])]
    public EpochSelection Select { get; init; }

    /// <summary>Whether ridge regression on frozen features is measured beside the run.</summary>
    [Option("baseline",
        "Before training, measure what ridge regression on frozen features reaches (as --method ridge), and show it beside the result.",
        True = "on", False = "off", CanBeAuto = true, Default = "auto: on, if it takes less than a tenth of the time of the run",
        WhenNotStored = "off",
        ChosenFrom =
            ["epochs", "method", "lora-blocks", "lora-ranks", "last-k", "recompute", "data", "train", "val", "test", "label-fraction",
                "keep-classes", "findings", "split-shares", "split-seed", "validate-images", "validate-every"])]
    public bool Baseline { get; init; }

    /// <summary>Stop after this many validations without a better AUROC; 0: never.</summary>
    [Option("patience", "Stop after this many validations without a better AUROC; 0: never.", Min = 0,
        Default = "a tenth of the validations, at least 5; 0 unless the best epoch is kept", ChosenFrom = ["epochs", "validate-every", "select"])]
    public int Patience { get; init; }
}
