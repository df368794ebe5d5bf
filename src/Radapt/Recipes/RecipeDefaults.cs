using System.Globalization;
using Radapt.Adaptation;
using Radapt.Compute;
using Radapt.Datasets;
using Radapt.Datasets.Published;
using Radapt.Imaging;
using Radapt.Imaging.Dicom;
using Radapt.Models.Dialects;
using Radapt.Options;

namespace Radapt.Recipes;

/// <summary>
/// What is chosen for someone who gives nothing but images and weights: data, method, model, pixels and compute. Where the paper publishes
/// a value it is taken; the others are ours, and their reasons say so.
/// </summary>
internal static class RecipeDefaults
{
    private const int SmallSize = 64; // px, up to which random crops leave too little
    private static readonly TimeSpan s_longestPixelCheck = TimeSpan.FromMinutes(15);

    /// <summary>Normalisation where no weights tell theirs.</summary>
    public static (double Mean, double Std) PaperStatistics => DialectNames.PaperStatistics;

    public static DataOptions ChooseData(RecipeChoices choices)
    {
        RecipeFacts facts = choices.Facts;
        foreach (DataChoice choice in facts.DataChoices)
        {
            choices.Choose(choice);
        }

        if (facts.Findings.Count > 0 && !facts.DataChoices.Any(c => c.Option == OptionTable.Find((DataOptions d) => d.Findings).Name))
        {
            choices.Choose((DataOptions d) => d.Findings, () => new Choice<IReadOnlyList<string>>([.. facts.Findings],
                choices.Given.Data switch
                {
                    { TextFindings: not null } => "what its column lists",
                    { ClassColumn: null, ClassLabels: false } => "every column of the table that holds findings",
                    _ => "its classes",
                }));
        }

        ChooseCheckPixels(choices);
        return choices.Section<DataOptions>();
    }

    /// <summary>Whether every image is decoded before training, by the time that takes.</summary>
    public static void ChooseCheckPixels(RecipeChoices choices)
    {
        choices.Choose((DataOptions d) => d.CheckPixels, () =>
        {
            string time = choices.Facts.DecodingTime is { } measured
                ? string.Create(CultureInfo.InvariantCulture, $"about {Math.Max(1, measured.TotalMinutes):0} min") : "a minute or two";
            return choices.Given.Has((DataOptions d) => d.Cache) ? new Choice<bool>(true, $"{time}; what is decoded is kept in the cache")
                : choices.Facts.DecodingTime > s_longestPixelCheck
                ? new Choice<bool>(false, string.Create(CultureInfo.InvariantCulture,
                    $"Radapt's choice: decoding every image takes {time}, more than {s_longestPixelCheck.TotalMinutes:0}; "
                        + $"with --cache DIR it is done once"))
                : new Choice<bool>(true, $"Radapt's choice: damaged and blank images are known before training; {time}");
        });
    }

    public static (MethodOptions Method, OptimizerKind Optimizer) ChooseMethod(RecipeChoices choices)
    {
        OptionDeclaration option = OptionTable.Find((Recipe r) => r.Method);
        MethodOptions named = choices.Choose((Recipe r) => r.Method,
            () => new Choice<MethodOptions>(AdaptationMethod.Find(option.Default!).Defaults, option.Reason));
        OptionDeclaration optimizer = OptionTable.Find((OptimisationOptions o) => o.Optimizer);
        if (named.Definition.Probe is not null)
        {
            ProbeDefaults.SetAside(choices);
        }

        return (choices.Method(named), choices.Choose((OptimisationOptions o) => o.Optimizer,
            () => new Choice<OptimizerKind>((OptimizerKind)optimizer.FixedDefault!, optimizer.Reason)));
    }

    public static ModelOptions ChooseModel(RecipeChoices choices, MethodOptions method)
    {
        bool isUpperOnly = method.Definition.LeavesLowerBlocks(method)
            && choices.Given.Value((PixelOptions p) => p.Augment) == Augmentation.None;
        choices.Choose((ModelOptions m) => m.DropPath, () => method.Definition.ReadsFixedFeatures || isUpperOnly
            ? new Choice<double>(0, "Radapt's choice: features of the frozen blocks are the same every time and computed once")
            : new Choice<double>(0.1, "the paper's"));
        BackboneDefaults.Choose(choices, IsFromScratch(choices) ? null : choices.Facts.WeightsShape, method.Definition);
        return choices.Section<ModelOptions>();
    }

    public static PixelOptions ChoosePixels(RecipeChoices choices, MethodOptions method, ModelOptions model)
    {
        ChooseStatistics(choices, model);
        ToldPreparation? told = model.FromScratch ? null : choices.Facts.WeightsPreparation;
        choices.Choose((PixelOptions p) => p.Resize,
            () => told is { Resize: { } resize } && resize >= model.ImageSize && told.ImageSize(model.PatchSize) == model.ImageSize
            ? new Choice<int>(resize, $"stated in {told.Source}", ResolvedValue.ByWeights)
            : new Choice<int>(model.ImageSize, "the image size: nothing of the shorter side is cut off"));
        choices.Choose((PixelOptions p) => p.DicomScale, () => Scale(choices.Given.Data));
        ChoosePngBits(choices);
        Augmentation augment = choices.Choose((PixelOptions p) => p.Augment, () => Augment(method, model.ImageSize));
        choices.Choose((PixelOptions p) => p.Flip, () => Flip(augment, choices.Facts.Findings));
        return choices.Section<PixelOptions>();
    }

    /// <summary>By which mean and standard deviation gray values are normalised.</summary>
    public static void ChooseStatistics(RecipeChoices choices, ModelOptions model)
    {
        RecipeFacts facts = choices.Facts;
        ToldPreparation? told = model.FromScratch ? null : facts.WeightsPreparation;
        Choice<double> Statistic(double? seen, double paper) => model.FromScratch
            ? new Choice<double>(paper, "the paper's for chest radiographs")
            : told is not null && seen is { } prepared ? new Choice<double>(prepared, $"stated in {told.Source}", ResolvedValue.ByWeights)
            : seen is { } known ? new Choice<double>(known, Recognised(facts), ResolvedValue.ByWeights)
            : new Choice<double>(paper, "the paper's for all weights but MRM's; these weights do not state their own");

        choices.Choose((PixelOptions p) => p.Mean, () => Statistic(facts.WeightsMean, PaperStatistics.Mean));
        choices.Choose((PixelOptions p) => p.Std, () => Statistic(facts.WeightsStd, PaperStatistics.Std));
    }

    /// <summary>How many bits the samples of 16-bit PNG files use.</summary>
    public static void ChoosePngBits(RecipeChoices choices) =>
        choices.Choose((PixelOptions p) => p.PngBits, () => choices.Facts.PngDepth is { } depth
            ? new Choice<int>(depth.Bits, string.Create(CultureInfo.InvariantCulture,
                $"the largest sample in {Plural.Count(depth.Images, "16-bit PNG file")} of the set is {depth.Largest}"))
            : new Choice<int>(PngDepth.Full, "the full range; no 16-bit PNG file was found"));

    /// <summary>How gray values of DICOM files become 8 bits where nobody says.</summary>
    public static Choice<DicomScale> Scale(DataOptions data) => PublishedSource.Parse(data.Data)?.Set is RsnaPneumonia
        ? new Choice<DicomScale>(DicomScale.Max, "the paper's for RSNA")
        : new Choice<DicomScale>(DicomScale.Voi, "what the equipment asks viewers to show");

    /// <summary>The training transform where nobody says.</summary>
    public static Choice<Augmentation> Augment(MethodOptions method, int imageSize) => method.Definition.ReadsFixedFeatures
        ? new Choice<Augmentation>(Augmentation.None,
            "Radapt's choice: a linear probe reads fixed features, computed once; crop-flip runs the whole backbone in every epoch")
        : imageSize <= SmallSize
        ? new Choice<Augmentation>(Augmentation.ShiftFlipNoise,
            $"Radapt's choice: random crops leave too little of images of at most {SmallSize} px")
        : new Choice<Augmentation>(Augmentation.CropFlip, "the paper's (its SGD recipes)");

    /// <summary>Whether images are mirrored where nobody says.</summary>
    public static Choice<bool> Flip(Augmentation augment, IReadOnlyList<string> findings) => augment == Augmentation.None
        ? new Choice<bool>(false, "nothing is augmented")
        : SidedFindings.First(findings) is { } sided
        ? new Choice<bool>(false, $"the finding '{sided}' names a side, which a mirrored image would contradict")
        : new Choice<bool>(true, "the paper's; no finding names left or right");

    public static ComputeOptions ChooseCompute(RecipeChoices choices)
    {
        RecipeFacts facts = choices.Facts;
        ProductChoice probed = facts.Probe ?? new ProductChoice("float32", "linear", "exact; the processor was not probed");
        choices.Choose((ComputeOptions c) => c.Precision,
            () => new Choice<Precision>((Precision)EnumNames.Find(typeof(Precision), probed.Precision)!, probed.Reason));
        choices.Choose((ComputeOptions c) => c.Products,
            () => new Choice<Products>((Products)EnumNames.Find(typeof(Products), probed.Products)!, probed.Reason));
        Choice<int> threads = Threads(facts);
        choices.Choose((ComputeOptions c) => c.Threads, () => threads);
        choices.Choose((ComputeOptions c) => c.LoaderThreads, () => threads);
        return choices.Section<ComputeOptions>();
    }

    /// <summary>Forward passes per update where nobody says: one on each rank.</summary>
    /// <param name="facts">How many ranks there are.</param>
    /// <param name="option">The option.</param>
    public static Choice<int> Accumulate(RecipeFacts facts, OptionDeclaration option) => facts.Ranks == 1
        ? new Choice<int>((int)option.FixedDefault!, option.Reason)
        : new Choice<int>(facts.Ranks, $"one forward pass on each of the {facts.Ranks} ranks");

    private static Choice<int> Threads(RecipeFacts facts)
    {
        string machine = $"the {facts.PhysicalCores} physical cores of this machine ({facts.LogicalCores} hardware threads)";
        return new Choice<int>(Math.Max(1, facts.PhysicalCores / facts.RanksSharing), facts switch
        {
            { RanksSharing: > 1 } => $"{machine}, divided among its {facts.RanksSharing} ranks",
            { Ranks: > 1 } => $"{Plural.Count(facts.PhysicalCores, "physical core")} that mpirun lets each rank use; --bind-to none: all",
            _ => machine,
        });
    }

    /// <summary>Whether the backbone starts from random weights.</summary>
    public static bool IsFromScratch(RecipeChoices choices) =>
        choices.Given.Value((ModelOptions m) => m.FromScratch) || !choices.Given.Has((ModelOptions m) => m.Weights);

    /// <summary>Where a value that was derived from the weights comes from.</summary>
    public static string Recognised(RecipeFacts facts) =>
        facts.WeightsDescription is { } description ? $"recognised: {description}" : "derived from the weights";
}
