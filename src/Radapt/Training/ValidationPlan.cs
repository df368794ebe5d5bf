using System.Globalization;
using Radapt.Adaptation;
using Radapt.Datasets;
using Radapt.Datasets.Splits;
using Radapt.Metrics;

namespace Radapt.Training;

/// <summary>
/// How often a run validates, and on how many images, so that validation takes at most a third of it. Costs are counted in forward passes
/// rather than measured: the same numbers give the same plan on every machine.
/// </summary>
/// <remarks>
/// Validations are evenly spaced and the last epoch is one of them. The best epoch can then lie at most half a gap from one that is seen,
/// wherever it is: small sets often peak in the middle. Spacing that is dense at the end would look again and again at nearly the same
/// tensors, since the half cosine has let the learning rate fall towards 0 there.
/// </remarks>
internal sealed class ValidationPlan
{
    private const int FewestImages = 1000; // smaller sets choose with all they have
    private const double LargestError = 0.01; // of the mean AUROC
    private const double MoreThanAll = 1.25; // times the error of all images, where rare findings keep even these above the largest
    private const double ExpectedAuroc = 0.8; // at which errors are counted; better ones have smaller errors

    private readonly Recipe _recipe;
    private readonly int _all;
    private readonly double _training; // forward passes of all epochs

    /// <param name="recipe">Method, blocks and epochs are decided.</param>
    /// <param name="trainingImages">Training images of an epoch.</param>
    /// <param name="validationImages">All validation images.</param>
    public ValidationPlan(Recipe recipe, int trainingImages, int validationImages)
    {
        (_recipe, _all) = (recipe, validationImages);
        _training = recipe.Epochs * (double)trainingImages * PassesOfTraining(recipe);
    }

    // A third of a run is half of its training. Scoring the chosen epoch on all images is part of that third, but leaves at least half of
    // it for choosing.
    private double Room => Math.Max((_training / 2) - _all, _training / 4);

    /// <summary>
    /// Forward passes that training on an image costs: its own; the gradients of activations, from the last block to the lowest trained
    /// one; as
    /// much again for gradients of weights where whole blocks are trained, and for computing those blocks anew.
    /// </summary>
    public static double PassesOfTraining(Recipe recipe)
    {
        AdaptationMethod method = AdaptationMethod.Find(recipe.Method);
        // values that do not fit are refused elsewhere
        int lowest = Math.Clamp(method.LowestBlock(recipe.MethodSettings, recipe.Depth), 0, recipe.Depth);
        double share = (recipe.Depth - lowest) / (double)recipe.Depth;
        return 1 + (share * (1 + (method.TrainsWholeBlocks ? 1 : 0) + (recipe.Recompute ? 1 : 0)));
    }

    /// <summary>Validations of a run.</summary>
    public static int Count(int epochs, int every) => (epochs + every - 1) / every;

    /// <summary>Whether validating so many images so often keeps within the third.</summary>
    public bool Fits(int images, int every) => Count(_recipe.Epochs, every) * (double)images <= Room;

    /// <summary>
    /// The shortest distance between validations that keeps within the third; all epochs where none does: the last one is always validated.
    /// </summary>
    public int Every(int images) => Enumerable.Range(1, _recipe.Epochs).FirstOrDefault(every => Fits(images, every), _recipe.Epochs);

    /// <summary>The share of training and validation that validation takes, 0 to 1, scoring the chosen epoch included.</summary>
    public double Share(int images, int every)
    {
        double validation = (Count(_recipe.Epochs, every) * (double)images) + _all;
        return validation / (_training + validation);
    }

    /// <summary>
    /// The smallest balanced part whose mean AUROC has a standard error of at most 0.01, or at most 1.25 times that of all images,
    /// whichever is
    /// larger, and that error: by Hanley and McNeil at an AUROC of 0.8. All images where no smaller part has, or where they are fewer than
    /// 1,000.
    /// </summary>
    public static (LabelledImages Part, double Error) EnoughImages(LabelledImages validation, long seed)
    {
        if (validation.Items.Count < FewestImages)
        {
            return (validation, Error(validation));
        }

        double largest = Math.Max(LargestError, MoreThanAll * Error(validation));
        LabelledImages? part = double.IsFinite(largest) ? new BalancedParts(validation, seed).Smallest(p => Error(p) <= largest) : null;
        return (part ?? validation, Error(part ?? validation));
    }

    /// <summary>The images that choose the epoch.</summary>
    /// <param name="validation">All validation images.</param>
    /// <param name="recipe">Resolved.</param>
    /// <exception cref="RadaptException">Fewer are asked for than have a positive and a negative of every finding.</exception>
    public static LabelledImages Choosing(LabelledImages validation, Recipe recipe)
    {
        if (recipe.ValidateImages is not { } images || images >= validation.Items.Count)
        {
            return validation;
        }

        var parts = new BalancedParts(validation, Seed(recipe));
        return images >= parts.Fewest ? parts.AtMost(images) : throw new RadaptException(string.Create(CultureInfo.InvariantCulture,
            $"--validate-images {images}: a positive and a negative of every finding, whole patients only, are {parts.Fewest} images; give "
                + $"at least that, auto or all."));
    }

    /// <summary>Of the part's draw: runs with other seeds choose by the same images.</summary>
    public static long Seed(Recipe recipe) => recipe.SplitSeed ?? 0;

    private static double Error(LabelledImages images) =>
        AurocError.Mean(ExpectedAuroc, images.CountLabels().Select(c => (c.Positives, c.Negatives))) ?? double.PositiveInfinity;
}
