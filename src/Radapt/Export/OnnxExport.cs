using System.Text.Json;
using Radapt.Adaptation;
using Radapt.Adaptation.Files;
using Radapt.Compute;
using Radapt.Imaging;

namespace Radapt.Export;

/// <summary>
/// Writes a run as one ONNX model: base weights, adapter and head merged, float32, the batch size free. Input: normalised pixels; outputs:
/// logits and probabilities in the order of the findings, which are in its metadata beside the pre-processing.
/// </summary>
public static class OnnxExport
{
    private const long LargestModel = 2_000_000_000; // protobuf's limit is 2 GiB

    /// <summary>Merges and writes.</summary>
    /// <param name="runOrAdapter">Run folder or adapter file.</param>
    /// <param name="output">The .onnx file.</param>
    /// <param name="channels">1: gray images; 3: three equal channels.</param>
    /// <param name="weights">Where the base weights are now; null: where they were in training.</param>
    /// <param name="force">Take base weights that are not those of training too, where they fit.</param>
    /// <returns>Lines for people.</returns>
    /// <exception cref="RadaptException">A file is missing or damaged, the base is not the adapter's, its method cannot be merged, or the
    /// model is too large for one file.</exception>
    public static IReadOnlyList<string> Write(
        string runOrAdapter, string output, int channels = 1, string? weights = null, bool force = false)
    {
        if (channels is not (1 or 3))
        {
            throw new RadaptException($"--channels {channels}: choose 1 (gray) or 3 (three equal channels).");
        }

        if (!output.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase))
        {
            throw new RadaptException($"{output}: give a name that ends in .onnx.");
        }

        OutputFile.RequireNoInput(output, "-o", AdapterFile.Inputs(runOrAdapter, weights));
        using AdaptedModel model = AdaptedModel.Open(runOrAdapter, weights, ComputePlan.Float32, force);
        AdapterMerge.RequireMergeable(runOrAdapter, model);
        long bytes = model.Classifier.Tensors().Sum(t => t.Tensor.numel()) * sizeof(float);
        if (bytes > LargestModel)
        {
            throw new RadaptException(
                $"{runOrAdapter}: {bytes / 1_000_000} MB of weights do not fit in one ONNX file (2 GB); use radapt adapter merge.");
        }

        AdapterDescription adapter = model.Description;
        OnnxGraph graph = OnnxTransformer.Draw(model.Classifier, channels);
        ProtoMessage onnx = graph.ToModel($"Radapt: {string.Join(", ", adapter.Findings)}", Metadata(adapter));
        AtomicFile.Write(output, onnx.WriteTo);
        Preprocessing p = adapter.Preprocessing;
        return
        [
            .. model.OtherBase is { } other ? [other] : Array.Empty<string>(),
            FormattableString.Invariant(
                $"Input '{OnnxTransformer.Images}': float32 (batch, {channels}, {p.ImageSize}, {p.ImageSize}): shorter side to {p.Resize} (bicubic, antialias), centre {p.ImageSize}, gray in [0, 1], minus {p.Mean}, divided by {p.Std}."),
            $"Outputs '{OnnxTransformer.Logits}' and '{OnnxTransformer.Probabilities}': float32 (batch, {adapter.Findings.Count}): "
                + $"{string.Join(", ", adapter.Findings)}.",
        ];
    }

    // The names of the files that the model came from are nobody else's business.
    private static IEnumerable<KeyValuePair<string, string>> Metadata(AdapterDescription adapter) =>
    [
        .. adapter.ToForeignMetadata().Where(m => m.Key != "format").OrderBy(m => m.Key, StringComparer.Ordinal),
        KeyValuePair.Create("findings", JsonSerializer.Serialize(adapter.Findings)),
    ];
}
