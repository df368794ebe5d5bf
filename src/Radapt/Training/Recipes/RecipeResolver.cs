using Radapt.Adaptation;
using Radapt.Models;

namespace Radapt.Training.Recipes;

/// <summary>Makes one recipe, every value decided, out of what was given and what weights, data and machine tell.</summary>
internal static class RecipeResolver
{
    /// <summary>
    /// The recipe as far as the layers decide it: enough to open the data and the weights that <see cref="RecipeFacts"/> are read from.
    /// What nobody gave has its fixed default; what is chosen from the facts is empty or 0.
    /// </summary>
    /// <param name="layers">The first beats the second and so on: the command line before the recipe.</param>
    /// <exception cref="RadaptException">The layers contradict each other; see <see cref="RecipeLayer.Merge"/>.</exception>
    public static Recipe Partial(IReadOnlyList<RecipeLayer> layers) => RecipeLayer.Merge(layers).Entries
        .Aggregate(RecipeOptions.Undecided, (recipe, entry) => entry.Option.Set?.Invoke(recipe, entry.Value) ?? recipe);

    /// <summary>Decides every value.</summary>
    /// <param name="layers">The first beats the second and so on: the command line before the recipe.</param>
    /// <param name="facts">What weights, data and machine tell.</param>
    /// <exception cref="RadaptException">Values contradict each other, the weights or the data; or one that is needed is
    /// missing.</exception>
    public static ResolvedRecipe Resolve(IReadOnlyList<RecipeLayer> layers, RecipeFacts facts)
    {
        ArgumentNullException.ThrowIfNull(facts);
        RecipeLayer given = RecipeLayer.Merge(layers);
        RejectMissingSources(given);
        var choices = new RecipeChoices(given, facts);
        RecipeDefaults.ChooseData(choices);
        RecipeDefaults.ChoosePixelCheck(choices);
        RecipeDefaults.ChooseMethod(choices);
        RecipeDefaults.ChooseBackbone(choices);
        RecipeDefaults.ChoosePixels(choices);
        RecipeDefaults.ChooseFlip(choices);
        RecipeDefaults.ChooseSchedule(choices);
        RecipeDefaults.ChooseRates(choices);
        RecipeDefaults.ChooseCompute(choices);
        ResolvedRecipe resolved = choices.Finish();
        RejectContradictions(resolved.Recipe, given, facts);
        return resolved;
    }

    private static void RejectMissingSources(RecipeLayer given)
    {
        bool hasTable = given.Find("data") is not null;
        bool hasLists = given.Find("train") is not null && given.Find("val") is not null;
        if (!hasTable && !hasLists)
        {
            throw new RadaptException(
                "There are no images to learn from; give --data DIR, FILE.csv or a published set such as nih:DIR, or "
                    + "--train LIST --val LIST with --findings.");
        }

        if (given.Find("weights") is null && given.Find("from-scratch") is not { IsClaim: true })
        {
            throw new RadaptException(
                "There are no weights to start from; give --weights FILE (a checkpoint, merged weights or a run folder), or --from-scratch. "
                    + "`radapt weights` lists weights that others publish, docs/weights.md says how to get them.");
        }
    }

    private static void RejectContradictions(Recipe recipe, RecipeLayer given, RecipeFacts facts)
    {
        RejectUnfitBackbone(recipe, given, facts);
        void Require(bool holds, string option, string problem)
        {
            if (!holds)
            {
                throw new RadaptException($"{given.Find(option)?.Where ?? $"--{option}"}: {problem}");
            }
        }

        Require(recipe.ImageSize % recipe.PatchSize == 0, "image-size",
            $"{recipe.ImageSize} px cannot be cut into patches of {recipe.PatchSize} px; take a multiple of the patch size.");
        Require(recipe.Width % recipe.Heads == 0, "heads", $"{recipe.Width} channels cannot be shared among {recipe.Heads} heads.");
        Require(recipe.Positions == PatchPositions.Learned || recipe.Width / recipe.Heads % 4 == 0, "heads",
            $"rotary positions need a multiple of 4 channels a head; {recipe.Width} channels among {recipe.Heads} heads are not.");
        Require(recipe.Resize >= recipe.ImageSize, "resize",
            $"{recipe.Resize} px is less than the image size of {recipe.ImageSize} px that is cropped from it.");
        Require(recipe.CacheSize == 0 || recipe.Cache is not null, "cache-size",
            "there is no cache whose size it could be; give --cache DIR, too.");
        Require(recipe.CacheSize == 0 || recipe.CacheSize >= recipe.Resize, "cache-size",
            $"{recipe.CacheSize} px is less than the {recipe.Resize} px that evaluation resizes to; take at least that.");
        var shape = new BackboneShape(recipe.ImageSize, recipe.PatchSize, recipe.Depth, recipe.Width, recipe.Heads);
        MethodProblem? unfit = AdaptationMethod.Find(recipe.Method).Problem(recipe.MethodSettings, shape);
        Require(unfit is null, unfit?.Option ?? "method", unfit?.Text ?? "");
        Require(recipe.Lr <= RecipeOptions.LargestNumber, "lr",
            $"{RecipeOption.Format(recipe.Lr)} is not at most {RecipeOption.Format(RecipeOptions.LargestNumber)}.");
        Require(recipe.Lr * recipe.WeightDecay <= RecipeOptions.LargestNumber, "weight-decay",
            $"{RecipeOption.Format(recipe.WeightDecay)} x the learning rate {RecipeOption.Format(recipe.Lr)} is not at most "
                + $"{RecipeOption.Format(RecipeOptions.LargestNumber)}.");
        Require(recipe.MinLr <= recipe.Lr, "min-lr",
            $"{RecipeOption.Format(recipe.MinLr)} is more than the peak learning rate {RecipeOption.Format(recipe.Lr)}.");
        Require(recipe.WarmupEpochs <= recipe.Epochs, "warmup-epochs",
            $"a warm-up of {RecipeOption.Format(recipe.WarmupEpochs)} epochs is longer than the training of {recipe.Epochs}; "
            + "give a shorter --warmup-epochs.");
        double[]? weights = RecipeOptions.PosWeights(recipe.PosWeight);
        Require(weights is null || recipe.Findings.Count == 0 || weights.Length == recipe.Findings.Count, "pos-weight",
            $"{weights?.Length} weights for {recipe.Findings.Count} findings; give one each.");
    }

    // A different image size is no contradiction: positions are resized. Heads cannot be read off tensors alone.
    private static void RejectUnfitBackbone(Recipe recipe, RecipeLayer given, RecipeFacts facts)
    {
        if (recipe.FromScratch || facts.WeightsShape is not { } seen)
        {
            return;
        }

        (string Name, object Asked, object Seen)[] dimensions =
        [
            ("patch-size", recipe.PatchSize, seen.PatchSize), ("depth", recipe.Depth, seen.Depth), ("width", recipe.Width, seen.Width),
            ("heads", recipe.Heads, facts.WeightsTellHeads ? seen.Heads : recipe.Heads), ("registers", recipe.Registers, seen.Registers),
            ("layer-scale", recipe.LayerScale, seen.LayerScale), ("ffn", recipe.Ffn, seen.FeedForward),
            ("positions", PositionNames.NameOf(recipe.Positions), PositionNames.NameOf(seen.Positions)),
            // else it follows from the width
            ("hidden-width", recipe.HiddenWidth, recipe.Width == seen.Width ? seen.HiddenWidth : recipe.HiddenWidth),
        ];
        var unfit = dimensions.Where(d => !d.Asked.Equals(d.Seen)).ToList();
        if (unfit.Count > 0)
        {
            string where = unfit.Select(d => given.Find(d.Name)).Append(given.Find("backbone")).OfType<RecipeEntry>().First().Where;
            string what = string.Join(", ", unfit.Select(d => $"{d.Name} {Shown(d.Asked)} against {Shown(d.Seen)}"));
            string weights = string.Join(", ", new[] { facts.WeightsDescription ?? "a vision transformer", seen.Name }.OfType<string>());
            throw new RadaptException(
                $"{where}: {recipe.Backbone} does not fit the weights ({weights}): {what}. Leave it out or take other weights.");
        }
    }

    private static string Shown(object value) => value is bool flag ? flag ? "on" : "off" : RecipeOption.Format(value);
}
