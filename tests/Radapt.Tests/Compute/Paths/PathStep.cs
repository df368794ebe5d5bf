using Radapt.Adaptation;
using Radapt.Adaptation.Lora;
using Radapt.Compute;
using Radapt.Models;
using Radapt.Tests.Adaptation.Methods;
using Radapt.Training;
using static TorchSharp.torch;

namespace Radapt.Tests.Compute.Paths;

/// <summary>One training step on one path, as the trainer makes it, and what the trained model then says: all that is compared.</summary>
/// <param name="Loss">The loss.</param>
/// <param name="Gradients">Gradient of every trained tensor; null: it has none.</param>
/// <param name="Logits">(B, F) in evaluation.</param>
/// <param name="Merged">(B, F) with the adapter merged; null where that cannot be.</param>
/// <param name="Neighbours">Largest difference of an image's logits alone and beside others, in evaluation, merged and not.</param>
/// <param name="Kernels">What ran.</param>
internal sealed record PathStep(
    double Loss, IReadOnlyDictionary<string, Tensor?> Gradients, Tensor Logits, Tensor? Merged, double Neighbours,
        IReadOnlyList<(StepKernel Kernel, string? Why)> Kernels)
{
    private const int Findings = 2;

    /// <summary>The step of a case as it runs.</summary>
    public static PathStep Run(PathCase c) => Run(c, new ComputePlan(c.Precision, "cpu", 2) { Products = c.Products }, c.Recompute);

    /// <summary>The same step by the tensor library's kernels one by one.</summary>
    public static PathStep RunPlain(PathCase c) => Run(c, new ComputePlan(c.Precision, "cpu", 1) { Plain = true }, recompute: false);

    private static PathStep Run(PathCase c, ComputePlan plan, bool recompute)
    {
        using Classifier classifier = Build(c, plan);
        BackboneShape shape = c.Model.Shape;
        Tensor images = empty(c.Model.Images, 1, shape.ImageSize, shape.ImageSize);
        Initialisation.TruncatedNormal(images, "images", 1, 4);
        // -1: unknown
        sbyte[] labels = [.. Enumerable.Range(0, c.Model.Images * Findings).Select(i => (sbyte)((i * 7 % 4) - 1))
            .Select(l => l == 2 ? (sbyte)1 : l)];
        var pass = new ForwardPass(true, 3, 9);
        double loss = 0;
        if (recompute)
        {
            Recomputation.ForwardBackward(classifier, images, null, pass, Objective);
        }
        else
        {
            Objective(classifier.Forward(images, pass)).backward();
        }

        var gradients = classifier.Trained().ToDictionary(t => t.Name, t => t.Tensor.grad?.clone());
        using var noGradient = no_grad();
        Tensor logits = classifier.Forward(images, ForwardPass.Evaluation);
        double neighbours = InfluenceOfNeighbours(logits);
        Tensor? merged = null;
        if (classifier.Adapters is { CanMerge: true } adapters)
        {
            adapters.Merge();
            merged = classifier.Forward(images, ForwardPass.Evaluation);
            neighbours = Math.Max(neighbours, InfluenceOfNeighbours(merged));
        }

        return new PathStep(loss, gradients, logits, merged, neighbours, classifier.Encoder.Kernels.Path.Ran);

        double InfluenceOfNeighbours(Tensor together) => Enumerable.Range(0, c.Model.Images)
            .Max(i => (classifier.Forward(images.narrow(0, i, 1), ForwardPass.Evaluation)[0] - together[i]).abs().max().item<float>());

        Tensor Objective(Tensor output) // (B, F) -> scalar
        {
            Tensor value = MaskedLoss.Compute(output, labels, null);
            loss = value.item<float>();
            return classifier.Adapters?.Schedule is { } schedule ? value.Plus(schedule.Penalty()) : value;
        }
    }

    private static Classifier Build(PathCase c, ComputePlan plan)
    {
        PathVariant variant = PathVariant.All[c.Variant];
        double rate = c.Dropout ? 0.25 : 0;
        var classifier = new Classifier(c.Model.Shape, Findings, c.Model.Pooling, rate, plan);
        Initialisation.FromScratch(classifier.Encoder, 1);
        classifier.Head.Initialise(1);
        MethodCase.Disturb(classifier.Tensors().Where(t => t.Tensor.dim() == 1 || t.Name == "head.weight"), 0.2, 1);
        MethodOptions method = variant.Method is LowRankOptions lowRank ? lowRank with { Dropout = rate } : variant.Method;
        AdaptationMethod.Apply(classifier, method, plan, 5);
        MethodCase.Disturb(classifier);
        FrozenWeights.Hold(classifier.Encoder, plan);
        return classifier;
    }
}
