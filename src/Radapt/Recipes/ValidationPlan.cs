using System.Globalization;
using Radapt.Adaptation;
using Radapt.Datasets;
using Radapt.Datasets.Splits;
using Radapt.Metrics;

namespace Radapt.Recipes;

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
    private const double MostErrorOfSelection = 0.05; // of the mean AUROC
    private const double ExpectedAuroc = 0.8; // at which errors are counted; better ones have smaller errors

    private readonly int _epochs;
    private readonly int _all;
    private readonly double _training; // forward passes of all epochs

    /// <param name="epochs">Epochs of the training.</param>
    /// <param name="passes">What an image costs; see <see cref="PassesOfTraining(MethodOptions, int, bool)"/>.</param>
    /// <param name="trainingImages">Training images of an epoch.</param>
    /// <param name="validationImages">All validation images.</param>
    public ValidationPlan(int epochs, double passes, int trainingImages, int validationImages)
    {
        (_epochs, _all) = (epochs, validationImages);
        _training = epochs * (double)trainingImages * passes;
    }

    // A third of a run is half of its training. Scoring the chosen epoch on all images is part of that third, but leaves at least half of
    // it for choosing.
    private double Room => Math.Max((_training / 2) - _all, _training / 4);

    /// <summary>
    /// Forward passes that training on an image costs: its own; the gradients of activations, from the last block to the lowest trained
    /// one; as
    /// much again for gradients of weights where whole blocks are trained, and for computing those blocks anew.
    /// </summary>
    /// <param name="method">The method with its options.</param>
    /// <param name="depth">Blocks of the backbone.</param>
    /// <param name="recompute">Whether blocks are computed anew in the backward pass.</param>
    public static double PassesOfTraining(MethodOptions method, int depth, bool recompute)
    {
        // values that do not fit are refused elsewhere
        int lowest = Math.Clamp(method.Definition.LowestBlock(method, depth), 0, depth);
        double share = (depth - lowest) / (double)depth;
        return 1 + (share * (1 + (method.Definition.TrainsWholeBlocks ? 1 : 0) + (recompute ? 1 : 0)));
    }

    /// <summary>The same of a decided recipe.</summary>
    public static double PassesOfTraining(Recipe recipe) =>
        PassesOfTraining(recipe.Method, recipe.Model.Depth, recipe.Compute.Recompute);

    /// <summary>Validations of a run.</summary>
    public static int Count(int epochs, int every) => (epochs + every - 1) / every;

    /// <summary>Whether validating so many images so often keeps within the third.</summary>
    public bool Fits(int images, int every) => Count(_epochs, every) * (double)images <= Room;

    /// <summary>
    /// The shortest distance between validations that keeps within the third; all epochs where none does: the last one is always validated.
    /// </summary>
    public int Every(int images) => Enumerable.Range(1, _epochs).FirstOrDefault(every => Fits(images, every), _epochs);

    /// <summary>Forward passes of training and validation, scoring the chosen epoch included.</summary>
    public double Passes(int images, int every) => _training + (Count(_epochs, every) * (double)images) + _all;

    /// <summary>The share of training and validation that validation takes, 0 to 1, scoring the chosen epoch included.</summary>
    public double Share(int images, int every)
    {
        double validation = (Count(_epochs, every) * (double)images) + _all;
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
    /// <param name="choosing">How many, at most; null: all.</param>
    /// <param name="seed">Of the part's draw; see <see cref="Seed"/>.</param>
    /// <exception cref="RadaptException">Fewer are asked for than have a positive and a negative of every finding.</exception>
    public static LabelledImages Choosing(LabelledImages validation, int? choosing, long seed)
    {
        if (choosing is not { } images || images >= validation.Items.Count)
        {
            return validation;
        }

        var parts = new BalancedParts(validation, seed);
        return images >= parts.Fewest ? parts.AtMost(images) : throw new RadaptException(string.Create(CultureInfo.InvariantCulture,
            $"--validate-images {images}: one positive and one negative of every finding, in whole patients, are {parts.Fewest} images; give "
                + $"at least this number, auto or all."));
    }

    /// <summary>
    /// Which epoch is kept. Epochs are scored on the same images, so their AUROCs err alike: where these correlate by 0.9, the difference
    /// of two has 0.45 times the error of one. At an error of 0.05 that is 0.02, about what epochs of one run differ by. Above it, the best
    /// epoch is chosen by chance, and the mean over the last ones takes its place.
    /// </summary>
    /// <param name="validation">All validation images; null: unknown.</param>
    /// <param name="choosing">How many of them choose, at most; null: all.</param>
    /// <param name="data">Whose seed draws that part.</param>
    public static Choice<EpochSelection> Select(LabelledImages? validation, int? choosing, DataOptions data)
    {
        if (validation is null || validation.Items.Count == 0)
        {
            return new Choice<EpochSelection>(validation is null ? EpochSelection.Best : EpochSelection.Average, "the paper's");
        }

        LabelledImages images = Choosing(validation, choosing, Seed(data));
        double error = Error(images);
        string known = string.Create(CultureInfo.InvariantCulture,
            $"a standard error of the mean AUROC of about {error:0.00} on {Plural.Count(images.Items.Count, "validation image")}");
        return error <= MostErrorOfSelection
            ? new Choice<EpochSelection>(EpochSelection.Best, $"the paper's; {known} can tell epochs apart")
            : new Choice<EpochSelection>(EpochSelection.Average,
                $"Radapt's choice: with {known}, the best epoch would be chosen by chance (35 positives and 75 negatives of a finding give "
                    + $"{AurocError.Single(ExpectedAuroc, 35, 75).ToString("0.00", CultureInfo.InvariantCulture)})");
    }

    /// <summary>Of the part's draw: runs with other seeds choose by the same images.</summary>
    public static long Seed(DataOptions data) => data.SplitSeed ?? 0;

    private static double Error(LabelledImages images) =>
        AurocError.Mean(ExpectedAuroc, images.CountLabels().Select(c => (c.Positives, c.Negatives))) ?? double.PositiveInfinity;
}
