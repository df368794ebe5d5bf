using Radapt.Adaptation;
using Radapt.Datasets;
using Radapt.Models;
using Radapt.Options;

namespace Radapt.Recipes;

/// <summary>Makes one recipe, every value decided, out of what was given and what weights, data and machine tell.</summary>
internal static class RecipeResolver
{
    /// <summary>Decides every value.</summary>
    /// <param name="layers">The first beats the second and so on: the command line before the recipe.</param>
    /// <param name="facts">What weights, data and machine tell.</param>
    /// <exception cref="RadaptException">Values contradict each other, the weights or the data; or one that is needed is
    /// missing.</exception>
    public static ResolvedRecipe Resolve(IReadOnlyList<RecipeLayer> layers, RecipeFacts facts) =>
        Resolve(PartialRecipe.Merge(layers), facts);

    /// <inheritdoc cref="Resolve(IReadOnlyList{RecipeLayer}, RecipeFacts)" path="/summary|/param[@name='facts']|/exception"/>
    public static ResolvedRecipe Resolve(PartialRecipe given, RecipeFacts facts)
    {
        ArgumentNullException.ThrowIfNull(given);
        ArgumentNullException.ThrowIfNull(facts);
        RejectMissingSources(given);
        var choices = new RecipeChoices(given, facts);
        long seed = choices.Choose((Recipe r) => r.Seed, () => new Choice<long>(0, OptionTable.Find((Recipe r) => r.Seed).Reason));
        DataOptions data = RecipeDefaults.ChooseData(choices);
        (MethodOptions method, OptimizerKind optimizer) = RecipeDefaults.ChooseMethod(choices);
        ModelOptions model = RecipeDefaults.ChooseModel(choices, method);
        PixelOptions pixels = RecipeDefaults.ChoosePixels(choices, method, model);
        int epochs = ScheduleDefaults.ChooseEpochs(choices);
        bool recompute = choices.Choose((ComputeOptions c) => c.Recompute,
            () => new Choice<bool>(false, OptionTable.Find((ComputeOptions c) => c.Recompute).Reason));
        ValidationOptions validation = ScheduleDefaults.ChooseValidation(choices, data,
            epochs, ValidationPlan.PassesOfTraining(method, model.Depth, recompute));
        OptimisationOptions optimisation = ScheduleDefaults.ChooseRates(choices, method, optimizer);
        ComputeOptions compute = RecipeDefaults.ChooseCompute(choices);
        var recipe = new Recipe
        {
            Data = data,
            Model = model,
            Method = method,
            Pixels = pixels,
            Optimisation = optimisation,
            Validation = validation,
            Compute = compute,
            Seed = seed,
        };
        RejectContradictions(recipe, given, facts);
        return new ResolvedRecipe(recipe, choices.Shown)
        {
            Notes = ProbeDefaults.Note(method, choices.Unused) is { } note ? [note] : [],
        };
    }

    private static void RejectMissingSources(PartialRecipe given)
    {
        bool hasTable = given.Find("data") is not null;
        bool hasLists = given.Find("train") is not null && (given.Find("val") is not null || !given.NeedsValidation);
        if (!hasTable && !hasLists)
        {
            throw new RadaptException(
                "There are no images to learn from; give --data DIR, FILE.csv or a published set such as nih:DIR, or "
                    + "--train LIST --val LIST with --findings.");
        }

        if (given.Find("weights") is null && given.Find("from-scratch") is not { IsClaim: true })
        {
            throw new RadaptException(
                "There are no weights to start from; give --weights FILE (a checkpoint, merged weights "
                    + "or a run folder), or --from-scratch. "
                    + "`radapt weights` lists weights that others publish, docs/weights.md says how to get them.");
        }
    }

    private static void RejectContradictions(Recipe recipe, PartialRecipe given, RecipeFacts facts)
    {
        RejectUnfitModel(recipe.Model, given, facts);
        OptimisationOptions rates = recipe.Optimisation;
        void Require(bool holds, string option, string problem) => RecipeResolver.Require(given, holds, option, problem);

        Require(recipe.Pixels.Resize >= recipe.Model.ImageSize, "resize",
            $"{recipe.Pixels.Resize} px is less than the image size of {recipe.Model.ImageSize} px that is cropped from it.");
        Require(recipe.Data.CacheSize == 0 || recipe.Data.Cache is not null, "cache-size",
            "this is the size of a cache, but there is no cache; also give --cache DIR.");
        Require(recipe.Data.CacheSize == 0 || recipe.Data.CacheSize >= recipe.Pixels.Resize, "cache-size",
            $"{recipe.Data.CacheSize} px is less than the {recipe.Pixels.Resize} px that evaluation resizes to; take at least that.");
        MethodProblem? unfit = recipe.Method.Definition.Problem(recipe.Method, recipe.Model.Shape);
        Require(unfit is null, unfit?.Option ?? "method", unfit?.Text ?? "");
        Require(facts.Ranks == 1 || recipe.Method.Definition.Probe is null, "method",
            $"{recipe.Method.Name} fits the head in one pass over the images, in one process: start radapt without mpirun.");
        RequireRanks(given, recipe.Optimisation.Accumulate, facts.Ranks);
        Require(rates.LearningRate <= OptionDeclaration.LargestNumber, "lr",
            $"{OptionText.Format(rates.LearningRate)} must be at most {OptionText.Format(OptionDeclaration.LargestNumber)}.");
        Require(rates.LearningRate * rates.WeightDecay <= OptionDeclaration.LargestNumber, "weight-decay",
            $"{OptionText.Format(rates.WeightDecay)} x the learning rate {OptionText.Format(rates.LearningRate)} must be at most "
                + $"{OptionText.Format(OptionDeclaration.LargestNumber)}.");
        Require(rates.LastRate <= rates.LearningRate, "min-lr",
            $"{OptionText.Format(rates.LastRate)} is more than the peak learning rate {OptionText.Format(rates.LearningRate)}.");
        Require(rates.WarmupEpochs <= rates.Epochs, "warmup-epochs",
            $"a warm-up of {OptionText.Format(rates.WarmupEpochs)} epochs is longer than the training of {rates.Epochs}; "
            + "give a shorter --warmup-epochs.");
        Require(recipe.Validation.Patience == 0 || recipe.Validation.Select == EpochSelection.Best, "patience",
            $"with --select {recipe.Validation.Select.Spelled()}, all epochs are trained; leave it out, or give --select best.");
        IReadOnlyList<float>? weights = rates.PositiveWeight.Weights;
        Require(weights is null || recipe.Data.Findings.Count == 0 || weights.Count == recipe.Data.Findings.Count, "pos-weight",
            $"{weights?.Count} weights are given for {recipe.Data.Findings.Count} findings; give one per finding.");
    }

    /// <summary>Refuses a backbone that does not fit the weights, or cannot be built.</summary>
    /// <exception cref="RadaptException">It cannot be used; the message names the option.</exception>
    public static void RejectUnfitModel(ModelOptions model, PartialRecipe given, RecipeFacts facts)
    {
        RejectUnfitBackbone(model, given, facts);
        Require(given, model.ImageSize % model.PatchSize == 0, "image-size",
            $"{model.ImageSize} px cannot be cut into patches of {model.PatchSize} px; take a multiple of the patch size.");
        Require(given, model.Width % model.Heads == 0, "heads",
            $"{model.Width} channels cannot be divided among {model.Heads} heads.");
        Require(given, model.Positions == PatchPositions.Learned || model.Width / model.Heads % 4 == 0, "heads",
            $"rotary positions need a multiple of 4 channels per head; {model.Width} channels for {model.Heads} heads do not give that.");
    }

    /// <summary>Refuses more ranks than an update has forward passes.</summary>
    /// <param name="given">What was given.</param>
    /// <param name="accumulate">Forward passes per update.</param>
    /// <param name="ranks">Processes that train together.</param>
    /// <exception cref="RadaptException">A rank would have nothing to do.</exception>
    public static void RequireRanks(PartialRecipe given, int accumulate, int ranks) => Require(given, ranks <= accumulate, "accumulate",
        $"{Plural.Count(accumulate, "forward pass", "forward passes")} an update cannot be divided among {ranks} ranks. Start "
            + (accumulate == 1 ? "radapt without mpirun" : $"at most {accumulate} (mpirun -n {accumulate})")
            + $", or begin a new run with --accumulate {ranks}.");

    /// <summary>Refuses a value of an option.</summary>
    /// <param name="given">What was given.</param>
    /// <param name="holds">What must hold.</param>
    /// <param name="option">The option to change.</param>
    /// <param name="problem">The rest of the message.</param>
    /// <exception cref="RadaptException">It does not hold.</exception>
    public static void Require(PartialRecipe given, bool holds, string option, string problem)
    {
        if (!holds)
        {
            throw new RadaptException($"{given.Find(option)?.Where ?? $"--{option}"}: {problem}");
        }
    }

    // A different image size is no contradiction: positions are resized. Heads cannot be read off tensors alone.
    private static void RejectUnfitBackbone(ModelOptions model, PartialRecipe given, RecipeFacts facts)
    {
        if (model.FromScratch || facts.WeightsShape is not { } seen)
        {
            return;
        }

        (string Name, object Asked, object Seen)[] dimensions =
        [
            ("patch-size", model.PatchSize, seen.PatchSize), ("depth", model.Depth, seen.Depth), ("width", model.Width, seen.Width),
            ("heads", model.Heads, facts.WeightsTellHeads ? seen.Heads : model.Heads), ("registers", model.Registers, seen.Registers),
            ("layer-scale", model.LayerScale, seen.LayerScale), ("ffn", model.FeedForward.Spelled(), seen.FeedForward.Spelled()),
            ("positions", model.Positions.Spelled(), seen.Positions.Spelled()),
            // else it follows from the width
            ("hidden-width", model.HiddenWidth, model.Width == seen.Width ? seen.HiddenWidth : model.HiddenWidth),
        ];
        var unfit = dimensions.Where(d => !d.Asked.Equals(d.Seen)).ToList();
        if (unfit.Count > 0)
        {
            string where = unfit.Select(d => given.Find(d.Name)).Append(given.Find("backbone")).OfType<RecipeEntry>().First().Where;
            string what = string.Join(", ", unfit.Select(d => $"{d.Name} {Shown(d.Asked)} against {Shown(d.Seen)}"));
            string weights = string.Join(", ", new[] { facts.WeightsDescription ?? "a vision transformer", seen.Name }.OfType<string>());
            throw new RadaptException(
                $"{where}: {model.Backbone} does not fit the weights ({weights}): {what}. Leave it out or take other weights.");
        }
    }

    private static string Shown(object value) => value is bool flag ? flag ? "on" : "off" : OptionText.Format(value);
}
