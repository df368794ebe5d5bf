using Radapt.Adaptation.Lora;
using Radapt.Adaptation.Methods;
using Radapt.Compute;
using Radapt.Models;
using static TorchSharp.torch;

namespace Radapt.Adaptation;

/// <summary>
/// A way to adapt a classifier: which of its tensors are trained, what is added to it, which options that takes and how they are kept
/// in an adapter file. The head and its norm are always trained; the rest is up to the method.
/// </summary>
internal abstract class AdaptationMethod
{
    /// <summary>Every method, in the order of help texts.</summary>
    public static IReadOnlyList<AdaptationMethod> All { get; } =
    [
        new LoraMethod(), new AdaLoraMethod(), new Ia3Method(), new VptMethod(), new HoulsbyMethod(), new ParallelMethod(),
        new BitFitMethod(), new NormMethod(), new LastKMethod(), new LinearMethod(), new FullMethod(),
    ];

    /// <summary>The methods that <c>--method</c> takes.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Select(m => m.Name)];

    /// <summary>What <c>--method</c> calls it.</summary>
    public abstract string Name { get; }

    /// <summary>The recipe options that belong to it, without dashes.</summary>
    public virtual IReadOnlyList<string> Options => [];

    /// <summary>Whether what it learns can be added to the base weights, so that prediction costs what the base model costs.</summary>
    public virtual bool Merges => true;

    /// <summary>Whether its adapter file holds the whole model and needs no base weights.</summary>
    public virtual bool HoldsWholeModel => false;

    /// <summary>The default learning rates, with their reasons.</summary>
    public abstract MethodRates Rates { get; }

    /// <summary>The method of this name.</summary>
    /// <exception cref="RadaptException">There is none.</exception>
    public static AdaptationMethod Find(string name) => All.FirstOrDefault(m => m.Name == name)
        ?? throw new RadaptException($"Method '{name}' is unknown: --method takes {string.Join(", ", Names)}.");

    /// <summary>Applies the method of this name; see <see cref="Apply(Classifier, MethodSettings, ComputePlan, long)"/>.</summary>
    /// <exception cref="RadaptException">There is no such method, or its settings do not fit the backbone.</exception>
    public static void Apply(Classifier classifier, string method, MethodSettings settings, ComputePlan plan, long seed) =>
        Find(method).Apply(classifier, settings, plan, seed);

    /// <summary>Marks what is trained and attaches what the method adds, at its initial values.</summary>
    /// <exception cref="RadaptException">The settings do not fit the backbone.</exception>
    public void Apply(Classifier classifier, MethodSettings settings, ComputePlan plan, long seed)
    {
        if (Problem(settings, classifier.Encoder.Shape) is { } problem)
        {
            throw new RadaptException($"--{problem.Option}: {problem.Text}");
        }

        foreach ((string name, Tensor tensor) in classifier.Tensors())
        {
            tensor.requires_grad = IsHead(name) || IsTrained(name, settings, classifier.Encoder.Shape);
        }

        if (Adapters(classifier.Encoder, settings, plan, seed) is { } adapters)
        {
            classifier.Attach(adapters);
        }
    }

    /// <summary>Whether training changes this tensor of the backbone.</summary>
    public virtual bool IsTrained(string name, MethodSettings settings, BackboneShape shape) => false;

    /// <summary>What it adds to the backbone, at its initial values and not yet in its slots; null: nothing.</summary>
    public virtual AttachedAdapters? Adapters(VisionTransformer encoder, MethodSettings settings, ComputePlan plan, long seed) => null;

    /// <summary>The option whose value does not fit the backbone, and what to do; null: all do.</summary>
    public virtual MethodProblem? Problem(MethodSettings settings, BackboneShape shape) => null;

    /// <summary>Whether lower blocks stay as they are, as far as the settings tell; then their features can be computed once.</summary>
    public virtual bool LeavesLowerBlocks(MethodSettings settings) => false;

    /// <summary>The lowest block that something is trained in or below, from 0; the depth: only the head is trained.</summary>
    public virtual int LowestBlock(MethodSettings settings, int depth) => 0;

    /// <summary>
    /// Whether it trains the large weights of its blocks themselves, whose gradients cost as much as those of activations.
    /// </summary>
    public virtual bool TrainsWholeBlocks => false;

    /// <summary>Adds what the method needs to be rebuilt to an adapter file's metadata.</summary>
    public virtual void Describe(MethodSettings settings, IDictionary<string, string> metadata)
    {
    }

    /// <summary>What <see cref="Describe"/> wrote; exceptions of a damaged file are those of parsing.</summary>
    public virtual MethodSettings Read(IReadOnlyDictionary<string, string> metadata) => new();

    /// <summary>Whether a tensor belongs to the head, which every method trains.</summary>
    public static bool IsHead(string name) =>
        name.StartsWith("fc_norm.", StringComparison.Ordinal) || name.StartsWith("head.", StringComparison.Ordinal);
}
