using System.Globalization;
using Radapt.Adaptation;
using Radapt.Adaptation.Lora;
using Radapt.Datasets;
using Radapt.Datasets.Matching;
using Radapt.Datasets.Published;
using Radapt.Imaging;
using Radapt.Imaging.Dicom;
using Kind = Radapt.Training.Recipes.RecipeValueKind;

namespace Radapt.Training.Recipes;

/// <summary>The options of a recipe: the only list of them.</summary>
internal static partial class RecipeOptions
{
    private const string Paper = "the paper's";

    // What the costs of training and validation follow from.
    private static readonly string[] s_passes =
        ["epochs", "method", "lora-blocks", "lora-ranks", "last-k", "recompute", "data", "train", "val", "label-fraction", "keep-classes",
            "findings", "split-shares", "split-seed"];

    private static readonly (string Name, Pooling Pooling)[] s_poolings =
        [("mean", Pooling.Mean), ("class-token", Pooling.ClassToken), ("class-and-mean", Pooling.ClassAndMean)];

    /// <summary>A recipe in which nothing is decided but the defaults that are the same for everyone.</summary>
    internal static Recipe Undecided { get; } = new()
    {
        Backbone = "",
        ImageSize = 0,
        PatchSize = 0,
        Depth = 0,
        Width = 0,
        Heads = 0,
        Mean = 0,
        Std = 0,
        Resize = 0,
        Lr = 0,
        Epochs = 0,
        Threads = 0,
        LoaderThreads = 0,
    };

    /// <summary>Every option, in the order of help texts and recipe files.</summary>
    public static IReadOnlyList<RecipeOption> All { get; } =
    [
        // ---- data ----
        Text("data", r => r.Data, (r, v) => r with { Data = v },
            "Folder or CSV file with a label table, or nih:DIR, chexpert:DIR, rsna:DIR, covid:DIR.")
            with { Excludes = ["train", "val", "test"] },
        Text("train", r => r.Train, (r, v) => r with { Train = v },
            "Split list of the training images (name 0 1 0 ... a line).") with { Excludes = ["data"] },
        Text("val", r => r.Val, (r, v) => r with { Val = v }, "Split list of the validation images.") with { Excludes = ["data"] },
        Text("test", r => r.Test, (r, v) => r with { Test = v },
            "Split list of the test images; without it nothing is tested.") with { Excludes = ["data"] },
        Text("image-root", r => r.ImageRoot, (r, v) => r with { ImageRoot = v },
            "Folder that image names are relative to.") with { Default = "the label table's folder" },
        Text("sheet", r => r.Sheet, (r, v) => r with { Sheet = v },
            "Sheet of an Excel workbook (.xlsx).") with { Default = "the first" },
        Text("image-column", r => r.ImageColumn, (r, v) => r with { ImageColumn = v },
            "The table's column that names images: files, or what DICOM headers have.")
            with { Default = "image, or the column that matches the most files", ChosenFrom = ["data", "sheet", "image-root", "match"] },
        Text("match", r => r.Match, (r, v) => r with { Match = v },
            "How rows of a label table are matched to files.")
            with
            {
                Allowed = [.. MatchKinds.Names],
                Default = "what matches the most",
                ChosenFrom = ["data", "sheet", "image-root", "image-column"],
            },
        Texts("views", r => r.Views, (r, v) => r with { Views = v },
            "Views of a label table's images that are used; unknown ones always are. LL, RL and LAT mean lateral.")
            with
            {
                Allowed = ViewFilter.Names,
                Default = "frontal",
                Get = r => r.Views.Count == 0 ? null : r.Views.ToArray(),
                ChosenFrom = ["data"],
            },
        Flag("study-labels", r => r.StudyLabels, (r, v) => r with { StudyLabels = v },
            "A row that matches several images of an examination labels all of them."),
        Texts("findings", r => r.Findings, (r, v) => r with { Findings = v },
            "Findings to learn, in this order.")
            with
            {
                Default = "every 0/1 column of the table, or the paper's of a published data set",
                DefaultReason = "every 0/1 column of the table",
                ChosenFrom = ["data", "train", "class-column", "class-labels", "keep-classes"],
            },
        Text("class-column", r => r.ClassColumn, (r, v) => r with { ClassColumn = v },
            "The table's column of class numbers, instead of 0/1 columns.")
            with { Excludes = ["class-labels"] },
        Flag("class-labels", r => r.ClassLabels, (r, v) => r with { ClassLabels = v },
            "Split lists carry one class number a line instead of 0/1 columns.")
            with { Excludes = ["class-column"] },
        Integers("keep-classes", r => r.KeepClasses, (r, v) => r with { KeepClasses = v },
            "Class numbers to keep; rows of other classes are dropped.")
            with { Min = 0, Default = "all", DefaultReason = "all" },
        Text("split-name", r => r.SplitName, (r, v) => r with { SplitName = v },
            "Which splits of a published data set: paper, official or drawn, or a folder of lists (covid:DIR).")
            with { Default = "the paper's where its lists lie in the folder", ChosenFrom = ["data"] },
        SplitSeed(),
        Integers("split-shares", r => r.SplitShares, (r, v) => r with { SplitShares = v },
            "Percent of a label table's images for train, val and test where it has no column 'split'.")
            with
            {
                Min = 0,
                MayRepeat = true,
                Default = "70,10,20",
                Get = r => r.SplitShares.Count == 0 ? null : r.SplitShares.Select(s => (long)s).ToArray(),
                ChosenFrom = ["data", "sheet"],
            },
        Texts("uncertainty", r => r.Uncertainty, (r, v) => r with { Uncertainty = v },
            "Uncertain labels of chexpert:DIR: ignore (masked, blank ones too), zeros or ones (blank: absent), "
                + "paper, or FINDING=policy for single ones.")
            with
            {
                Default = "paper",
                ChosenFrom = ["data"],
                Unmet = v => UncertaintyPolicies.IsValue(v) ? null : UncertaintyPolicies.Expected,
                DefaultReason = "no data set with uncertain labels",
            },
        Integer("folds", r => r.Folds, (r, v) => r with { Folds = v },
            "Cross-validation for small sets: K folds by patient, a run each, and the figures of all images, each scored "
                + "by the run that has not seen its patient.")
            with { Min = 2, Max = 100, Default = null, Get = r => r.Folds == 0 ? null : (long)r.Folds },
        Integer("fold", r => r.Fold, (r, v) => r with { Fold = v },
            "Train and test this one of the folds, from 1.")
            with { Min = 1, Max = 100, Default = "all, one after the other", Get = r => r.Fold == 0 ? null : (long)r.Fold },
        Fraction("label-fraction", r => r.LabelFraction, (r, v) => r with { LabelFraction = v },
            "How much of the training labels to use: a share (1%), a number of images (200), or of positives and negatives "
                + "of every finding (20-per-finding)."),
        Flag("allow-overlap", r => r.AllowOverlap, (r, v) => r with { AllowOverlap = v },
            "Accept images or patients that stand in two splits."),
        Flag("allow-rare-findings", r => r.AllowRareFindings, (r, v) => r with { AllowRareFindings = v },
            "Accept findings with fewer than ten positives or negatives in training."),
        Flag("allow-missing-images", r => r.AllowMissingImages, (r, v) => r with { AllowMissingImages = v },
            "Accept more than 5 % of rows without an image."),
        Choice("check-pixels", r => r.CheckPixels, (r, v) => r with { CheckPixels = v },
            "Decode every image before training, so that damaged and blank ones are known first.", "auto", "on", "off")
            with
            {
                Default = "auto: on, unless it takes more than a quarter of an hour without a cache",
                ChosenFrom = ["data", "train", "val", "test", "image-root", "cache"],
            },
        Text("skip-unreadable", r => Percent(r.SkipUnreadable), (r, v) => r with { SkipUnreadable = ShareOf(v)!.Value },
            "Share of the images that may be left out because they cannot be read, at least one image; 0%: none.")
            with
            {
                Unmet = v => ShareOf(v) is null ? "a share from 0% to 100%" : null,
                DefaultReason = "ours: more than a few damaged files are a bad export",
            },
        Text("key", r => r.Key, (r, v) => r with { Key = v },
            "File of the key that hides image names in the run folder.") with
            {
                Default = ".radapt-key beside the data, where patients are known or images are DICOM",
            },
        Flag("plain-names", r => r.PlainNames, (r, v) => r with { PlainNames = v },
            "Show image names in messages and write them in the run folder as they are, also where patients are known or images are DICOM."),
        Text("cache", r => r.Cache, (r, v) => r with { Cache = v },
            "Folder of decoded images, shared by runs: saves decoding, changes no pixel."),
        Integer("cache-size", r => r.CacheSize, (r, v) => r with { CacheSize = v },
            "Shorter side of the cached training images, pixels, which saves space but gives random crops coarser pixels; 0: full size.")
            with { Min = 0, DefaultReason = "full size: the exact pixels" },

        // ---- model ----
        Text("weights", r => r.Weights, (r, v) => r with { Weights = v },
            "Checkpoint, merged weights or run folder that the backbone's weights come from.")
            with { Group = RecipeGroup.Model, Excludes = ["from-scratch"] },
        Flag("from-scratch", r => r.FromScratch, (r, v) => r with { FromScratch = v }, "Start from random weights.")
            with { Group = RecipeGroup.Model, Excludes = ["weights"] },
        Choice("dialect", r => r.Dialect, (r, v) => r with
        {
            Dialect = v,
        }, "Whose tensor names the weights use.", [.. Models.Dialects.CheckpointInspection.Dialects])
            with { Group = RecipeGroup.Model, DefaultReason = "recognised by the tensors' names" },
        Choice("copy", r => r.Copy, (r, v) => r with { Copy = v },
            "Which encoder of a training checkpoint that holds several: the student that was trained, or its average (teacher, ema).",
                [.. Models.Dialects.CheckpointInspection.Copies])
            with { Group = RecipeGroup.Model, DefaultReason = "the average where there is one, which is what its authors evaluate" },
        Text("backbone", r => r.Backbone, (r, v) => r with { Backbone = v },
            "timm's name, such as vit_base_patch16_224; custom: its dimensions are given.")
            with { Group = RecipeGroup.Model, Default = "recognised in the weights", ChosenFrom = ["weights", "from-scratch"] },
        Dimension("image-size", r => r.ImageSize, (r, v) => r with { ImageSize = v },
            "Side of the square input, pixels; position embeddings are resized to it."),
        Dimension("patch-size", r => r.PatchSize, (r, v) => r with { PatchSize = v }, "Side of a patch, pixels."),
        Dimension("depth", r => r.Depth, (r, v) => r with { Depth = v }, "Number of transformer blocks."),
        Dimension("width", r => r.Width, (r, v) => r with { Width = v }, "Channels of a token."),
        Dimension("heads", r => r.Heads, (r, v) => r with { Heads = v }, "Attention heads."),
        Dimension("registers", r => r.Registers, (r, v) => r with
        {
            Registers = v,
        }, "Register tokens beside the class token.") with { Min = 0, Max = 1024 },
        Flag("layer-scale", r => r.LayerScale, (r, v) => r with
        {
            LayerScale = v,
        }, "A learned factor per channel scales every residual branch.")
            with { Group = RecipeGroup.Model, Default = "the backbone's", ChosenFrom = ["weights", "from-scratch", "backbone"] },
        Choice("ffn", r => r.Ffn, (r, v) => r with { Ffn = v }, "Feed-forward of the blocks.", "mlp", "swiglu")
            with { Group = RecipeGroup.Model, Default = "the backbone's", ChosenFrom = ["weights", "from-scratch", "backbone"] },
        Dimension("hidden-width", r => r.HiddenWidth, (r, v) => r with { HiddenWidth = v }, "Channels inside the feed-forward.")
            with { ChosenFrom = ["weights", "from-scratch", "backbone", "width", "ffn"] },
        Number("norm-eps", r => r.NormEps, (r, v) => r with { NormEps = v }, "What layer normalisations add to the variance.")
            with
            {
                Group = RecipeGroup.Model,
                Min = 0,
                MinIsExcluded = true,
                Max = 1,
                Default = "the backbone's",
                ChosenFrom = ["weights", "from-scratch", "backbone"],
            },
        Choice("pooling", r => PoolingName(r.Pooling), (r, v) => r with { Pooling = s_poolings.First(p => p.Name == v).Pooling },
            "What the classifier reads: the mean of the patch tokens, the class token, or both as DINOv2's classifiers do.",
                [.. s_poolings.Select(p => p.Name)])
            with
            {
                Group = RecipeGroup.Model,
                Default = "mean; class-token for DINOv2",
                ChosenFrom = ["weights", "from-scratch", "backbone", "layer-scale"],
            },
        Number("drop-path", r => r.DropPath, (r, v) => r with { DropPath = v },
            "Stochastic depth of the last block, growing linearly from 0 in the first.")
            with
            {
                Group = RecipeGroup.Model,
                Min = 0,
                Max = 1,
                MaxIsExcluded = true,
                Default = "0.1; 0 with linear, and with last-k or low-rank updates of upper blocks alone without augmentation",
                ChosenFrom = ["method", "lora-blocks", "lora-ranks", "augment"],
            },

        // ---- method ----
        Choice("method", r => r.Method, (r, v) => r with
        {
            Method = v,
        }, "How the backbone is adapted; docs/methods.md.", [.. AdaptationMethod.Names])
            with { Group = RecipeGroup.Method, DefaultReason = "trains a fraction of a percent of the weights" },
        ForMethod(Integer("rank", r => r.Rank, (r, v) => r with { Rank = v },
            "Rank r per adapted third or projection.") with { Min = 1 }, "the paper's for 1 % of the labels"),
        ForMethod(Number("alpha", r => r.Alpha, (r, v) => r with { Alpha = v },
            "Numerator of the scale alpha / r.") with { Min = 0, MinIsExcluded = true }, "the paper's at every rank"),
        ForMethod(Number("lora-dropout", r => r.LoraDropout, (r, v) => r with { LoraDropout = v }, "Dropout on the adapter's input.")
            with { Min = 0, Max = 1, MaxIsExcluded = true }, Paper),
        ForMethod(Texts("lora-targets", r => r.LoraTargets, (r, v) => r with { LoraTargets = v }, "The projections that are adapted.")
            with { Allowed = LoraSettings.AllTargets }, Paper),
        ForMethod(Integers("lora-blocks", r => r.LoraBlocks, (r, v) => r with { LoraBlocks = v },
            "The blocks that are adapted, from 0, such as 0,4-7.") with
            {
                Min = 0,
                MayBeRanges = true,
                Default = "all",
            }, "all, as in the paper"),
        ForMethod(Integers("lora-ranks", r => r.LoraRanks, (r, v) => r with { LoraRanks = v },
            "Ranks of the adapted blocks one by one, such as 8,8,4, in place of the rank; 0 leaves a block as it is.")
            with { Min = 0, MayRepeat = true, Default = "the rank for all" }, "the rank for all"),
        ForMethod(Flag("rslora", r => r.Rslora, (r, v) => r with { Rslora = v },
            "Rank-stabilised LoRA: the scale is alpha / sqrt(r)."), "off unless given"),
        ForMethod(Flag("dora", r => r.Dora, (r, v) => r with { Dora = v },
            "DoRA: rows of the adapted weights are normalised and have trained magnitudes."), "off unless given"),
        ForMethod(Integer("initial-rank", r => r.InitialRank, (r, v) => r with { InitialRank = v },
            "Rank per adapted third or projection at the start.") with { Min = 1 }, "its paper's: 1.5 times the target"),
        ForMethod(Integer("target-rank", r => r.TargetRank, (r, v) => r with { TargetRank = v },
            "Mean rank at the end.") with { Min = 1 }, "the rank of lora"),
        ForMethod(Number("tinit", r => r.Tinit, (r, v) => r with { Tinit = v },
            "Share of the updates, 0 to 1, before ranks are taken away.") with { Min = 0, Max = 1 }, "ours: after the warm-up"),
        ForMethod(Number("tfinal", r => r.Tfinal, (r, v) => r with { Tfinal = v },
            "Share of the updates, 0 to 1, at the end, for which ranks stay.") with { Min = 0, Max = 1 }, "ours"),
        ForMethod(Number("orthogonality", r => r.Orthogonality, (r, v) => r with { Orthogonality = v },
            "Weight of the penalty that keeps P and Q orthogonal.") with { Min = 0 }, "its paper's"),
        ForMethod(Choice("prompt-depth", r => r.PromptDepth, (r, v) => r with { PromptDepth = v },
            "Prompts before every block or before the first.", "deep", "shallow"), "the better one in its paper"),
        ForMethod(Integer("prompt-tokens", r => r.PromptTokens, (r, v) => r with { PromptTokens = v },
            "Prompt tokens of a block.") with { Min = 1, Max = 4096 }, "ours, of its paper's 1 to 200"),
        ForMethod(Integer("bottleneck", r => r.Bottleneck, (r, v) => r with { Bottleneck = v },
            "Channels inside an adapter.") with { Min = 1, Max = 65536 }, "of Houlsby's 8, 64 and 256"),
        ForMethod(Number("adapter-scale", r => r.AdapterScale, (r, v) => r with { AdapterScale = v },
            "Factor on what an adapter adds.") with { Min = 0, MinIsExcluded = true }, "its paper's"),
        ForMethod(Integer("last-k", r => r.LastK, (r, v) => r with { LastK = v },
            "Number of trained blocks, counted from the last.") with { Min = 1 }, "ours"),

        // ---- pixels ----
        Number("mean", r => r.Mean, (r, v) => r with { Mean = v }, "Mean of the gray values in [0, 1] that is subtracted.")
            with
            {
                Group = RecipeGroup.Pixels,
                Min = 0,
                Max = 1,
                Default = "what the weights were trained with",
                ChosenFrom = ["weights", "from-scratch"],
            },
        Number("std", r => r.Std, (r, v) => r with { Std = v }, "Standard deviation of the gray values that is divided by.")
            with
            {
                Group = RecipeGroup.Pixels,
                Min = 0,
                MinIsExcluded = true,
                Default = "what the weights were trained with",
                ChosenFrom = ["weights", "from-scratch"],
            },
        Integer("resize", r => r.Resize, (r, v) => r with { Resize = v },
            "Shorter side after resizing in evaluation, pixels, before the centre crop of the image size.")
            with { Group = RecipeGroup.Pixels, Min = 1, Max = 65536, Default = "the image size", ChosenFrom = ["image-size"] },
        Choice("dicom-scale", r => DicomScaleName(r.DicomScale), (r, v) => r with
        {
            DicomScale = Enum.Parse<DicomScale>(v, ignoreCase: true),
        },
            "How gray values of DICOM files become 8 bits: by the file's VOI table or window, else percentiles; "
                + "by percentiles 1 and 99; by their maximum.",
            "voi", "percentile", "max")
            with { Group = RecipeGroup.Pixels, Default = "voi; max, the paper's, for rsna:", ChosenFrom = ["data"] },
        Integer("png-bits", r => r.PngBits, (r, v) => r with { PngBits = v },
            "Bits that the samples of 16-bit PNG files use: their largest value becomes white, and a file with larger samples is refused.")
            with
            {
                Group = RecipeGroup.Pixels,
                Min = 8,
                Max = PngDepth.Full,
                Default = "what the largest sample of the set's 16-bit files takes, looked up in some of them",
                ChosenFrom = ["data", "train", "image-root"],
            },
        Choice("augment", r => r.Augment, (r, v) => r with { Augment = v },
            "Training transform.", "crop-flip", "shift-flip-noise", "none", "randaugment-erasing", "randaugment-safe")
            with
            {
                Group = RecipeGroup.Pixels,
                Default = "crop-flip; none with linear; shift-flip-noise for images of at most 64 px",
                ChosenFrom = ["image-size", "method"],
            },
        Choice("flip", r => r.Flip, (r, v) => r with { Flip = v },
            "Whether augmentation may mirror images, half of them at random.", "auto", "on", "off")
            with
            {
                Group = RecipeGroup.Pixels,
                Default = "auto: on, unless a finding names left or right",
                ChosenFrom = ["data", "train", "findings", "class-column", "augment"],
            },

        // ---- optimisation ----
        Choice("optimizer", r => r.Optimizer, (r, v) => r with { Optimizer = v }, "Optimizer.", "adamw", "sgd")
            with { Group = RecipeGroup.Optimisation, DefaultReason = "less sensitive to the learning rate than sgd" },
        Rate("lr", r => r.Lr, (r, v) => r with { Lr = v }, "Peak learning rate.")
            with
            {
                Default = $"with adamw {Rates(m => m.Rates.AdamW)}, but full from scratch 0.001; with sgd {Rates(m => m.Rates.Sgd)}",
                Excludes = ["base-lr"],
                ChosenFrom = ["method", "optimizer", "from-scratch"],
            },
        Rate("base-lr", _ => 0, (r, _) => r, "Learning rate per 256 images: lr = base-lr x batch-size x accumulate / 256.")
            with { Default = null, Get = null, Set = null, Excludes = ["lr"] },
        Rate("min-lr", r => r.MinLr, (r, v) => r with { MinLr = v }, "Final learning rate of the half cosine.")
            with { MinIsExcluded = false, DefaultReason = Paper, ChosenFrom = ["lr", "base-lr"] },
        Rate("warmup-epochs", r => r.WarmupEpochs, (r, v) => r with { WarmupEpochs = v },
            "Epochs of linear warm-up from 0; may be a fraction.")
            with { MinIsExcluded = false, Default = "5 % of the epochs", ChosenFrom = ["epochs"] },
        Rate("momentum", r => r.Momentum, (r, v) => r with { Momentum = v }, "Momentum.")
            with { MinIsExcluded = false, Max = 1, MaxIsExcluded = true, Optimizers = ["sgd"], DefaultReason = Paper },
        Rate("weight-decay", r => r.WeightDecay, (r, v) => r with { WeightDecay = v },
            "Weight decay of tensors that are no vectors, class token or position embedding.")
            with { MinIsExcluded = false, Default = "0.05 with adamw, 0 with sgd", ChosenFrom = ["optimizer"] },
        Rate("layer-decay", r => r.LayerDecay, (r, v) => r with { LayerDecay = v },
            "Factor on the learning rate per block from the head downwards; 1: none.")
            with
            {
                Max = 1,
                Optimizers = ["adamw"],
                Default = "0.65 with full fine-tuning of weights, else 1",
                ChosenFrom = ["method", "optimizer", "from-scratch"],
            },
        Integer("epochs", r => r.Epochs, (r, v) => r with { Epochs = v }, "Passes over the training images.")
            with
            {
                Group = RecipeGroup.Optimisation,
                Min = 1,
                Default = "about 1,000 updates, at least 3 and at most 100 epochs",
                ChosenFrom = ["batch-size", "accumulate", "data", "train", "label-fraction", "keep-classes"],
            },
        Integer("batch-size", r => r.BatchSize, (r, v) => r with { BatchSize = v }, "Images per forward pass.")
            with
            {
                Group = RecipeGroup.Optimisation,
                Min = 1,
                Default = "16, fewer with fewer training images",
                ChosenFrom = ["data", "train", "label-fraction", "keep-classes"],
            },
        Integer("accumulate", r => r.Accumulate, (r, v) => r with { Accumulate = v },
            "Forward passes per update.") with { Group = RecipeGroup.Optimisation, Min = 1, DefaultReason = "an update for every batch" },
        Rate("clip-grad", r => r.ClipGrad, (r, v) => r with { ClipGrad = v },
            "Largest norm of the gradient; 0: not clipped.") with { MinIsExcluded = false, DefaultReason = "ours: not clipped" },
        Text("pos-weight", r => r.PosWeight, (r, v) => r with { PosWeight = v },
            "Weight of positives in the loss: none, balanced (negatives / positives), or a number per finding, comma-separated.")
            with { Group = RecipeGroup.Optimisation, DefaultReason = Paper, Unmet = UnmetByPosWeight },

        // ---- validation ----
        CountOr("validate-every", ["auto"], r => r.ValidateEvery == 0 ? "auto" : RecipeOption.Format(r.ValidateEvery), (r, v) => r with
        {
            ValidateEvery = v ?? 0,
        },
            "Validate after every this many epochs, and after the last. auto: evenly spaced, so that validation "
                + "takes at most a third of the run.")
            with { Group = RecipeGroup.Validation, Default = "auto", ChosenFrom = [.. s_passes, "validate-images"] },
        CountOr("validate-images", ["auto", "all"],
            r => r.ValidateImages is { } images ? images == 0 ? "auto" : RecipeOption.Format(images) : "all",
            (r, v) => r with { ValidateImages = v },
            "The validation images that choose the epoch, a fixed part, balanced by label and by whole patients; the "
                + "chosen epoch is scored on all of them. "
            + "auto: all, unless they take more than a third of the run; then as many as give the "
            + "mean AUROC a standard error of about 0.01.")
            with
            {
                Group = RecipeGroup.Validation,
                Default = "auto; all where validate-every is a number",
                ChosenFrom = [.. s_passes, "validate-every"],
            },
        Integer("patience", r => r.Patience, (r, v) => r with { Patience = v },
            "Stop after this many validations without a better AUROC; 0: never.")
            with
            {
                Group = RecipeGroup.Validation,
                Min = 0,
                Default = "a tenth of the validations, at least 5",
                ChosenFrom = ["epochs", "validate-every"],
            },

        // ---- compute ----
        Choice("precision", r => r.Precision, (r, v) => r with { Precision = v },
            "Computing precision; auto takes bfloat16 where the processor has it and a probe confirms that it is faster.", "auto",
                "float32", "bfloat16")
            with { Group = RecipeGroup.Compute, Default = "auto", ChosenFrom = ["device"] },
        Choice("products", r => r.Products, (r, v) => r with { Products = v },
            "How float32 products run: packed (Radapt's own, for frozen weights), by the tensor library's "
                + "linear, or by oneDNN's 1 x 1 convolution.", "packed", "linear", "convolution")
            with
            {
                Group = RecipeGroup.Compute,
                Default = "packed, unless a probe measures another to be half as fast again",
                ChosenFrom = ["device"],
            },
        Flag("recompute", r => r.Recompute, (r, v) => r with { Recompute = v },
            "Compute each block's activations again in the backward pass: a third more time, far less memory.") with
            {
                Group = RecipeGroup.Compute,
            },
        Choice("device", r => r.Device, (r, v) => r with { Device = v }, "Where it is computed.", "cpu", "cuda")
            with { Group = RecipeGroup.Compute, DefaultReason = "there on every machine" },
        Integer("threads", r => r.Threads, (r, v) => r with { Threads = v },
            "Threads of the tensor kernels; bit-equal resume needs the same number.")
            with { Group = RecipeGroup.Compute, Min = 1, Max = 4096, Default = "the physical cores" },
        Integer("loader-threads", r => r.LoaderThreads, (r, v) => r with { LoaderThreads = v },
            "Threads that decode images; they never change a batch.")
            with { Group = RecipeGroup.Compute, Min = 1, Max = 4096, Default = "the physical cores" },
        Choice("feature-cache", r => r.FeatureCache, (r, v) => r with { FeatureCache = v },
            "Features of frozen lower blocks: auto computes them once where nothing is augmented, off in every epoch.", "auto", "off")
            with { Group = RecipeGroup.Compute, DefaultReason = "the same training in less time" },
        Seed(),
    ];

    private static readonly Dictionary<string, RecipeOption> s_byName = All.ToDictionary(o => o.Name);

    internal static RecipeOption Method => s_byName["method"];

    internal static RecipeOption Optimizer => s_byName["optimizer"];

    /// <summary>The option of this name; null if there is none.</summary>
    public static RecipeOption? Find(string name) => s_byName.GetValueOrDefault(name);

    /// <summary>The option of this name, or an error that names the nearest one.</summary>
    /// <param name="name">Without dashes.</param>
    /// <param name="where">How the error begins, such as <c>my.yaml:12: lora-dropot</c>.</param>
    /// <exception cref="RadaptException">There is none.</exception>
    public static RecipeOption Get(string name, string where)
    {
        if (Find(name) is { } option)
        {
            return option;
        }

        string hint = Nearest(name, s_byName.Keys) is { } nearest ? $"; did you mean {nearest}?"
            : $"; there are {string.Join(", ", s_byName.Keys)}.";
        throw new RadaptException($"{where} is no option of a recipe{hint}");
    }

    /// <summary>The known name that a mistyped one most likely means; null where none is near.</summary>
    public static string? Nearest(string name, IEnumerable<string> known)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(known);
        string? nearest = known.MinBy(k => EditDistance(k, name));
        return nearest is not null && EditDistance(nearest, name) <= 3 ? nearest : null;
    }

    internal static string DicomScaleName(DicomScale scale) => scale switch
    {
        DicomScale.Percentile => "percentile",
        DicomScale.Max => "max",
        _ => "voi",
    };

    internal static string PoolingName(Pooling pooling) => s_poolings.First(p => p.Pooling == pooling).Name;

    /// <summary>The weights per finding that a <c>pos-weight</c> spells out; null for none and balanced.</summary>
    internal static double[]? PosWeights(string text) => text is "none" or "balanced" ? null
        : [.. text.Split(',').Select(t =>
            double.TryParse(t, NumberStyles.Float, CultureInfo.InvariantCulture, out double weight) ? weight : double.NaN)];

    private static string Percent(double share) => RecipeOption.Format(Math.Round(100 * share, 10)) + "%";

    // "1%" and "0.01" are 0.01.
    private static double? ShareOf(string text) =>
        double.TryParse(text.TrimEnd('%'), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number)
            && text.Count(c => c == '%') <= 1
            && (text.EndsWith('%') ? number / 100 : number) is >= 0 and <= 1 and var share ? share : null;

    // "0.001 lora, adalora, 0.003 ia3, …"
    private static string Rates(Func<AdaptationMethod, double> rate) => string.Join(", ", AdaptationMethod.All.GroupBy(rate)
        .Select(g => $"{RecipeOption.Format(g.Key)} {string.Join(" ", g.Select(m => m.Name))}"));

    private static string? UnmetByPosWeight(string text) =>
        PosWeights(text) is not { } weights || weights.All(w => double.IsFinite(w) && w > 0)
            ? null : "none, balanced or a positive number per finding, comma-separated";

    private static int EditDistance(string a, string b)
    {
        int[] row = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int substituted = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(substituted, 1 + Math.Min(row[j - 1], diagonal));
            }
        }

        return row[^1];
    }
}
