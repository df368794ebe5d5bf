using Microsoft.ML.OnnxRuntime;
using Radapt.Adaptation;
using Radapt.Adaptation.Files;
using Radapt.Adaptation.Lora;
using Radapt.Compute;
using Radapt.Export;
using Radapt.Tests.Adaptation;
using static TorchSharp.torch;

namespace Radapt.Tests.Export;

/// <summary>Models with 8-bit products, in ONNX Runtime.</summary>
public class OnnxEightBitTests
{
    public static TheoryData<Pooling, string, int, string> Models => new()
    {
        { Pooling.Mean, "lora", 1, "ViT" },
        { Pooling.ClassToken, "lora", 3, "ViT" },
        { Pooling.ClassAndMean, "full", 1, "DINOv2" },
        { Pooling.ClassToken, "lora", 1, "DINOv3" },
        { Pooling.Mean, "lora", 1, "EVA" },
    };

    [Theory]
    [MemberData(nameof(Models))]
    public void Write_EightBit_PredictsInOnnxRuntimeNearlyAsHere(Pooling pooling, string method, int channels, string model)
    {
        using var saved = Save(pooling, method, model);
        OnnxExport.Write(saved.Adapter, saved["model.onnx"], channels, int8: true);
        float[] expected = SavedAdapter.Logits(saved.Adapter);
        using var scope = NewDisposeScope();
        using var session = new InferenceSession(saved["model.onnx"]);
        float[] logits = Logits(session, AdapterMerge.GeneratedImages(SavedAdapter.Shape.ImageSize).expand(-1, channels, -1, -1));
        double[] differences = [.. expected.Zip(logits, (a, b) => (double)Math.Abs(a - b))];
        double spread = expected.Max() - expected.Min();
        Assert.InRange(differences.Max(), 1e-6, 0.1 * spread); // not the float32 model, and not another one
    }

    [Fact]
    public void Write_EightBit_IsOneOperatorForEachProductOfABlock()
    {
        using var saved = Save(Pooling.Mean, "lora", "ViT");
        OnnxExport.Write(saved.Adapter, saved["model.onnx"], int8: true);
        using var options = new SessionOptions { OptimizedModelFilePath = saved["optimised.onnx"] };
        options.GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_EXTENDED;
        new InferenceSession(saved["model.onnx"], options).Dispose();
        int depth = SavedAdapter.Shape.Depth;
        Dictionary<string, int> types = new[] { "DynamicQuantizeMatMul", "MatMulInteger", "DynamicQuantizeLinear", "Gelu", "Erf" }
            .ToDictionary(t => t, t => Count(File.ReadAllBytes(saved["optimised.onnx"]), t));
        Assert.Equal(4 * depth, types["DynamicQuantizeMatMul"]);
        Assert.Equal((0, 0, 0), (types["MatMulInteger"], types["DynamicQuantizeLinear"], types["Erf"]));
        Assert.Equal(depth, types["Gelu"]);
    }

    [Fact]
    public void Write_EightBit_SaysOfAnImageTheSameWhateverIsBesideIt()
    {
        using var saved = Save(Pooling.Mean, "lora", "ViT");
        OnnxExport.Write(saved.Adapter, saved["model.onnx"], int8: true);
        using var session = new InferenceSession(saved["model.onnx"]);
        using var scope = NewDisposeScope();
        Tensor images = AdapterMerge.GeneratedImages(SavedAdapter.Shape.ImageSize);
        Tensor beside = cat([images[..1], images[1..] * 100]); // in one tensor, these would set the steps of the first
        Assert.Equal(Logits(session, images[..1]), Logits(session, beside)[..2]);
        Assert.Equal(Logits(session, images)[..2], Logits(session, images[..1]));
    }

    [Fact]
    public void Write_EightBit_IsAQuarterOfTheSize()
    {
        using var saved = Save(Pooling.Mean, "lora", "ViT");
        OnnxExport.Write(saved.Adapter, saved["float32.onnx"]);
        OnnxExport.Write(saved.Adapter, saved["int8.onnx"], int8: true);
        using AdaptedModel model = AdaptedModel.Open(saved.Adapter, null, ComputePlan.Float32);
        long products = model.Classifier.Encoder.named_parameters()
            .Where(p => p.name.StartsWith("blocks.", StringComparison.Ordinal) && p.parameter.dim() == 2).Sum(p => p.parameter.numel());
        long saving = new FileInfo(saved["float32.onnx"]).Length - new FileInfo(saved["int8.onnx"]).Length;
        Assert.InRange(saving, 2.8 * products, 3 * products); // three of four bytes, less scales and names
    }

    private static SavedAdapter Save(Pooling pooling, string method, string model) => new(
        new LoraOptions { Targets = ["q", "v", "fc1", "fc2"] }, pooling, method, model switch
        {
            "DINOv2" => SavedAdapter.Dinov2Shape,
            "DINOv3" => SavedAdapter.Dinov3Shape,
            "EVA" => SavedAdapter.EvaShape,
            _ => null,
        });

    private static float[] Logits(InferenceSession session, Tensor images)
    {
        using OrtValue input = OrtValue.CreateTensorValueFromMemory(images.contiguous().data<float>().ToArray(), images.shape);
        using var options = new RunOptions();
        using IDisposableReadOnlyCollection<OrtValue> results = session.Run(options, ["images"], [input], ["logits"]);
        return results[0].GetTensorDataAsSpan<float>().ToArray();
    }

    // op_type is field 4 of a node: its tag, the length, the text.
    private static int Count(byte[] model, string type)
    {
        byte[] wanted = [0x22, (byte)type.Length, .. System.Text.Encoding.ASCII.GetBytes(type)];
        int count = 0;
        for (int at = model.AsSpan().IndexOf(wanted); at >= 0; count++)
        {
            int next = model.AsSpan(at + wanted.Length).IndexOf(wanted);
            at = next < 0 ? -1 : at + wanted.Length + next;
        }

        return count;
    }
}
