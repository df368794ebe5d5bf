using Radapt.Checkpoints;
using Radapt.Compute;
using Radapt.Models;
using static TorchSharp.torch;

namespace Radapt.Adaptation.Files;

/// <summary>
/// Writes a run's base weights with its adapter merged in, head included, as plain weights: float32 base + delta. Every such file carries
/// the adapter's description in its metadata, so it can be evaluated and predicted with as it is.
/// </summary>
public static class AdapterMerge
{
    private const int Pictures = 4; // generated, to measure with

    /// <summary>
    /// Whose tensor names a merged file can have. Those of timm, MAE and DINOv2's code are Radapt's own, but for timm's registers and
    /// SwiGLU.
    /// </summary>
    public static IReadOnlyList<string> Dialects => WrittenNames.Dialects;

    /// <summary>Merges, writes, reads the file back and compares.</summary>
    /// <param name="runOrAdapter">Run folder or adapter file.</param>
    /// <param name="output">The .safetensors file.</param>
    /// <param name="dialect">One of <see cref="Dialects"/>.</param>
    /// <param name="weights">Where the base weights are now; null: where they were in training.</param>
    /// <param name="force">Take base weights that are not those of training too, where they fit.</param>
    /// <exception cref="RadaptException">A file is missing or damaged, the base is not the adapter's, its method cannot be merged, or the
    /// output is an input.</exception>
    public static MergeReport Run(string runOrAdapter, string output, string dialect = "native", string? weights = null, bool force = false)
    {
        if (!Dialects.Contains(dialect))
        {
            throw new RadaptException($"--dialect {dialect}: choose one of {string.Join(", ", Dialects)}.");
        }

        if (!output.EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase))
        {
            throw new RadaptException($"{output}: merged weights are written as safetensors; give a name that ends in .safetensors.");
        }

        OutputFile.RequireNoInput(output, "-o", AdapterFile.Inputs(runOrAdapter, weights));
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using AdaptedModel model = AdaptedModel.Open(runOrAdapter, weights, ComputePlan.Float32, force);
        RequireMergeable(runOrAdapter, model);
        AdapterDescription merged = model.Description with
        {
            Method = AdaptationMethod.Find("full").Defaults,
            Card = model.OtherBase is null ? model.Description.Card : null, // its figures are those of its own base weights
        };
        SafetensorsWriter.Write(
            output,
            WrittenNames.For(dialect, MergedTensors(model.Classifier), merged.Backbone),
            dialect == "native" ? merged.ToMetadata() : merged.ToForeignMetadata(),
            checksum: dialect == "native"); // other programs may change their tensors and keep the metadata
        Tensor images = GeneratedImages(model.Description.Backbone.ImageSize);
        Tensor expected = model.Classifier.Forward(images, ForwardPass.Evaluation);
        using AdaptedModel written = AdaptedModel.Open(output, null, ComputePlan.Float32);
        Tensor actual = written.Classifier.Forward(images, ForwardPass.Evaluation);
        return new MergeReport(output, dialect, new FileInfo(output).Length)
        {
            LogitDifference = Largest(actual, expected),
            ProbabilityDifference = Largest(actual.sigmoid(), expected.sigmoid()),
            Images = Pictures,
            OtherBase = model.OtherBase,
            Note = dialect is "huggingface" or "huggingface5" ? Configuration(merged) : null,
        };
    }

    /// <summary>Noise with the mean and the spread of normalised radiographs, the same at every call: (4, 1, S, S).</summary>
    internal static Tensor GeneratedImages(int side)
    {
        Tensor images = empty(Pictures, 1, side, side);
        Initialisation.TruncatedNormal(images, "generated images", 1, seed: 0);
        return images;
    }

    /// <summary>Every tensor of the classifier by its native name, adapters added to their projections.</summary>
    internal static Dictionary<string, Tensor> MergedTensors(Classifier classifier)
    {
        var tensors = classifier.Encoder.named_parameters().Concat(classifier.Head.named_parameters())
            .ToDictionary(p => p.name, p => (Tensor)p.parameter);
        foreach ((string name, nn.Module module) in classifier.Encoder.named_modules())
        {
            if (module is Projection { Adapter: not null } projection)
            {
                (tensors[name + ".weight"], tensors[name + ".bias"]) = Merged(projection);
            }
        }

        return tensors;
    }

    /// <summary>
    /// The projection's weight (out, in) and bias (out) plus what its adapter adds, float32; the caller's scope owns them.
    /// </summary>
    internal static (Tensor Weight, Tensor Bias) Merged(Projection projection) => projection.Adapter?.Delta(projection) is { } delta
        ? (projection.weight.Plus(delta.Weight), delta.Bias is null ? projection.bias : projection.bias.Plus(delta.Bias))
        : (projection.weight, projection.bias);

    /// <exception cref="RadaptException">Some of what the method added is not a change of weights.</exception>
    internal static void RequireMergeable(string runOrAdapter, AdaptedModel model)
    {
        if (!model.Classifier.CanMerge)
        {
            throw new RadaptException(
                $"{runOrAdapter}: was trained with {model.Description.Method}, whose adapters cannot be merged into the weights. Use the "
                    + "run as it is: radapt evaluate and radapt predict take it.");
        }
    }

    // What Hugging Face keeps in a config.json: its defaults are others.
    private static string Configuration(AdapterDescription model)
    {
        string head = model.Pooling switch
        {
            Pooling.Mean => "; the head reads the mean of the patches through fc_norm, which those classes do not have",
            Pooling.NormedMean => "; the head reads the mean of the patches, which those classes do not",
            Pooling.ClassToken when model.Backbone.LayerScale =>
                "; the head reads only the class token, unlike Dinov2ForImageClassification",
            _ => "",
        };
        return FormattableString.Invariant(
            $"In Python set layer_norm_eps={model.Backbone.Epsilon}, num_attention_heads={model.Backbone.Heads}, image_size={model.Backbone.ImageSize}, patch_size={model.Backbone.PatchSize}{head}.");
    }

    private static double Largest(Tensor a, Tensor b) => a.Plus(b, -1).abs().max().item<float>();
}
