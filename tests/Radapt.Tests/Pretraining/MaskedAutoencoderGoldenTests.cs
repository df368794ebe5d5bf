using System.Text.Json.Nodes;
using Radapt.Compute;
using Radapt.Models;
using Radapt.Pretraining;
using Radapt.Tests.Golden;
using static TorchSharp.torch;

namespace Radapt.Tests.Pretraining;

/// <summary>MAE's masks, latents, predictions, losses and gradients for a given noise.</summary>
[Trait("Category", "Golden")]
public sealed class MaskedAutoencoderGoldenTests
{
    public static TheoryData<string> Cases => GoldenIndex.Ids("mae", c => c.Config["bert"] is null);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Forward_GivenNoise_GivesUpstreamsLatentsAndPredictions(string id)
    {
        GoldenCase golden = GoldenIndex.Find(id);
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var data = new GoldenTensors(golden.File("data"));
        using MaskedAutoencoder model = Model(golden);
        PatchMask mask = MaskedGolden.Mask(golden, data);

        Assert.True(data["ids_restore"].Equals(mask.Places(CPU)));
        Tensor removed = zeros_like(data["mask"]).scatter(1, mask.MaskedPatches(CPU), ones_like(data["mask"]));
        Assert.True(data["mask"].Equals(removed));
        Tensor latent = model.Encode(data["input"], mask, ForwardPass.Evaluation);
        GoldenAssert.Close(data["latent"], latent, golden.Tolerance["latent/pred"]!, "latent");
        Tensor predicted = model.Predict(data["input"], mask, ForwardPass.Evaluation);
        GoldenAssert.Close(data["pred"], predicted, golden.Tolerance["latent/pred"]!, "pred");
        GoldenAssert.Close(data["unpatchified_pred"], PatchPixels.Join(predicted, model.TargetSide, 3),
            golden.Tolerance["latent/pred"]!, "image");
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Loss_GivenNoise_GivesUpstreamsLossAndGradients(string id)
    {
        GoldenCase golden = GoldenIndex.Find(id);
        using var scope = NewDisposeScope();
        using var data = new GoldenTensors(golden.File("data"));
        using var gradients = new GoldenTensors(golden.File("grads"));
        JsonNode scalars = golden.Json("scalars");
        using MaskedAutoencoder model = Model(golden);
        PatchMask mask = MaskedGolden.Mask(golden, data);
        IReadOnlyList<(string Name, Tensor Tensor)> trained = model.Train();
        var pass = new ForwardPass(true, 0, 0);

        Tensor latent = model.Encode(data["input"], mask, pass);
        Tensor loss = model.Loss(latent, data["input"], mask, (bool)golden.Config["norm_pix_loss"]!, pass);
        loss.backward();

        GoldenAssert.Close(tensor((double)scalars["loss"]!), loss, golden.Tolerance["loss"]!, "loss");
        MaskedGolden.AssertGradients(golden, scalars, gradients, trained, "latent/pred");
    }

    /// <summary>One gray channel gives what three equal channels give, at a third of the patch embedding's cost.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Loss_GrayImages_EqualsThreeEqualChannels(bool normalised)
    {
        using var scope = NewDisposeScope();
        using var model = new MaskedAutoencoder(new BackboneShape(32, 8, 2, 32, 4), new DecoderShape(32, 1, 1), 8,
            new Kernels(ComputePlan.Float32));
        model.InitialiseFromScratch(3);
        Tensor gray = rand(3, 1, 32, 32, generator: new Generator(5));
        PatchMask mask = PatchMask.Draw([0, 1, 2], 16, 0.75, 1, 0);

        double[] losses = [.. new[] { gray, gray.expand(-1, 3, -1, -1) }.Select(images => model.Loss(
            model.Encode(images, mask, ForwardPass.Evaluation), images, mask, normalised, ForwardPass.Evaluation).item<float>())];

        Assert.Equal(losses[1], losses[0], 1e-6);
    }

    private static MaskedAutoencoder Model(GoldenCase golden)
    {
        JsonObject config = golden.Config;
        DecoderShape decoder = MaskedGolden.Decoder(golden);
        var model = new MaskedAutoencoder(
            GoldenAssert.Shape(config), decoder, (int)config["patch_size"]!, new Kernels(ComputePlan.Float32));
        using var weights = new GoldenTensors(golden.File("weights"));
        Assert.Empty(weights.CopyInto(model.Tensors().Select(t => (t.Name, (Tensor)t.Tensor))));
        return model;
    }
}
