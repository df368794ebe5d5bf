using Radapt.Adaptation;
using Radapt.Adaptation.Files;
using Radapt.Compute;
using Radapt.Imaging;
using Radapt.Models;
using Radapt.Training;
using static TorchSharp.torch;

namespace Radapt.Tests.Adaptation.Methods;

/// <summary>What holds for every method.</summary>
public class MethodTests
{
    public static TheoryData<string> Cases => MethodCase.Names;

    [Fact]
    public void Cases_HoldEveryMethod() =>
        Assert.Equal(AdaptationMethod.Names.Order(), MethodCase.All.Values.Select(c => c.Method).Distinct().Order());

    [Theory]
    [MemberData(nameof(Cases))]
    public void ForwardAndGradients_EqualTheFormula(string name)
    {
        using var scope = NewDisposeScope();
        MethodCase method = MethodCase.All[name];
        using Classifier classifier = method.BuildTrained();
        var plain = new PlainTransformer(classifier);
        method.Formula(plain);
        Tensor images = randn(3, 1, 16, 16);
        Tensor gradient = randn(3, MethodCase.Findings);

        Tensor expected = plain.Forward(images);
        Tensor logits = classifier.Forward(images, new ForwardPass(true, 1, 0));
        expected.backward([gradient]);
        logits.backward([gradient]);

        Close(expected, logits, "logits");
        Assert.All(classifier.Trained(), t => Close(plain[t.Name].grad!, t.Tensor.grad!, t.Name));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Train_ChangesWhatItNamesAndNothingElse(string name)
    {
        using var scope = NewDisposeScope();
        MethodCase method = MethodCase.All[name];
        using Classifier classifier = method.Build();
        Assert.Equal(MethodCase.Head + method.Trainable, classifier.CountTrainable().Trainable);
        HashSet<string> trained = [.. classifier.Trained().Select(t => t.Name)];
        var before = classifier.Tensors().ToDictionary(t => t.Name, t => t.Tensor.detach().clone());
        MethodCase.Train(classifier, randn(4, 1, 16, 16), 4);
        Assert.All(classifier.Tensors(), t => Assert.Equal(!trained.Contains(t.Name), before[t.Name].Equals(t.Tensor)));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Start_IsTheBaseModel_WhereThePaperSaysSo(string name)
    {
        using var scope = NewDisposeScope();
        MethodCase method = MethodCase.All[name];
        using Classifier plain = MethodCase.Base();
        using Classifier classifier = method.Build();
        Tensor images = randn(3, 1, 16, 16);
        Tensor tokens = plain.Encoder.Forward(images, ForwardPass.Evaluation);
        double distance = (tokens - classifier.Encoder.Forward(images, ForwardPass.Evaluation)).abs().max().item<float>();
        (double from, double to) = method.Method switch
        {
            "vpt" => (1e-3, 10),       // prompts are random from the start
            "houlsby" => (1e-7, 0.05), // almost: small random matrices
            _ => (0, 2e-6),
        };
        Assert.InRange(distance, from, to);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Merge_GivesTheSameFunction_WhereThereIsOne(string name)
    {
        using var scope = NewDisposeScope();
        MethodCase method = MethodCase.All[name];
        using Classifier classifier = method.BuildTrained();
        Tensor images = randn(3, 1, 16, 16);
        Tensor adapted = classifier.Forward(images, ForwardPass.Evaluation);
        Assert.Equal(AdaptationMethod.Find(method.Method).Merges, classifier.Adapters?.CanMerge ?? true);
        var before = classifier.Tensors().ToDictionary(t => t.Name, t => t.Tensor.detach().clone());
        classifier.Adapters?.Merge();
        Assert.Equal(method.Method is "lora" or "adalora" or "ia3", classifier.Adapters?.Merged ?? false);
        Close(adapted, classifier.Forward(images, ForwardPass.Evaluation), "merged");
        classifier.Adapters?.Unmerge();
        Assert.True(adapted.Equals(classifier.Forward(images, ForwardPass.Evaluation)));
        Assert.All(classifier.Tensors(), t => Assert.True(before[t.Name].Equals(t.Tensor)));

        if (classifier.Adapters is { CanMerge: true } adapters)
        {
            adapters.AddToBase();
            adapters.Detach();
            Close(adapted, classifier.Forward(images, ForwardPass.Evaluation), "added to the base");
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void SaveAndLoad_GivesTheSameModel(string name)
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        MethodCase method = MethodCase.All[name];
        using Classifier trained = method.BuildTrained();
        string file = folder["adapter.safetensors"];
        AdapterFile.Save(file, Description(method), trained.Trained());

        AdapterDescription description = AdapterFile.Describe(file);
        using Classifier loaded = MethodCase.Base();
        AdaptationMethod.Apply(loaded, description.Method, ComputePlan.Float32, 77);
        AdapterFile.Load(file, [.. loaded.Trained()]);

        Tensor images = randn(3, 1, 16, 16);
        Assert.True(trained.Forward(images, ForwardPass.Evaluation).Equals(loaded.Forward(images, ForwardPass.Evaluation)));
        Assert.Equivalent(Description(method), description, strict: true);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Step_InBFloat16_ComesCloseToFloat32(string name)
    {
        using var scope = NewDisposeScope();
        MethodCase method = MethodCase.All[name];
        ComputePlan bfloat16 = ComputePlan.Float32 with { Precision = "bfloat16" };
        using Classifier exact = method.BuildTrained();
        using Classifier rounded = method.BuildTrained(bfloat16);
        foreach ((_, Tensor bias) in exact.Trained().Concat(rounded.Trained())
            .Where(t => method.Method == "parallel" && t.Name.EndsWith("down.bias", StringComparison.Ordinal)))
        {
            using var noGradient = no_grad();
            // away from the ReLU's kink, where rounding changes the gradient by leaps
            bias.copy_(tensor(new float[] { 3, -3, 3, -3, 3, 3 }));
        }

        FrozenWeights.Hold(rounded.Encoder, bfloat16);
        Tensor images = empty(8, 1, 16, 16);
        Tensor gradient = empty(8, MethodCase.Findings);
        Initialisation.TruncatedNormal(images, "images", 1, 4);
        Initialisation.TruncatedNormal(gradient, "gradient", 1, 4);
        foreach (Classifier classifier in new[] { exact, rounded })
        {
            classifier.Forward(images, new ForwardPass(true, 1, 0)).backward([gradient]);
        }

        foreach (((string tensor, Tensor a), (_, Tensor b)) in exact.Trained().Zip(rounded.Trained()))
        {
            Assert.Equal(ScalarType.Float32, b.dtype);
            double error = ((a.grad! - b.grad!).norm() / a.grad!.norm()).item<float>();
            Assert.True(error < 0.06, $"{tensor}: relative error {error:f3} of the gradient");
        }
    }

    [Theory]
    [InlineData("vpt --prompt-depth deep")]
    [InlineData("houlsby")]
    [InlineData("parallel")]
    public void MergeFile_MethodThatCannot_IsRefusedAndWritesNothing(string name)
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        MethodCase method = MethodCase.All[name];
        using Classifier trained = method.BuildTrained();
        string file = folder["adapter.safetensors"];
        AdapterFile.Save(file, Description(method) with { BaseWeights = null }, trained.Trained());
        RadaptException merge = Assert.Throws<RadaptException>(() => AdapterMerge.Run(file, folder["merged.safetensors"]));
        RadaptException onnx = Assert.Throws<RadaptException>(() => Radapt.Export.OnnxExport.Write(file, folder["merged.onnx"]));
        Assert.All([merge, onnx], e => Assert.Contains("cannot be merged", e.Message, StringComparison.Ordinal));
        Assert.Single(Directory.EnumerateFiles(folder.Path));
    }

    [Theory]
    [InlineData("ia3")]
    [InlineData("adalora")]
    [InlineData("lora --dora")]
    [InlineData("bitfit")]
    public void MergeFile_EveryOther_ComputesTheSame(string name)
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        MethodCase method = MethodCase.All[name];
        using Classifier trained = method.BuildTrained();
        string file = folder["adapter.safetensors"];
        AdapterFile.Save(file, Description(method) with { BaseWeights = null }, trained.Trained());
        MergeReport report = AdapterMerge.Run(file, folder["merged.safetensors"]);
        Assert.InRange(report.ProbabilityDifference, 0, 1e-5);
        using AdaptedModel merged = AdaptedModel.Open(folder["merged.safetensors"], null, ComputePlan.Float32);
        using AdaptedModel unmerged = AdaptedModel.Open(file, null, ComputePlan.Float32);
        Tensor images = randn(3, 1, 16, 16);
        Close(unmerged.Classifier.Forward(images, ForwardPass.Evaluation),
            merged.Classifier.Forward(images, ForwardPass.Evaluation), "logits");
    }

    [Theory]
    [InlineData("lora --dora", "--dora")]
    [InlineData("lora --rslora --lora-ranks", "--lora-ranks")]
    public void PeftExport_WhatItDoesNotHold_IsRefused(string name, string option)
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        MethodCase method = MethodCase.All[name];
        using Classifier trained = method.BuildTrained();
        string file = folder["adapter.safetensors"];
        AdapterFile.Save(file, Description(method), trained.Trained());
        RadaptException e = Assert.Throws<RadaptException>(() => Radapt.Adaptation.Peft.PeftExport.Write(file, folder["peft"], null));
        Assert.Contains(option, e.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder["peft"]));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Recomputation_GivesTheSameGradients(string name)
    {
        using var scope = NewDisposeScope();
        MethodCase method = MethodCase.All[name];
        using Classifier plain = method.BuildTrained();
        using Classifier again = method.BuildTrained();
        Tensor images = randn(3, 1, 16, 16);
        Tensor gradient = randn(3, MethodCase.Findings);
        var pass = new ForwardPass(true, 1, 0);
        (plain.Forward(images, pass) * gradient).sum().backward();
        Recomputation.ForwardBackward(again, images, null, pass, logits => (logits * gradient).sum());
        Assert.All(plain.Trained().Zip(again.Trained()), t => Close(t.First.Tensor.grad!, t.Second.Tensor.grad!, t.First.Name));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void FeaturesOfFrozenBlocks_AreWhatTrainingLeaves(string name)
    {
        using var scope = NewDisposeScope();
        MethodCase method = MethodCase.All[name];
        using Classifier classifier = method.Build();
        int expected = name switch
        {
            "last-k" or "lora --lora-targets k,proj,fc1,fc2" => 1,
            "linear" or "ridge" or "logistic" or "knn" => 3,
            _ => 0,
        };
        Assert.Equal(expected, classifier.LowestTrainedBlock);
        Tensor images = randn(4, 1, 16, 16);
        Tensor before = classifier.Features(images, expected);
        MethodCase.Train(classifier, images, 3);
        Assert.Equal(expected > 0, before.Equals(classifier.Features(images, expected)) && expected > 0);
        Close(classifier.Forward(images, ForwardPass.Evaluation),
            classifier.ForwardFrom(classifier.Features(images, expected), expected, ForwardPass.Evaluation), "logits");
    }

    private static AdapterDescription Description(MethodCase method) => new()
    {
        Method = method.Options,
        Backbone = MethodCase.Shape,
        Pooling = Pooling.Mean,
        Findings = ["Effusion", "Edema"],
        Preprocessing = new Preprocessing(16, 16, 0.5, 0.25),
        BaseSha256 = "abc",
    };

    private static void Close(Tensor expected, Tensor actual, string name) =>
        Assert.True(allclose(expected, actual, 1e-3, 2e-5),
            $"{name}: largest difference {(expected - actual).abs().max().item<float>():g3} of {expected.abs().max().item<float>():g3}");
}
