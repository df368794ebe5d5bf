using Radapt.Models;
using static TorchSharp.torch;

namespace Radapt.Tests.Golden;

/// <summary>Comparison at a case's tolerance: abs(a - b) &lt;= atol + rtol abs(b).</summary>
internal static class GoldenAssert
{
    public static void Close(Tensor expected, Tensor actual, System.Text.Json.Nodes.JsonNode tolerance, string what)
    {
        double atol = tolerance["atol"]?.GetValue<double>() ?? 0;
        double rtol = tolerance["rtol"]?.GetValue<double>() ?? 0;
        using var scope = NewDisposeScope();
        Assert.Equal(expected.shape, actual.shape);
        Tensor a = actual.detach().to(ScalarType.Float64);
        Tensor b = expected.to(ScalarType.Float64);
        double excess = ((a - b).abs() - (atol + (rtol * b.abs()))).max().item<double>();
        Assert.True(excess <= 0, $"{what}: beyond atol {atol} rtol {rtol} by {excess:g3}");
    }

    /// <summary>How a case's classifier pools: upstream's <c>global_pool</c>.</summary>
    public static Radapt.Adaptation.Pooling Pooling(System.Text.Json.Nodes.JsonObject config) =>
        // a case that does not say reads the mean
        (bool?)config["global_pool"] is false ? Radapt.Adaptation.Pooling.ClassToken : Radapt.Adaptation.Pooling.Mean;

    /// <summary>The shape that a case's configuration describes.</summary>
    public static BackboneShape Shape(System.Text.Json.Nodes.JsonObject config) =>
        new((int)config["img_size"]!, (int)config["patch_size"]!, (int)config["depth"]!, (int)config["embed_dim"]!,
            (int)config["num_heads"]!)
        {
            Registers = (int?)config["num_register_tokens"] ?? 0,
            LayerScale = config["init_values"] is not null,
            SwiGlu = (string?)config["ffn_layer"] is "swiglufused",
            HiddenWidth = (int?)config["mlp_hidden"] ?? (int)(((double?)config["mlp_ratio"] ?? 4) * (int)config["embed_dim"]!),
            Epsilon = (double?)config["eps"] ?? 1e-6,
        };
}
