using Radapt.Adaptation;
using Radapt.Models;
using Radapt.Models.Dialects;
using Radapt.Options;

namespace Radapt.Recipes;

/// <summary>The model section of a recipe: the backbone, its weights, and what the classifier reads of it.</summary>
public sealed record ModelOptions
{
    /// <summary>
    /// Checkpoint, merged weights, run folder or name of shipped weights that the backbone's weights come from; null only with
    /// <see cref="FromScratch"/>.
    /// </summary>
    [Option("weights",
        "Checkpoint, merged weights or run folder with the weights of the backbone; phantom-tiny: a tiny backbone that is part of Radapt.",
        ValueName = "FILE|RUN", IsPath = true, MayChangeOnResume = true, Excludes = ["from-scratch"])]
    public string? Weights { get; init; }

    /// <summary>Start from random weights.</summary>
    [Option("from-scratch", "Start from random weights.", Excludes = ["weights"])]
    public bool FromScratch { get; init; }

    /// <summary>Whose tensor names the weights use; <c>auto</c>: recognised.</summary>
    [Option("dialect", "Naming scheme of the tensors in --weights.",
        ChoicesFrom = nameof(Dialects), Reason = "recognised by the tensors' names")]
    public string Dialect { get; init; } = WeightsDialect.Auto;

    /// <summary>Which of several copies of the encoder in the weights; <c>auto</c>: the averaged one.</summary>
    [Option("copy",
        "Which encoder to read from a training checkpoint with several: the trained student, or its average (teacher, ema).",
        ChoicesFrom = nameof(Copies), Reason = "the average where there is one, which is what its authors evaluate")]
    public string Copy { get; init; } = EncoderCopies.Auto;

    /// <summary>timm's name of the backbone, such as <c>vit_base_patch16_224</c>; <c>custom</c> where its dimensions have none.</summary>
    [Option("backbone", "Model name as in timm, such as vit_base_patch16_224; custom: other options give its dimensions.",
        Default = "recognised in the weights", ChosenFrom = ["weights", "from-scratch"])]
    public required string Backbone { get; init; }

    /// <summary>Side of the square input, pixels.</summary>
    [Option("image-size", "Side of the square input in pixels; position embeddings are resized to match.", Min = 1, Max = Largest,
        Default = Backbones, ChosenFrom = ["weights", "from-scratch", "backbone"])]
    public required int ImageSize { get; init; }

    /// <summary>Side of a patch, pixels.</summary>
    [Option("patch-size", "Side of a patch in pixels.", Min = 1, Max = Largest,
        Default = Backbones, ChosenFrom = ["weights", "from-scratch", "backbone"])]
    public required int PatchSize { get; init; }

    /// <summary>Number of transformer blocks.</summary>
    [Option("depth", "Number of transformer blocks.", Min = 1, Max = Largest,
        Default = Backbones, ChosenFrom = ["weights", "from-scratch", "backbone"])]
    public required int Depth { get; init; }

    /// <summary>Channels of a token.</summary>
    [Option("width", "Channels per token.", Min = 1, Max = Largest,
        Default = Backbones, ChosenFrom = ["weights", "from-scratch", "backbone"])]
    public required int Width { get; init; }

    /// <summary>Attention heads.</summary>
    [Option("heads", "Attention heads.", Min = 1, Max = Largest,
        Default = Backbones, ChosenFrom = ["weights", "from-scratch", "backbone"])]
    public required int Heads { get; init; }

    /// <summary>Register tokens.</summary>
    [Option("registers", "Number of register tokens in addition to the class token.", Min = 0, Max = 1024,
        Default = Backbones, ChosenFrom = ["weights", "from-scratch", "backbone"])]
    public int Registers { get; init; }

    /// <summary>Whether a learned factor per channel scales every residual branch.</summary>
    [Option("layer-scale", "Scale every residual branch by a learned factor per channel.",
        Default = Backbones, ChosenFrom = ["weights", "from-scratch", "backbone"])]
    public bool LayerScale { get; init; }

    /// <summary>How patches have places.</summary>
    [Option("positions", "How patch positions are encoded: learned vectors, rotated queries and keys (DINOv3), or both (EVA-X).",
        Default = Backbones, ChosenFrom = ["weights", "from-scratch", "backbone"])]
    public PatchPositions Positions { get; init; }

    /// <summary>The feed-forward of the blocks.</summary>
    [Option("ffn", "Feed-forward of the blocks.",
        Default = Backbones, ChosenFrom = ["weights", "from-scratch", "backbone"])]
    public FeedForwardKind FeedForward { get; init; }

    /// <summary>Channels inside the feed-forward; 0: what is usual for the width.</summary>
    [Option("hidden-width", "Channels inside the feed-forward.", Min = 1, Max = Largest,
        Default = Backbones, ChosenFrom = ["weights", "from-scratch", "backbone", "width", "ffn"])]
    public int HiddenWidth { get; init; }

    /// <summary>What layer normalisations add to the variance.</summary>
    [Option("norm-eps", "Epsilon that layer normalisation adds to the variance.", Min = 0, MinIsExcluded = true, Max = 1,
        Default = Backbones, ChosenFrom = ["weights", "from-scratch", "backbone"])]
    public double Epsilon { get; init; } = 1e-6;

    /// <summary>What the classifier reads: the mean of the patch tokens (paper) or the class token.</summary>
    [Option("pooling", "What the classifier reads: the mean of the patch tokens before (mean) or after the encoder's norm (normed-mean), the class token, "
            + "or class token and mean after the norm, as DINOv2's classifiers do.",
        Default = "mean; normed-mean with ridge, logistic and knn; class-token for DINOv2 and DINOv3",
        ChosenFrom = ["weights", "from-scratch", "backbone", "layer-scale", "method"])]
    public Pooling Pooling { get; init; } = Pooling.Mean;

    /// <summary>Stochastic depth of the last block; grows linearly from 0 in the first (paper: 0.1).</summary>
    [Option("drop-path", "Stochastic depth: drop rate of the last block, growing linearly from 0 in the first.",
        Min = 0, Max = 1, MaxIsExcluded = true,
        Default = "0.1; 0 with linear; 0 without augmentation if last-k or low-rank updates train only upper blocks",
        ChosenFrom = ["method", "lora-blocks", "lora-ranks", "augment"])]
    public double DropPath { get; init; } = 0.1;

    /// <summary>Dimensions of the backbone.</summary>
    public BackboneShape Shape => new(ImageSize, PatchSize, Depth, Width, Heads)
    {
        Registers = Registers,
        LayerScale = LayerScale,
        SwiGlu = FeedForward != FeedForwardKind.Mlp,
        HiddenNorm = FeedForward == FeedForwardKind.SwiGluNorm,
        Positions = Positions,
        HiddenWidth = HiddenWidth,
        Epsilon = Epsilon,
    };

    private const string Backbones = "the backbone's";
    private const int Largest = 65536;

    internal static IReadOnlyList<string> Dialects => CheckpointInspection.Dialects;

    internal static IReadOnlyList<string> Copies => CheckpointInspection.Copies;
}
