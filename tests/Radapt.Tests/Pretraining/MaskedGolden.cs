using System.Text.Json.Nodes;
using Radapt.Pretraining;
using Radapt.Tests.Golden;
using static TorchSharp.torch;

namespace Radapt.Tests.Pretraining;

/// <summary>What the golden cases of MAE and MRM have in common.</summary>
internal static class MaskedGolden
{
    /// <summary>The mask that the case's noise gives.</summary>
    public static PatchMask Mask(GoldenCase golden, GoldenTensors data)
    {
        Tensor noise = data["noise"];
        return PatchMask.FromNoise(noise.data<float>().ToArray(), (int)noise.shape[0], (double)golden.Config["mask_ratio"]!);
    }

    /// <summary>The decoder that the case's configuration describes.</summary>
    public static DecoderShape Decoder(GoldenCase golden) => new(
        (int)golden.Config["decoder_embed_dim"]!, (int)golden.Config["decoder_depth"]!, (int)golden.Config["decoder_num_heads"]!);

    /// <summary>Compares the norms of all gradients, and those gradients that the case holds whole.</summary>
    /// <param name="golden">The case.</param>
    /// <param name="scalars">Its norms.</param>
    /// <param name="gradients">Its gradients.</param>
    /// <param name="trained">The trained tensors, which have gradients.</param>
    /// <param name="tolerance">Key of the tolerance of whole gradients.</param>
    public static void AssertGradients(GoldenCase golden, JsonNode scalars, GoldenTensors gradients,
        IReadOnlyList<(string Name, Tensor Tensor)> trained, string tolerance)
    {
        JsonObject norms = scalars["grad_norm"]!.AsObject();
        Assert.Equal(norms.Select(n => n.Key).Order(StringComparer.Ordinal), trained.Select(t => t.Name).Order(StringComparer.Ordinal));
        foreach ((string name, Tensor trainedTensor) in trained)
        {
            GoldenAssert.Close(tensor(norms[name]!.Number()), trainedTensor.grad!.norm(), golden.Tolerance["grad_norm"]!, name);
            if (gradients.Has("grad." + name))
            {
                GoldenAssert.Close(gradients["grad." + name], trainedTensor.grad!, golden.Tolerance[tolerance]!, name);
            }
        }
    }
}
