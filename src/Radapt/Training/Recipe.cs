using Radapt.Adaptation;
using Radapt.Adaptation.Lora;
using Radapt.Datasets;
using Radapt.Datasets.Splits;
using Radapt.Imaging;
using Radapt.Imaging.Dicom;

namespace Radapt.Training;

/// <summary>
/// Everything that decides what a fine-tuning run does, every default filled in. Its values are spelled as the command line's options
/// (<c>--lora-dropout</c> is <see cref="LoraDropout"/> and <c>lora-dropout:</c> in YAML). A resolved recipe, passed back, gives the same
/// run.
/// </summary>
public sealed record Recipe
{
    // ---- data ----

    /// <summary>
    /// <c>DIR</c> or <c>FILE.csv</c> with a label table, or a data set as published (<c>nih:DIR</c>, <c>chexpert:DIR</c>, <c>rsna:DIR</c>,
    /// <c>covid:DIR</c>); null when split lists are given.
    /// </summary>
    public string? Data { get; init; }

    /// <summary>Split list of the training images (<c>name 0 1 0 …</c> a line).</summary>
    public string? Train { get; init; }

    /// <summary>Split list of the validation images.</summary>
    public string? Val { get; init; }

    /// <summary>Split list of the test images; null: no test.</summary>
    public string? Test { get; init; }

    /// <summary>The folder image names are relative to.</summary>
    public string? ImageRoot { get; init; }

    /// <summary>The sheet of a workbook; null: the first.</summary>
    public string? Sheet { get; init; }

    /// <summary>
    /// The table's column that names images, by file or by what their headers have; null: not decided, or no label table.
    /// </summary>
    public string? ImageColumn { get; init; }

    /// <summary>
    /// How rows are matched to files: <c>path</c>, <c>stem</c>, <c>sop-uid</c> or <c>accession</c>; null: not decided, or no label table.
    /// </summary>
    public string? Match { get; init; }

    /// <summary>Views that are used: <c>frontal</c>, <c>all</c>, or some of PA, AP, LL, RL, LAT, OTHER; empty: not decided.</summary>
    public IReadOnlyList<string> Views { get; init; } = [];

    /// <summary>A row that is matched to several images of an examination labels all of them.</summary>
    public bool StudyLabels { get; init; }

    /// <summary>Findings to learn, in order; empty: every 0/1 column of the table.</summary>
    public IReadOnlyList<string> Findings { get; init; } = [];

    /// <summary>The table's column of class numbers, instead of 0/1 columns.</summary>
    public string? ClassColumn { get; init; }

    /// <summary>Split lists carry one class number a line instead of 0/1 columns.</summary>
    public bool ClassLabels { get; init; }

    /// <summary>Class numbers to keep; rows of other classes are dropped. Empty: all.</summary>
    public IReadOnlyList<int> KeepClasses { get; init; } = [];

    /// <summary>
    /// Which splits of a published data set: <c>paper</c>, <c>official</c>, <c>drawn</c>, or a folder of lists; null: not one of these.
    /// </summary>
    public string? SplitName { get; init; }

    /// <summary>Seed of the splits that are drawn because a data set publishes none; null: none are drawn.</summary>
    public long? SplitSeed { get; init; }

    /// <summary>Percent of the images for train, val and test where a table has no split; empty: not decided, or it has one.</summary>
    public IReadOnlyList<int> SplitShares { get; init; } = [];

    /// <summary>
    /// CheXpert: <c>ignore</c>, <c>zeros</c>, <c>ones</c> or <c>paper</c> for uncertain labels, and <c>FINDING=policy</c> for single ones.
    /// </summary>
    public IReadOnlyList<string> Uncertainty { get; init; } = [];

    /// <summary>Folds of a cross-validation over a label table; 0: none.</summary>
    public int Folds { get; init; }

    /// <summary>The fold whose images are tested, from 1; 0: all, one after the other.</summary>
    public int Fold { get; init; }

    /// <summary>How much of the training labels to use: a fraction in (0, 1]. 1 % is written <c>1%</c>.</summary>
    public LabelFraction LabelFraction { get; init; } = LabelFraction.All;

    /// <summary>Accept images or patients that stand in two splits.</summary>
    public bool AllowOverlap { get; init; }

    /// <summary>Accept findings with fewer than ten positives or negatives in training.</summary>
    public bool AllowRareFindings { get; init; }

    /// <summary>Accept more than 5 % of rows without an image.</summary>
    public bool AllowMissingImages { get; init; }

    /// <summary>Decode every image before training: <c>on</c> or <c>off</c>; <c>auto</c> only before it is resolved.</summary>
    public string CheckPixels { get; init; } = "auto";

    /// <summary>Share of the images that may be left out because they cannot be read, 0 to 1; at least one image, unless it is 0.</summary>
    public double SkipUnreadable { get; init; } = UnreadableLimit.DefaultShare;

    /// <summary>
    /// File of the key that hides image names in the run folder; null: <c>.radapt-key</c> beside the data, if patients are known.
    /// </summary>
    public string? Key { get; init; }

    /// <summary>Write image names as they are.</summary>
    public bool PlainNames { get; init; }

    /// <summary>
    /// Folder of decoded images that runs share; null: none. It changes the time, never a pixel, unless <see cref="CacheSize"/> is given.
    /// </summary>
    public string? Cache { get; init; }

    /// <summary>
    /// Shorter side of the cached training images, pixels: random crops then see coarser pixels. 0: full size, the exact pixels.
    /// </summary>
    public int CacheSize { get; init; }

    // ---- model ----

    /// <summary>
    /// Checkpoint, merged weights or run folder that the backbone's weights come from; null only with <see cref="FromScratch"/>.
    /// </summary>
    public string? Weights { get; init; }

    /// <summary>Start from random weights.</summary>
    public bool FromScratch { get; init; }

    /// <summary>Whose tensor names the weights use; <c>auto</c>: recognised.</summary>
    public string Dialect { get; init; } = "auto";

    /// <summary>Which of several copies of the encoder in the weights; <c>auto</c>: the averaged one.</summary>
    public string Copy { get; init; } = "auto";

    /// <summary>timm's name of the backbone, such as <c>vit_base_patch16_224</c>; <c>custom</c> where its dimensions have none.</summary>
    public required string Backbone { get; init; }

    /// <summary>Side of the square input, pixels.</summary>
    public required int ImageSize { get; init; }

    /// <summary>Side of a patch, pixels.</summary>
    public required int PatchSize { get; init; }

    /// <summary>Number of transformer blocks.</summary>
    public required int Depth { get; init; }

    /// <summary>Channels of a token.</summary>
    public required int Width { get; init; }

    /// <summary>Attention heads.</summary>
    public required int Heads { get; init; }

    /// <summary>Register tokens.</summary>
    public int Registers { get; init; }

    /// <summary>Whether a learned factor per channel scales every residual branch.</summary>
    public bool LayerScale { get; init; }

    /// <summary>Feed-forward of the blocks: <c>mlp</c> or <c>swiglu</c>.</summary>
    public string Ffn { get; init; } = "mlp";

    /// <summary>Channels inside the feed-forward.</summary>
    public int HiddenWidth { get; init; }

    /// <summary>What layer normalisations add to the variance.</summary>
    public double NormEps { get; init; } = 1e-6;

    /// <summary>What the classifier reads: the mean of the patch tokens (paper) or the class token.</summary>
    public Pooling Pooling { get; init; } = Pooling.Mean;

    /// <summary>Stochastic depth of the last block; grows linearly from 0 in the first (paper: 0.1).</summary>
    public double DropPath { get; init; } = 0.1;

    // ---- method ----

    /// <summary>How the backbone is adapted; docs/methods.md lists the methods.</summary>
    public string Method { get; init; } = "lora";

    /// <summary>LoRA: rank r per adapted third or projection.</summary>
    public int Rank { get; init; } = 4;

    /// <summary>LoRA: numerator of the scale alpha / r (paper: 32 at every rank).</summary>
    public double Alpha { get; init; } = 32;

    /// <summary>LoRA: dropout on the adapter's input (paper: 0.1).</summary>
    public double LoraDropout { get; init; } = 0.1;

    /// <summary>LoRA: which of q, k, v, proj, fc1, fc2 are adapted (paper: q, v).</summary>
    public IReadOnlyList<string> LoraTargets { get; init; } = ["q", "v"];

    /// <summary>LoRA: adapted blocks, from 0; empty: all.</summary>
    public IReadOnlyList<int> LoraBlocks { get; init; } = [];

    /// <summary>LoRA: ranks of the adapted blocks one by one, in place of <see cref="Rank"/>; empty: the same for all.</summary>
    public IReadOnlyList<int> LoraRanks { get; init; } = [];

    /// <summary>LoRA: rank-stabilised scale alpha / sqrt(r).</summary>
    public bool Rslora { get; init; }

    /// <summary>LoRA: rows of the adapted weights are normalised and have trained magnitudes.</summary>
    public bool Dora { get; init; }

    /// <summary>AdaLoRA: rank of every adapted third or projection at the start.</summary>
    public int InitialRank { get; init; } = 6;

    /// <summary>AdaLoRA: mean rank at the end.</summary>
    public int TargetRank { get; init; } = 4;

    /// <summary>AdaLoRA: share of the updates before ranks are taken away.</summary>
    public double Tinit { get; init; } = 0.1;

    /// <summary>AdaLoRA: share of the updates, at the end, for which ranks stay.</summary>
    public double Tfinal { get; init; } = 0.3;

    /// <summary>AdaLoRA: weight of the penalty that keeps P and Q orthogonal.</summary>
    public double Orthogonality { get; init; } = 0.1;

    /// <summary>VPT: <c>deep</c> (prompts before every block) or <c>shallow</c> (before the first).</summary>
    public string PromptDepth { get; init; } = "deep";

    /// <summary>VPT: prompt tokens of a block.</summary>
    public int PromptTokens { get; init; } = 10;

    /// <summary>Houlsby's and parallel adapters: channels inside.</summary>
    public int Bottleneck { get; init; } = 64;

    /// <summary>Parallel adapters: factor on what they add.</summary>
    public double AdapterScale { get; init; } = 4;

    /// <summary>Last-k: number of trained blocks.</summary>
    public int LastK { get; init; } = 2;

    // ---- pixels ----

    /// <summary>Mean of the gray values in [0, 1] that is subtracted.</summary>
    public required double Mean { get; init; }

    /// <summary>Standard deviation of the gray values that is divided by.</summary>
    public required double Std { get; init; }

    /// <summary>Shorter side after resizing in evaluation, before the centre crop of <see cref="ImageSize"/>.</summary>
    public required int Resize { get; init; }

    /// <summary>How gray values of DICOM files become 8 bits (paper: <c>max</c> for RSNA).</summary>
    public DicomScale DicomScale { get; init; }

    /// <summary>Bits that the samples of 16-bit PNG files use, 8 to 16; their largest value becomes white.</summary>
    public int PngBits { get; init; } = PngDepth.Full;

    /// <summary>
    /// Training transform: <c>crop-flip</c> (the paper's SGD recipes), <c>randaugment-erasing</c> (its AdamW recipes),
    /// <c>randaugment-safe</c>, <c>shift-flip-noise</c>, <c>none</c>.
    /// </summary>
    public string Augment { get; init; } = "crop-flip";

    /// <summary>Whether augmentation may mirror images: <c>on</c> or <c>off</c>; <c>auto</c> only before it is resolved.</summary>
    public string Flip { get; init; } = "auto";

    // ---- optimisation ----

    /// <summary><c>sgd</c> or <c>adamw</c>.</summary>
    public string Optimizer { get; init; } = "adamw";

    /// <summary>Peak learning rate. A base rate is turned into it: base rate x effective batch / 256.</summary>
    public required double Lr { get; init; }

    /// <summary>Final learning rate of the half cosine.</summary>
    public double MinLr { get; init; } = 1e-6;

    /// <summary>Epochs of linear warm-up from 0; may be a fraction.</summary>
    public double WarmupEpochs { get; init; } = 5;

    /// <summary>SGD's momentum.</summary>
    public double Momentum { get; init; } = 0.9;

    /// <summary>Weight decay of tensors that are no vectors, class token or position embedding.</summary>
    public double WeightDecay { get; init; }

    /// <summary>Layer-wise decay of the learning rate (AdamW); 1: none.</summary>
    public double LayerDecay { get; init; } = 1;

    /// <summary>Passes over the training images.</summary>
    public required int Epochs { get; init; }

    /// <summary>Images per forward pass.</summary>
    public int BatchSize { get; init; } = 16;

    /// <summary>Forward passes per update.</summary>
    public int Accumulate { get; init; } = 1;

    /// <summary>Largest norm of the gradient; 0: not clipped.</summary>
    public double ClipGrad { get; init; }

    /// <summary>
    /// Weight of positives in the loss: <c>none</c>, <c>balanced</c> (negatives / positives) or a number per finding, comma-separated.
    /// </summary>
    public string PosWeight { get; init; } = "none";

    // ---- validation ----

    /// <summary>
    /// Validate after every this many epochs (and after the last). 0: chosen so that validation takes at most a third of the run, only
    /// before it is resolved.
    /// </summary>
    public int ValidateEvery { get; init; } = 1;

    /// <summary>
    /// Images that choose the epoch, at most: a balanced part of the validation images. Null: all of them. 0: chosen, only before it is
    /// resolved.
    /// </summary>
    public int? ValidateImages { get; init; }

    /// <summary>Stop after this many validations without a better AUROC; 0: never.</summary>
    public int Patience { get; init; }

    // ---- compute ----

    /// <summary>
    /// Computing precision: <c>float32</c>, or <c>bfloat16</c> with float32 master weights, losses and statistics. <c>auto</c> only
    /// before it is resolved.
    /// </summary>
    public string Precision { get; init; } = "float32";

    /// <summary>
    /// How float32 products run: <c>packed</c>, <c>linear</c> or <c>convolution</c>; see <see cref="Compute.ComputePlan.Products"/>.
    /// </summary>
    public string Products { get; init; } = "linear";

    /// <summary>
    /// Keep one block's activations at a time and compute them again in the backward pass: for large backbones or batches.
    /// </summary>
    public bool Recompute { get; init; }

    /// <summary>Where it is computed: <c>cpu</c> or <c>cuda</c>.</summary>
    public string Device { get; init; } = "cpu";

    /// <summary>Threads of the tensor kernels. Bit-equal resume needs the same number.</summary>
    public required int Threads { get; init; }

    /// <summary>Threads that decode images. They never change a batch.</summary>
    public required int LoaderThreads { get; init; }

    /// <summary>
    /// <c>auto</c>: where neither training nor augmentation changes what the lower blocks say of an image, that is computed once and kept
    /// in the run folder while the run lasts; <c>off</c>: never.
    /// </summary>
    public string FeatureCache { get; init; } = "auto";

    /// <summary>Seed of everything random.</summary>
    public long Seed { get; init; }

    /// <summary>The options of the adaptation methods.</summary>
    internal MethodSettings MethodSettings => new()
    {
        Lora = new LoraSettings
        {
            Rank = Rank,
            Ranks = LoraRanks,
            Alpha = Alpha,
            RankStabilised = Rslora,
            Magnitudes = Dora,
            Dropout = LoraDropout,
            Targets = LoraTargets,
            Blocks = LoraBlocks,
        },
        AdaLora = new AdaLoraSettings
        {
            InitialRank = InitialRank,
            TargetRank = TargetRank,
            Tinit = Tinit,
            Tfinal = Tfinal,
            Orthogonality = Orthogonality,
        },
        DeepPrompts = PromptDepth == "deep",
        PromptTokens = PromptTokens,
        Bottleneck = Bottleneck,
        AdapterScale = AdapterScale,
        LastBlocks = LastK,
    };

    /// <summary>What the optimizer needs of this recipe.</summary>
    internal OptimizerSettings OptimizerSettings => new()
    {
        Name = Optimizer,
        WeightDecay = WeightDecay,
        Momentum = Momentum,
        LayerDecay = LayerDecay,
        Depth = Depth,
        Threads = Threads,
    };

    /// <summary>What the training loop needs of this recipe.</summary>
    internal TrainingSettings TrainingSettings => new()
    {
        Epochs = Epochs,
        LearningRate = new LearningRate(Lr, MinLr, WarmupEpochs, Epochs),
        Seed = Seed,
        Accumulate = Accumulate,
        ClipGradients = ClipGrad,
        ValidateEvery = ValidateEvery,
        Patience = Patience,
        CostOfTraining = ValidationPlan.PassesOfTraining(this),
    };
}
