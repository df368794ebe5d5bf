using static TorchSharp.torch;

namespace Radapt.Export;

/// <summary>
/// A matrix product of 8-bit integers: weights rounded once, with a scale for each output channel; activations rounded when the model
/// runs, with a scale and a zero point for each tensor. Drawn with the standard operators that ONNX Runtime makes into one,
/// DynamicQuantizeMatMul.
/// </summary>
internal static class EightBitProduct
{
    /// <summary>
    /// The largest magnitude of a weight, which makes 129 steps. Processors without VNNI (AVX2, and AVX-512 before it) multiply unsigned
    /// activations by signed weights with <c>vpmaddubsw</c>, which adds two products in a signed 16-bit number and saturates without a
    /// word: 2 x 255 x 127 does not fit it, 2 x 255 x 64 = 32,640 does. So the model says the same on every processor.
    /// </summary>
    public const int LargestWeight = 64;

    /// <summary>Rounds weights to integers, symmetrically, an output channel at a time.</summary>
    /// <param name="weight">(out, in)</param>
    /// <returns>
    /// Int8 (out, in), and the scales (out), float32, so that weight = rounded x scale up to half a scale; the caller's scope owns them.
    /// </returns>
    public static (Tensor Rounded, Tensor Scale) Round(Tensor weight)
    {
        (long outputs, long inputs) = (weight.shape[0], weight.shape[1]);
        float[] values = weight.contiguous().data<float>().ToArray();
        var rounded = new sbyte[values.Length];
        var scales = new float[outputs];
        for (int channel = 0; channel < scales.Length; channel++)
        {
            var own = new Range((int)(channel * inputs), (int)((channel + 1) * inputs));
            ReadOnlySpan<float> row = values.AsSpan(own);
            float largest = 0;
            foreach (float number in row)
            {
                largest = Math.Max(largest, Math.Abs(number));
            }

            float scale = largest > 0 ? largest / LargestWeight : 1; // a channel of zeros has any scale
            scales[channel] = scale;
            Span<sbyte> target = rounded.AsSpan(own);
            for (int i = 0; i < row.Length; i++)
            {
                target[i] = (sbyte)Math.Clamp(MathF.Round(row[i] / scale), -LargestWeight, LargestWeight);
            }
        }

        return (tensor(rounded).view(outputs, inputs), tensor(scales));
    }

    /// <summary>Draws the product.</summary>
    /// <param name="graph">Where to.</param>
    /// <param name="input">Name of the activations (B, N, in).</param>
    /// <param name="weight">(out, in)</param>
    /// <param name="bias">(out)</param>
    /// <returns>The name of input x weight^T + bias, (B, N, out).</returns>
    public static string Draw(OnnxGraph graph, string input, Tensor weight, Tensor bias)
    {
        (Tensor rounded, Tensor scale) = Round(weight);
        string[] activations = graph.Nodes("DynamicQuantizeLinear", [input], 3); // uint8, scale, zero point
        string sums = graph.Node("MatMulInteger", [activations[0], graph.Constant(rounded.t()), activations[2]]);
        string numbers = graph.Node("Cast", [sums], ("to", (long)OnnxFields.Tensor.Float));
        string scales = graph.Node("Mul", [activations[1], graph.Constant(scale)]);
        return graph.Node("Add", [graph.Node("Mul", [numbers, scales]), graph.Constant(bias)]);
    }
}
