using Radapt.Adaptation;
using Radapt.Adaptation.Files;
using Radapt.Adaptation.Lora;
using Radapt.Checkpoints;
using Radapt.Compute;
using Radapt.Imaging;
using Radapt.Models;
using Radapt.Tests.Models.Published;
using static TorchSharp.torch;

namespace Radapt.Tests.Adaptation;

/// <summary>Base weights and a LoRA adapter of random numbers, as files in a folder of their own.</summary>
internal sealed class SavedAdapter : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly BackboneShape _shape;

    public SavedAdapter(LoraOptions? lora = null, Pooling pooling = Pooling.Mean, string method = "lora", BackboneShape? shape = null)
    {
        _shape = shape ?? Shape;
        using var scope = NewDisposeScope();
        MethodOptions options = TestMethods.Create(method, lora ?? new LoraOptions());
        using var classifier = new Classifier(_shape, 2, pooling, 0, ComputePlan.Float32);
        Initialisation.FromScratch(classifier.Encoder, 1);
        foreach ((string name, TorchSharp.Modules.Parameter parameter) in classifier.Encoder.named_parameters()
            .Where(p => p.name.EndsWith("gamma", StringComparison.Ordinal)))
        {
            Initialisation.TruncatedNormal(parameter, name, 1, 4); // at its first value it would hide the branches
        }

        classifier.Head.Initialise(1);
        SafetensorsWriter.Write(Base, Published(classifier.Encoder));
        WriteOtherBase(2);
        AdaptationMethod.Apply(classifier, options, ComputePlan.Float32, 1);
        foreach ((string name, Tensor tensor) in classifier.Trained())
        {
            Initialisation.TruncatedNormal(tensor, name, 0.1, 3);
        }

        using BackboneWeights weights = BackboneWeights.Open(Base);
        Description = new AdapterDescription
        {
            Method = options,
            Backbone = _shape,
            Pooling = pooling,
            Findings = ["Effusion", "Pleural \"Other\""],
            Preprocessing = new Preprocessing(16, 18, 0.4, 0.3),
            BaseWeights = Base,
            BaseSha256 = weights.Hash(),
            BaseDescription = "random numbers",
        };
        AdapterFile.Save(Adapter, Description, classifier.Trained());
    }

    public static BackboneShape Shape { get; } = new(16, 4, 3, 64, 2);

    /// <summary>The same size with all that DINOv2 adds.</summary>
    public static BackboneShape Dinov2Shape { get; } = Shape with { Registers = 4, LayerScale = true, SwiGlu = true, HiddenWidth = 24 };

    /// <summary>The same size as DINOv3 is.</summary>
    public static BackboneShape Dinov3Shape { get; } = Dinov2Shape with { Positions = PatchPositions.Rotary, Epsilon = 1e-5 };

    /// <summary>The same size as EVA-X's base model is.</summary>
    public static BackboneShape EvaShape { get; } = Shape with
    {
        Positions = PatchPositions.LearnedAndRotary,
        SwiGlu = true,
        HiddenWidth = 24,
        HiddenNorm = true,
    };

    public AdapterDescription Description { get; }

    public string Base => _folder["base.safetensors"];

    /// <summary>Weights that fit but are not those of training.</summary>
    public string OtherBase => _folder["other.safetensors"];

    public string Adapter => _folder["adapter.safetensors"];

    public string this[string name] => _folder[name];

    /// <summary>Logits of the saved model or of another file, unmerged.</summary>
    public static float[] Logits(string adapter, string? weights = null)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using AdaptedModel model = AdaptedModel.Open(adapter, weights, ComputePlan.Float32);
        return model.Classifier.Forward(AdapterMerge.GeneratedImages(Shape.ImageSize), ForwardPass.Evaluation).data<float>().ToArray();
    }

    public void Dispose() => _folder.Dispose();

    private void WriteOtherBase(long seed)
    {
        using var classifier = new Classifier(_shape, 2, Pooling.ClassToken, 0, ComputePlan.Float32);
        Initialisation.FromScratch(classifier.Encoder, seed);
        SafetensorsWriter.Write(OtherBase, Published(classifier.Encoder));
    }

    // As its publisher names it: rotary positions are told by what the file stores of them.
    private static Dictionary<string, Tensor> Published(VisionTransformer encoder)
    {
        var tensors = encoder.named_parameters().ToDictionary(p => p.name, p => (Tensor)p.parameter);
        BackboneShape shape = encoder.Shape;
        int d = shape.Width / shape.Heads;
        if (shape.Positions == PatchPositions.Rotary)
        {
            tensors["storage_tokens"] = tensors["register_tokens"];
            tensors.Remove("register_tokens");
            tensors["rope_embed.periods"] = empty(d / 4);
        }
        else if (shape.Positions == PatchPositions.LearnedAndRotary)
        {
            tensors["rope.freqs_cos"] = empty(shape.Grid * shape.Grid, d);
            foreach (string bias in tensors.Keys.Where(n => n.EndsWith("attn.qkv.bias", StringComparison.Ordinal)).ToArray())
            {
                Tensor[] thirds = tensors[bias].chunk(3); // the keys' is zero in a model from scratch
                tensors[bias.Replace("qkv.bias", "q_bias", StringComparison.Ordinal)] = thirds[0];
                tensors[bias.Replace("qkv.bias", "v_bias", StringComparison.Ordinal)] = thirds[2];
                tensors.Remove(bias);
            }
        }

        PublisherFile.WriteRotation(tensors, shape);
        return tensors;
    }
}
