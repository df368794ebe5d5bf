using System.Linq.Expressions;
using Radapt.Adaptation;
using Radapt.Models;
using Radapt.Models.Dialects;
using Radapt.Options;

namespace Radapt.Recipes;

/// <summary>
/// The dimensions of the backbone: those of its name, where one is given; else those seen in the weights. A custom backbone is as in MAE
/// where it does not say otherwise.
/// </summary>
internal sealed class BackboneDefaults
{
    private const string Custom = "custom";
    private readonly RecipeChoices _choices;
    private readonly BackboneShape? _seen; // in the weights
    private readonly BackboneShape? _named; // by a name that was given
    private readonly string _name;

    private BackboneDefaults(RecipeChoices choices, BackboneShape? seen)
    {
        (_choices, _seen) = (choices, seen);
        _name = choices.Choose((ModelOptions m) => m.Backbone, () => seen is not null
            ? FromWeights(seen.Name ?? Custom)
            : throw new RadaptException(RecipeDefaults.IsFromScratch(choices)
                ? "--from-scratch needs --backbone NAME, such as vit_small_patch16_224."
                : "The weights do not show which backbone they belong to; give --backbone NAME, such as vit_base_patch16_224."));
        if (choices.Given.Find((ModelOptions m) => m.Backbone) is { } given && _name != Custom)
        {
            _named = BackboneShape.FromName(_name) ?? throw new RadaptException(
                $"{given.Where}: {_name} is not a backbone that Radapt knows; "
                + "names look like vit_base_patch16_224 (tiny, small, base, large) or vit_base_patch14_dinov2, "
                + "vit_base_patch14_reg4_dinov2 (small, base, large, giant), or vit_base_patch16_dinov3 (small, small_plus, base, large, huge_plus).");
        }
    }

    private BackboneShape? Model => _named ?? _seen;

    /// <summary>Decides name, dimensions, blocks and pooling.</summary>
    /// <param name="choices">The recipe.</param>
    /// <param name="seen">What the weights are for; null: they do not tell, or there are none.</param>
    /// <param name="method">How the backbone is adapted; null: it is pre-trained.</param>
    public static void Choose(RecipeChoices choices, BackboneShape? seen, AdaptationMethod? method = null)
    {
        var defaults = new BackboneDefaults(choices, seen);
        defaults.ChooseDimensions();
        defaults.ChooseBlocks();
        defaults.ChoosePooling(method);
    }

    private void ChooseDimensions()
    {
        int patch = Dimension(m => m.PatchSize, s => s.PatchSize);
        Dimension(m => m.Depth, s => s.Depth);
        Dimension(m => m.Width, s => s.Width);
        Dimension(m => m.Heads, s => s.Heads);
        ToldPreparation? told = _named is null ? _choices.Facts.WeightsPreparation : null;
        _choices.Choose((ModelOptions m) => m.ImageSize, () => told?.ImageSize(patch) is { } side
            ? new Choice<int>(side, ImageSizeReason(told, side, patch), ResolvedValue.ByWeights)
            : Model is { ImageSize: 518, PatchSize: 14 }
            ? new Choice<int>(224, "the paper's; a fifth of the tokens of 518 px, whose positions are resized",
                _named is not null ? ResolvedValue.ByDefault : ResolvedValue.ByWeights)
            : ChooseFromModel(m => m.ImageSize, s => s.ImageSize));
    }

    private void ChooseBlocks()
    {
        _choices.Choose((ModelOptions m) => m.Registers, () => Block(Model?.Registers ?? 0));
        _choices.Choose((ModelOptions m) => m.LayerScale, () => Block(Model?.LayerScale ?? false));
        _choices.Choose((ModelOptions m) => m.Positions, () => Block(Model?.Positions ?? PatchPositions.Learned));
        bool isGated = _choices.Choose((ModelOptions m) => m.FeedForward, () => Block(Model?.FeedForward ?? FeedForwardKind.Mlp))
            != FeedForwardKind.Mlp;
        int width = _choices.Decided((ModelOptions m) => m.Width);
        _choices.Choose((ModelOptions m) => m.HiddenWidth, () => Model is { } model && model.Width == width && model.SwiGlu == isGated
            ? Block(model.HiddenWidth)
            : isGated
            ? new Choice<int>(BackboneShape.GatedWidth(width), "DINOv2's rule: two thirds of four times the width")
            : new Choice<int>(4 * width, "four times the width"));
        double usual = (double)OptionTable.Find((ModelOptions m) => m.Epsilon).FixedDefault!;
        _choices.Choose((ModelOptions m) => m.Epsilon, () => _named is not null && _seen is not null ? FromWeights(_seen.Epsilon)
            : Block(Model?.Epsilon ?? usual));
    }

    private void ChoosePooling(AdaptationMethod? method) => _choices.Choose((ModelOptions m) => m.Pooling,
        () => _choices.Decided((ModelOptions m) => m.LayerScale)
            ? new Choice<Pooling>(Pooling.ClassToken, "the linear evaluations of DINOv2 and DINOv3 read it, and their final norm is trained for it")
            : method?.Probe is not null && _choices.Facts.WeightsHaveNorm
            ? new Choice<Pooling>(Pooling.NormedMean, "Radapt's choice where the backbone stays frozen: its output as it was trained, norm included")
            : new Choice<Pooling>(Pooling.Mean, "the paper's"));

    private int Dimension(Expression<Func<ModelOptions, int>> property, Func<BackboneShape, int> get) =>
        _choices.Choose(property, () => ChooseFromModel(property, get));

    private Choice<int> ChooseFromModel(Expression<Func<ModelOptions, int>> property, Func<BackboneShape, int> get) =>
        Model is not null ? Block(get(Model))
            : throw new RadaptException($"A custom backbone needs --{OptionTable.Find(property).Name}.");

    private Choice<T> Block<T>(T value) => _named is not null ? new Choice<T>(value, $"of {_name}")
        : _seen is not null ? FromWeights(value)
        : new Choice<T>(value, "as in MAE");

    private Choice<T> FromWeights<T>(T value) => new(value, RecipeDefaults.Recognised(_choices.Facts), ResolvedValue.ByWeights);

    private static string ImageSizeReason(ToldPreparation told, int side, int patch)
    {
        string rounded = side == told.Side ? "" : $" ({told.Side} px, reduced to whole patches of {patch} px)";
        string slow = side >= 448 && patch <= 16 ? "; --image-size 224 takes about a fifth of the time" : "";
        return $"stated in {told.Source}{rounded}{slow}";
    }
}
