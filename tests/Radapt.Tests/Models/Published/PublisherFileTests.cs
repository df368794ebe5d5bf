using Radapt.Adaptation;
using Radapt.Checkpoints;
using Radapt.Compute;
using Radapt.Models;
using Radapt.Models.Dialects;
using Radapt.Models.Published;
using TorchSharp;
using static TorchSharp.torch;

namespace Radapt.Tests.Models.Published;

// WORKFLOW C3: a file with the publisher's tensor names is recognised as the entry says, and fills the entry's backbone.
public sealed class PublisherFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly DisposeScope _scope = NewDisposeScope();

    public static TheoryData<string> Loadable => [.. PublishedWeights.All.Select(w => w.Name)];

    [Theory, MemberData(nameof(Loadable))]
    public void Recognise_PublishersNames_AreOfTheEntrysDialect(string name)
    {
        PublishedWeights weights = PublishedWeights.Find(name);
        using CheckpointFile file = Write(weights);
        RecognisedWeights recognised = WeightsDialect.Recognise(file);
        Assert.Equal(WeightsDialect.Recognise(file, weights.Dialect).Dialect, recognised.Dialect);
        Assert.Null(recognised.Problem);
        BackboneShape expected = PublisherFile.Small(weights.Shape);
        Assert.Equal(expected, recognised.Shape! with { Heads = expected.Heads });
    }

    [Theory, MemberData(nameof(Loadable))]
    public void LoadInto_PublishersNames_FillsTheBackbone(string name)
    {
        PublishedWeights weights = PublishedWeights.Find(name);
        Write(weights).Dispose();
        using BackboneWeights source = BackboneWeights.Open(_folder["weights.safetensors"]);
        using var model = new VisionTransformer(source.Shape!, 0, withNorm: true, new Kernels(ComputePlan.Float32));
        foreach (TorchSharp.Modules.Parameter parameter in model.parameters())
        {
            using var _ = no_grad();
            parameter.fill_(float.NaN);
        }

        source.LoadInto(model); // refuses what is not a number
        Tensor output = model.Forward(zeros(1, 1, source.Shape!.ImageSize, source.Shape.ImageSize), ForwardPass.Evaluation);
        Assert.True(output.isfinite().all().item<bool>());
    }

    // ViT-H has 16 heads of 80 channels, which its tensors do not tell.
    [Fact]
    public void Recognise_HugeVit_HasTheHeadsOfItsSize() => Assert.Equal(16, BackboneShape.UsualHeads(32, 1280));

    public void Dispose()
    {
        _scope.Dispose();
        _folder.Dispose();
    }

    private CheckpointFile Write(PublishedWeights weights)
    {
        SafetensorsWriter.Write(_folder["weights.safetensors"], PublisherFile.Tensors(weights));
        return CheckpointFile.Open(_folder["weights.safetensors"]);
    }
}
