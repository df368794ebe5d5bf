using Radapt.Adaptation;
using Radapt.Adaptation.Files;
using Radapt.Compute;
using Radapt.Runs;

namespace Radapt.Export;

/// <summary>
/// Writes a run as one ONNX model: base weights, adapter and head merged, the batch size free. Input: normalised pixels; outputs: logits
/// and probabilities in the order of the findings. Its metadata has the findings, the pre-processing, and calibration and thresholds.
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
    /// <param name="int8">
    /// The products of the blocks are of 8-bit integers: the merged weights are rounded once, the activations of each image when the model
    /// runs.
    /// </param>
    /// <returns>Lines for people.</returns>
    /// <exception cref="RadaptException">A file is missing or damaged, the base is not the adapter's, its method cannot be merged, or the
    /// model is too large for one file.</exception>
    public static IReadOnlyList<string> Write(
        string runOrAdapter, string output, int channels = 1, string? weights = null, bool force = false, bool int8 = false)
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
        long bytes = Bytes(model.Classifier, int8);
        if (bytes > LargestModel)
        {
            throw new RadaptException(
                $"{runOrAdapter}: {bytes / 1_000_000} MB of weights do not fit in one ONNX file (2 GB); use radapt adapter merge"
                    + $"{(int8 ? "" : ", or --int8")}.");
        }

        AdapterDescription adapter = model.Description;
        DecisionRules? rules = model.OtherBase is null ? DecisionRules.Find(runOrAdapter, [AdapterFile.Locate(runOrAdapter)]) : null;
        OnnxGraph graph = OnnxTransformer.Draw(model.Classifier, channels, int8);
        ProtoMessage onnx = graph.ToModel(
            $"Radapt: {string.Join(", ", adapter.Findings)}", OnnxMetadata.Create(
                model.OtherBase is null ? adapter : adapter with { Card = null }, rules, int8));
        AtomicFile.Write(output, onnx.WriteTo);
        int side = adapter.Preprocessing.ImageSize;
        return
        [
            .. model.OtherBase is { } other ? [other] : Array.Empty<string>(),
            FormattableString.Invariant(
                $"Input '{OnnxTransformer.Images}': float32 (batch, {channels}, {side}, {side}): {OnnxMetadata.Describe(adapter.Preprocessing)}."),
            $"Outputs '{OnnxTransformer.Logits}' and '{OnnxTransformer.Probabilities}': float32 (batch, {adapter.Findings.Count}): "
                + $"{string.Join(", ", adapter.Findings)}.",
            rules is not null
            ? $"The model's metadata has calibration and thresholds in {OnnxMetadata.Decisions}; '{OnnxTransformer.Probabilities}' are "
                + "not calibrated."
            : "The model has no calibration and no thresholds: "
                + (model.OtherBase is null ? "the run has none." : "those of the run hold for its own base weights."),
            .. int8 ? ["8-bit products change every score a little: compare scores with radapt predict before you rely on them."]
            : Array.Empty<string>(),
        ];
    }

    // The matrices of the blocks are nearly all of a model.
    private static long Bytes(Classifier classifier, bool int8) => classifier.Tensors().Sum(t =>
        t.Tensor.numel() * (int8 && t.Tensor.dim() == 2 && t.Name.StartsWith("blocks.", StringComparison.Ordinal) ? 1 : sizeof(float)));
}
