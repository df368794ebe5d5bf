using Radapt.Adaptation;
using Radapt.Adaptation.Files;
using Radapt.Adaptation.Lora;
using Radapt.Checkpoints;
using Radapt.Compute;
using Radapt.Datasets;
using Radapt.Datasets.Phantoms;
using Radapt.Imaging;
using Radapt.Models;
using static TorchSharp.torch;

namespace Radapt.Tests.Inference;

/// <summary>Untrained adapters of a tiny backbone, and phantoms to ask them about.</summary>
public sealed class SavedAdapters : IDisposable
{
    private static readonly BackboneShape s_shape = new(16, 4, 3, 32, 2);
    private readonly TemporaryFolder _folder = new();

    public SavedAdapters()
    {
        PhantomSet.Write(_folder["phantoms"], new PhantomOptions { Count = 12, Size = 24, Seed = 3, Masks = false });
        Images = [.. Directory.EnumerateFiles(_folder["phantoms"], "*.png", SearchOption.AllDirectories).Order()];
    }

    public IReadOnlyList<string> Images { get; }

    public string this[string name] => _folder[name];

    /// <summary>An adapter file.</summary>
    /// <param name="number">Its random numbers, and its number of findings less one.</param>
    /// <param name="method">The method.</param>
    /// <param name="seed">Of the base weights.</param>
    internal string Save(int number, MethodOptions method, long seed = 0)
    {
        using IDisposable scope = NewDisposeScope();
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
            Method = method is LowRankOptions lowRank ? lowRank with { Dropout = 0 } : method,
            Backbone = s_shape,
            Pooling = Pooling.Mean,
            Findings = [.. Enumerable.Range(0, findings).Select(f => $"finding {f}")],
            Preprocessing = new Preprocessing(16, 16, 0.5, 0.25),
            BaseWeights = weights,
            BaseSha256 = source.Hash(),
            Accepts = new AcceptedImages { Saturated = true },
        };
        AdaptationMethod.Apply(classifier, description.Method, ComputePlan.Float32, number);
        foreach ((string name, Tensor tensor) in classifier.Trained())
        {
            Initialisation.TruncatedNormal(tensor, name, 0.1, number);
        }

        AdapterFile.Save(path, description, classifier.Trained());
        return path;
    }

    public void Dispose() => _folder.Dispose();
}
