using Radapt.Adaptation;
using Radapt.Datasets;
using Radapt.Options;

namespace Radapt.Recipes;

/// <summary>
/// Everything that decides what a fine-tuning run does, every default filled in, in sections whose properties declare the options that
/// set them. A resolved recipe, passed back, gives the same run.
/// </summary>
public sealed record Recipe : IRecipe
{
    /// <summary>Where images and labels come from.</summary>
    public DataOptions Data
    {
        get => field with { Seed = Seed, NeedsValidation = Validation.Select == EpochSelection.Best };
        init;
    } = new();

    /// <summary>The backbone and its weights.</summary>
    public required ModelOptions Model { get; init; }

    /// <summary>How the backbone is adapted; docs/methods.md lists the methods.</summary>
    [Option("method", "How the backbone is adapted; see docs/methods.md.", Default = "lora",
        Reason = "trains a fraction of a percent of the weights")]
    public required MethodOptions Method { get; init; }

    /// <summary>Normalisation, resizing, augmentation.</summary>
    public required PixelOptions Pixels { get; init; }

    /// <summary>Learning rate, epochs, batches, loss.</summary>
    public required OptimisationOptions Optimisation { get; init; }

    /// <summary>Validation and early stopping.</summary>
    public ValidationOptions Validation { get; init; } = new();

    /// <summary>Precision, device, threads.</summary>
    public required ComputeOptions Compute { get; init; }

    /// <summary>Seed of everything random.</summary>
    [Option("seed", "Seed of all random numbers.", Reason = "Radapt's choice")]
    public long Seed { get; init; }

    OptionCatalogue IRecipe.Catalogue => RecipeOptions.Catalogue;

    IEnumerable<object> IRecipe.Sections => [this, Data, Model, Method, Pixels, Optimisation, Validation, Compute];
}
