using Radapt.Compute;

namespace Radapt.Adaptation;

/// <summary>Decides what of a classifier is trained. The head and its norm always are; the rest is up to the method.</summary>
internal static class AdaptationMethod
{
    /// <summary>The methods that <c>--method</c> takes.</summary>
    public static IReadOnlyList<string> Names { get; } = ["lora", "full", "linear"];

    /// <summary>
    /// Marks what is trained and attaches what the method adds. <c>full</c>: every tensor. <c>linear</c>: <c>fc_norm</c> and <c>head</c>.
    /// <c>lora</c>: these and the adapters.
    /// </summary>
    public static void Apply(Classifier classifier, string method, LoraSettings lora, ComputePlan plan, long seed)
    {
        foreach ((string name, TorchSharp.torch.Tensor tensor) in classifier.Tensors())
        {
            tensor.requires_grad = method == "full" || name.StartsWith("fc_norm.", StringComparison.Ordinal) || name.StartsWith("head.", StringComparison.Ordinal);
        }

        if (method == "lora")
        {
            classifier.Attach(new LoraAdapters(classifier.Encoder, lora, plan, seed));
        }
        else if (!Names.Contains(method))
        {
            throw new RadaptException($"Method '{method}' is unknown: --method takes {string.Join(", ", Names)}.");
        }
    }
}
