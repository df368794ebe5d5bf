using System.Text.Json.Nodes;
using Radapt.Compute;
using Radapt.Models;
using Radapt.Pretraining;
using Radapt.Pretraining.Reports;
using Radapt.Tests.Golden;
using static TorchSharp.torch;

namespace Radapt.Tests.Pretraining.Reports;

/// <summary>MRM's masks, latents, predictions, losses and gradients for a given noise.</summary>
[Trait("Category", "Golden")]
public sealed class MaskedRecordModelGoldenTests
{
    private static readonly ForwardPass s_gradients = ForwardPass.Evaluation; // upstream's dropout was off

    public static TheoryData<string> Cases => GoldenIndex.Ids("mae", c => c.Config["bert"] is not null);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Tensors_NamesAndShapes_AreThoseOfUpstreamsCheckpoint(string id)
    {
        GoldenCase golden = GoldenIndex.Find(id);
        using var scope = NewDisposeScope();
        using MaskedRecordModel model = Model(golden);
        using var weights = new GoldenTensors(golden.File("weights"));

        Dictionary<string, Tensor> own = model.Tensors().ToDictionary(t => t.Name, t => t.Tensor);
        Assert.Equal(weights.Names.Order(StringComparer.Ordinal), own.Keys.Order(StringComparer.Ordinal));
        Assert.All(own, t => Assert.True(t.Value.Equals(weights[t.Key]), t.Key));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Forward_GivenNoise_GivesUpstreamsLatentsAndPredictions(string id)
    {
        GoldenCase golden = GoldenIndex.Find(id);
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var data = new GoldenTensors(golden.File("data"));
        using MaskedRecordModel model = Model(golden);
        PatchMask mask = MaskedGolden.Mask(golden, data);
        JsonNode tolerance = golden.Tolerance["latent/pred/bert_logits"]!;

        Assert.True(data["ids_restore"].Equals(mask.Places(CPU)));
        Tensor removed = zeros_like(data["mask"]).scatter(1, mask.MaskedPatches(CPU), ones_like(data["mask"]));
        Assert.True(data["mask"].Equals(removed));
        Tensor small = model.Images.ToEncoderSize(data["image"]);
        GoldenAssert.Close(data["imgs_resized"], small, golden.Tolerance["imgs_resized"]!, "resized images");
        Tensor latent = model.Images.Encode(small, mask, ForwardPass.Evaluation);
        GoldenAssert.Close(data["latent"], latent, tolerance, "latent");
        GoldenAssert.Close(data["pred"], model.Images.Predict(small, mask, ForwardPass.Evaluation), tolerance, "pred");
        Tensor mean = model.ImageMean(latent, ForwardPass.Evaluation);
        GoldenAssert.Close(data["bert_logits"], model.Reports.Predict(Reports(data), mean, ForwardPass.Evaluation), tolerance, "scores");
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Loss_GivenNoise_GivesUpstreamsLossesAndGradients(string id)
    {
        GoldenCase golden = GoldenIndex.Find(id);
        using var scope = NewDisposeScope();
        using var data = new GoldenTensors(golden.File("data"));
        using var gradients = new GoldenTensors(golden.File("grads"));
        JsonNode scalars = golden.Json("scalars");
        using MaskedRecordModel model = Model(golden);
        IReadOnlyList<(string Name, Tensor Tensor)> trained = model.Train();
        string probed = gradients.Names.Select(n => n.Split('.', 2)).First(n => n[0] == "grad_image_only")[1];
        Tensor probe = trained.First(t => t.Name == probed).Tensor;

        (Tensor image, Tensor report) = Losses(golden, data, model);
        GoldenAssert.Close(tensor(scalars["loss_image"]!.Number()), image, golden.Tolerance["loss"]!, "image loss");
        GoldenAssert.Close(tensor(scalars["loss_report"]!.Number()), report, golden.Tolerance["loss"]!, "report loss");
        image.backward();
        GoldenAssert.Close(gradients["grad_image_only." + probed], probe.grad!, golden.Tolerance["latent/pred/bert_logits"]!, probed);
        Tensor imageOnly = probe.grad!.clone();
        Losses(golden, data, model).Report.backward();
        GoldenAssert.Close(
            gradients["grad_report_only." + probed], probe.grad! - imageOnly, golden.Tolerance["latent/pred/bert_logits"]!, probed);

        MaskedGolden.AssertGradients(golden, scalars, gradients, trained, "latent/pred/bert_logits");
    }

    private static (Tensor Image, Tensor Report) Losses(GoldenCase golden, GoldenTensors data, MaskedRecordModel model)
    {
        PatchMask mask = MaskedGolden.Mask(golden, data);
        Tensor latent = model.Images.Encode(model.Images.ToEncoderSize(data["image"]), mask, s_gradients);
        Tensor image = model.Images.Loss(latent, data["image"], mask, (bool)golden.Config["norm_pix_loss"]!, s_gradients);
        return (image, model.Reports.Loss(Reports(data), model.ImageMean(latent, s_gradients), maskedOnly: false, s_gradients));
    }

    private static MaskedReports Reports(GoldenTensors data) => new(
        (int)data["ids"].shape[0], (int)data["ids"].shape[1], data["labels"].data<long>().ToArray(), data["ids"].data<long>().ToArray(),
        data["attention_mask"].to(ScalarType.Float32).data<float>().ToArray());

    private static MaskedRecordModel Model(GoldenCase golden)
    {
        JsonObject config = golden.Config;
        JsonObject bert = config["bert"]!.AsObject();
        DecoderShape images = MaskedGolden.Decoder(golden);
        var reports = new ReportDecoderShape((int)bert["vocab_size"]!, (int)bert["hidden_size"]!, (int)bert["num_hidden_layers"]!,
            (int)bert["num_attention_heads"]!, (int)bert["max_position_embeddings"]!)
        {
            Inner = (int)bert["intermediate_size"]!,
        };
        var model = new MaskedRecordModel(GoldenAssert.Shape(config), images, reports, padding: 0, new Kernels(ComputePlan.Float32));
        using var weights = new GoldenTensors(golden.File("weights"));
        Assert.Empty(weights.CopyInto(model.Tensors()));
        return model;
    }
}
