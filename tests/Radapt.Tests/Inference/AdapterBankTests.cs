using Radapt.Adaptation;
using Radapt.Adaptation.Files;
using Radapt.Adaptation.Lora;
using Radapt.Checkpoints;
using Radapt.Compute;
using Radapt.Imaging;
using Radapt.Inference;
using Radapt.Models;
using static TorchSharp.torch;

namespace Radapt.Tests.Inference;

public sealed class AdapterBankTests : IDisposable
{
    private static readonly BackboneShape s_shape = new(16, 4, 3, 32, 2);

    // Ranks, targets, blocks, scales and numbers of findings all differ.
    private static readonly LoraOptions[] s_settings =
    [
        new() { Rank = 2 }, new() { Rank = 4, RankStabilised = true }, new() { Rank = 1, Targets = ["k", "fc1", "fc2"], Blocks = [1] },
        new() { Ranks = [3, 0, 1], Targets = ["q", "k", "v", "proj"] },
    ];

    private readonly TemporaryFolder _folder = new();
    private readonly (string Name, string RunOrAdapter)[] _runs;

    public AdapterBankTests()
    {
        using var scope = NewDisposeScope();
        _runs = [.. Enumerable.Range(0, s_settings.Length).Select(i => ($"adapter {i}", Save(i, s_settings[i], seed: 0)))];
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("float32", 1e-5)]
    [InlineData("bfloat16", 0.03)]
    public void Forward_EveryImageItsOwnAdapter_EqualsOneByOne(string precision, double tolerance)
    {
        using var scope = NewDisposeScope();
        var plan = new ComputePlan(precision, "cpu", 1);
        using AdapterBank bank = AdapterBank.Open(_runs, null, plan);
        Tensor images = randn(9, 1, 16, 16);
        int[] chosen = [2, 0, 1, 3, 3, 0, 2, 1, 0];
        Tensor[] mixed = bank.Forward(images, chosen);
        for (int i = 0; i < chosen.Length; i++)
        {
            Tensor alone = bank.Forward(images.narrow(0, i, 1), chosen[i])[0];
            using Classifier merged = Read(_runs[chosen[i]].RunOrAdapter);
            Tensor exact = merged.Forward(images.narrow(0, i, 1), ForwardPass.Evaluation)[0];
            Assert.Equal(chosen[i] + 1, mixed[i].shape[0]);
            Assert.True(allclose(alone.sigmoid(), mixed[i].sigmoid(), 0, tolerance), $"image {i}");
            Assert.True(allclose(exact.sigmoid(), mixed[i].sigmoid(), 0, tolerance), $"image {i} against the merged model");
        }

        Assert.False(allclose(bank.Forward(images, 0), bank.Forward(images, 1).narrow(1, 0, 1), 0, 1e-3));
    }

    [Fact]
    public void Forward_Switching_TouchesNothingThatStays()
    {
        using var scope = NewDisposeScope();
        using AdapterBank bank = AdapterBank.Open(_runs, null, ComputePlan.Float32);
        Tensor images = randn(4, 1, 16, 16);
        Tensor[] before = [.. Enumerable.Range(0, 4).Select(i => bank.Forward(images, i))];
        for (int round = 0; round < 3; round++)
        {
            bank.Forward(images, [3, 1, 0, 2]);
            Assert.All(Enumerable.Range(0, 4), i => Assert.True(before[i].Equals(bank.Forward(images, i))));
        }
    }

    [Fact]
    public void Open_AdapterThatDoesNotFit_IsNamed()
    {
        using var scope = NewDisposeScope();
        foreach (string path in new[] { Save(7, new PlainMethod("ia3"), 0), Save(8, new LoraOptions
        {
            Magnitudes = true,
        }, 0), Save(9, new LoraOptions(), seed: 5) })
        {
            RadaptException e =
                Assert.Throws<RadaptException>(() => AdapterBank.Open([.. _runs, ("other", path)], null, ComputePlan.Float32));
            Assert.StartsWith(path, e.Message, StringComparison.Ordinal);
        }
    }

    private string Save(int number, MethodOptions method, long seed)
    {
        string path = _folder[$"{number}.safetensors"];
        string weights = _folder[$"base-{seed}.safetensors"];
        int findings = number + 1;
        using var classifier = new Classifier(s_shape, findings, Pooling.Mean, 0, ComputePlan.Float32);
        Initialisation.FromScratch(classifier.Encoder, seed);
        classifier.Head.Initialise(seed);
        if (!File.Exists(weights))
        {
            SafetensorsWriter.Write(weights, classifier.Encoder.named_parameters().ToDictionary(p => p.name, p => (Tensor)p.parameter));
        }

        using BackboneWeights source = BackboneWeights.Open(weights);
        var description = new AdapterDescription
        {
            Method = method is LoraOptions lora ? lora with { Dropout = 0 } : method,
            Backbone = s_shape,
            Pooling = Pooling.Mean,
            Findings = [.. Enumerable.Range(0, findings).Select(f => $"finding {f}")],
            Preprocessing = new Preprocessing(16, 16, 0.5, 0.25),
            BaseWeights = weights,
            BaseSha256 = source.Hash(),
        };
        AdaptationMethod.Apply(classifier, description.Method, ComputePlan.Float32, number);
        foreach ((string name, Tensor tensor) in classifier.Trained())
        {
            Initialisation.TruncatedNormal(tensor, name, 0.1, number);
        }

        AdapterFile.Save(path, description, classifier.Trained());
        return path;
    }

    private static Classifier Read(string path)
    {
        AdapterDescription description = AdapterFile.Describe(path);
        var classifier = new Classifier(s_shape, description.Findings.Count, Pooling.Mean, 0, ComputePlan.Float32);
        BackboneWeights.LoadBase(description, null, classifier.Encoder);
        AdaptationMethod.Apply(classifier, description.Method, ComputePlan.Float32, 0);
        AdapterFile.Load(path, [.. classifier.Trained()]);
        classifier.Adapters!.Merge();
        return classifier;
    }
}
