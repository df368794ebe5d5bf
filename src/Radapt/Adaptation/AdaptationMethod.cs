using Radapt.Adaptation.Lora;
using Radapt.Adaptation.Methods;
using Radapt.Adaptation.Probes;
using Radapt.Compute;
using Radapt.Models;
using Radapt.Options;
using static TorchSharp.torch;

namespace Radapt.Adaptation;

/// <summary>
/// A way to adapt a classifier: which of its tensors are trained, what is added to it and which options that takes. The head and its
/// norm are always trained; the rest is up to the method.
/// </summary>
internal abstract class AdaptationMethod
{
    /// <summary>Every method, in the order of help texts.</summary>
    public static IReadOnlyList<AdaptationMethod> All { get; } =
    [
        new LoraMethod(), new AdaLoraMethod(), new Ia3Method(), new VptMethod(), new HoulsbyMethod(), new ParallelMethod(),
        new BitFitMethod(), new NormMethod(), new LastKMethod(), new LinearMethod(),
        new RidgeMethod(), new LogisticMethod(), new KnnMethod(), new FullMethod(),
    ];

    /// <summary>The methods that <c>--method</c> takes.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Select(m => m.Name)];

    /// <summary>Its options, nothing of them given.</summary>
    public abstract MethodOptions Defaults { get; }

    /// <summary>What <c>--method</c> calls it.</summary>
    public string Name => Defaults.Name;

    /// <summary>The recipe's options that belong to it.</summary>
    public virtual IReadOnlyList<OptionDeclaration> Options => [];

    /// <summary>Whether what it learns can be added to the base weights, so that prediction costs what the base model costs.</summary>
    public virtual bool Merges => true;

    /// <summary>Whether its adapter file holds the whole model and needs no base weights.</summary>
    public virtual bool HoldsWholeModel => false;

    /// <summary>What fits the head in place of training; null: the trained tensors are changed by gradients, epoch after epoch.</summary>
    public virtual HeadProbe? Probe => null;

    /// <summary>Whether it reads nothing but what the whole frozen backbone makes of unchanged images.</summary>
    public virtual bool ReadsFixedFeatures => Probe is not null;

    /// <summary>The default learning rates, with their reasons.</summary>
    public abstract MethodRates Rates { get; }

    /// <summary>The method of this name.</summary>
    /// <exception cref="RadaptException">There is none.</exception>
    public static AdaptationMethod Find(string name) => All.FirstOrDefault(m => m.Name == name)
        ?? throw new RadaptException($"Method '{name}' is unknown: --method takes {string.Join(", ", Names)}.");

    /// <summary>Marks what is trained and attaches what the method adds, at its initial values.</summary>
    /// <exception cref="RadaptException">The options do not fit the backbone.</exception>
    public static void Apply(Classifier classifier, MethodOptions options, ComputePlan plan, long seed) =>
        options.Definition.ApplyTo(classifier, options, plan, seed);

    private void ApplyTo(Classifier classifier, MethodOptions options, ComputePlan plan, long seed)
    {
        if (Problem(options, classifier.Encoder.Shape) is { } problem)
        {
            throw new RadaptException($"--{problem.Option}: {problem.Text}");
        }

        foreach ((string name, Tensor tensor) in classifier.Tensors())
        {
            tensor.requires_grad = (IsHead(name) && TrainsHead(options)) || IsTrained(name, options, classifier.Encoder.Shape);
        }

        if (Adapters(classifier.Encoder, options, plan, seed) is { } adapters)
        {
            classifier.Attach(adapters);
        }

        ReplaceHead(classifier, options, plan);
    }

    /// <summary>Whether the head and its norm are learned, as with nearly every method.</summary>
    public virtual bool TrainsHead(MethodOptions options) => true;

    /// <summary>Writes what adapter files must state of a fit besides the options that are given.</summary>
    public virtual void WriteFitted(MethodOptions options, IDictionary<string, string> metadata)
    {
    }

    /// <summary>Reads what <see cref="WriteFitted"/> wrote.</summary>
    /// <exception cref="FormatException">A value is damaged; also <see cref="OverflowException"/>.</exception>
    public virtual MethodOptions ReadFitted(MethodOptions options, IReadOnlyDictionary<string, string> metadata) => options;

    /// <summary>
    /// Whether runs with different seeds learn from different starting values, so that the mean of their tensors means nothing. The head
    /// counts as one start: it begins close to zero.
    /// </summary>
    public virtual bool StartsAtRandom => false;

    /// <summary>Why runs of this method cannot be averaged at all; null: they can.</summary>
    public virtual string? AveragingRefusal =>
        Probe is null ? null : "its head is fitted in one step, so there is no start that its runs share";

    /// <summary>Averages what runs learned.</summary>
    public virtual TensorMean CreateMean() => new();

    /// <summary>The options of the mean of so many runs with these options.</summary>
    public virtual MethodOptions MeanOptions(MethodOptions options, int runs) => options;

    /// <summary>Whether training changes this tensor of the backbone.</summary>
    public virtual bool IsTrained(string name, MethodOptions options, BackboneShape shape) => false;

    /// <summary>What it adds to the backbone, at its initial values and not yet in its slots; null: nothing.</summary>
    public virtual AttachedAdapters? Adapters(VisionTransformer encoder, MethodOptions options, ComputePlan plan, long seed) => null;

    /// <summary>Adds what the method puts in place of the linear head, if anything.</summary>
    protected virtual void ReplaceHead(Classifier classifier, MethodOptions options, ComputePlan plan)
    {
    }

    /// <summary>The option whose value is out of range or does not fit the backbone, and what to do; null: all fit.</summary>
    public MethodProblem? Problem(MethodOptions options, BackboneShape shape)
    {
        foreach (OptionDeclaration option in Options)
        {
            object? value = option.Property!.GetValue(options);
            if (OptionReader.Unmet(option, value) is { } expected)
            {
                return new MethodProblem(option.Name, $"'{option.Format(value)}' must be {expected}.");
            }
        }

        return Unfit(options, shape);
    }

    /// <summary>The option whose value, though in its range, does not fit the backbone or another option; null: all fit.</summary>
    protected virtual MethodProblem? Unfit(MethodOptions options, BackboneShape shape) => null;

    /// <summary>Whether lower blocks stay as they are, as far as the options tell; then their features can be computed once.</summary>
    public virtual bool LeavesLowerBlocks(MethodOptions options) => false;

    /// <summary>The lowest block that something is trained in or below, from 0; the depth: only the head is trained.</summary>
    public virtual int LowestBlock(MethodOptions options, int depth) => 0;

    /// <summary>
    /// Whether it trains the large weights of its blocks themselves, whose gradients cost as much as those of activations.
    /// </summary>
    public virtual bool TrainsWholeBlocks => false;

    /// <summary>Its options with these values; those that have none are at their default.</summary>
    public virtual MethodOptions Create(IReadOnlyDictionary<string, object?> values) => Defaults;

    /// <summary>Whether a tensor belongs to the head, which every method trains.</summary>
    public static bool IsHead(string name) =>
        name.StartsWith("fc_norm.", StringComparison.Ordinal) || name.StartsWith("head.", StringComparison.Ordinal);
}
