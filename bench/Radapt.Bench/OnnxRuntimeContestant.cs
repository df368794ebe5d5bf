using Microsoft.ML.OnnxRuntime;
using Radapt.Benchmarks;
using Radapt.Compute;
using Radapt.Export;
using Radapt.Models;
using static TorchSharp.torch;

namespace Radapt.Bench;

/// <summary>
/// Inference of the same classifier, with the same weights and images, by ONNX Runtime: the model that
/// <c>radapt adapter export --format onnx</c> writes, its batch size fixed; in float32, or with 8-bit products.
/// </summary>
internal sealed class OnnxRuntimeContestant : IContestant
{
    private readonly InferenceSession _session;
    private readonly RunOptions _runOptions = new();
    private readonly OrtValue _images;

    /// <param name="options">Model and batch.</param>
    /// <param name="threads">Threads of a run.</param>
    /// <param name="isEightBit">As with <c>--int8</c>.</param>
    public OnnxRuntimeContestant(BenchmarkOptions options, int threads, bool isEightBit = false)
    {
        using var radapt = new StepSession(BenchmarkedStep.Inference, options, ComputePlan.Float32, dropout: false);
        using var settings = new SessionOptions { IntraOpNumThreads = threads, InterOpNumThreads = 1 };
        settings.AddFreeDimensionOverrideByName(OnnxTransformer.Batch, options.BatchSize);
        _session = new InferenceSession(
            OnnxTransformer.Draw(radapt.Classifier, channels: 3, isEightBit).ToModel("bench", []).ToByteArray(), settings);
        using var noGradient = inference_mode();
        using var scope = NewDisposeScope();
        float[] images = radapt.Images.expand(-1, 3, -1, -1).contiguous().data<float>().ToArray();
        int side = options.Backbone.ImageSize;
        _images = OrtValue.CreateTensorValueFromMemory(images, [options.BatchSize, 3, side, side]);
        float[] expected = radapt.Classifier.Forward(radapt.Images, ForwardPass.Evaluation).data<float>().ToArray();
        Difference = Logits().Zip(expected, (a, b) => Math.Abs(a - b)).Max();
    }

    /// <inheritdoc/>
    public double Difference { get; }

    /// <inheritdoc/>
    public void Step() => Logits();

    /// <inheritdoc/>
    public void Dispose()
    {
        _images.Dispose();
        _runOptions.Dispose();
        _session.Dispose();
    }

    private float[] Logits()
    {
        using IDisposableReadOnlyCollection<OrtValue> results =
            _session.Run(_runOptions, [OnnxTransformer.Images], [_images], [OnnxTransformer.Logits]);
        return results[0].GetTensorDataAsSpan<float>().ToArray();
    }
}
