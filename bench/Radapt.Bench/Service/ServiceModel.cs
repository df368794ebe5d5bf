using Radapt.Adaptation;
using Radapt.Adaptation.Files;
using Radapt.Adaptation.Lora;
using Radapt.Checkpoints;
using Radapt.Compute;
using Radapt.Datasets;
using Radapt.Datasets.Phantoms;
using Radapt.Imaging;
using Radapt.Inference;
using Radapt.Models;
using Radapt.Recipes;
using Radapt.TestData.Dicom;
using static TorchSharp.torch;

namespace Radapt.Bench.Service;

/// <summary>
/// Two LoRA adapters of one random backbone, images, and what each adapter says of each image when it is asked about it alone.
/// </summary>
internal sealed class ServiceModel : IDisposable
{
    private const int Findings = 5;
    private const double Spread = 0.1; // standard deviation of the random adapters: their answers differ visibly
    private const int DicomEvery = 4;
    private const int DicomBits = 12;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("radapt-bench-");

    /// <summary>Writes the model and the images, and asks about every image alone.</summary>
    /// <param name="shape">Dimensions of the backbone.</param>
    /// <param name="precision">Precision of the run.</param>
    /// <param name="images">How many different images; every fourth is a DICOM file, the others are PNG.</param>
    /// <param name="side">Their side, pixels.</param>
    public ServiceModel(BackboneShape shape, string precision, int images, int side)
    {
        try
        {
            Images = [.. Draw(images, side)];
            string weights = Path.Combine(_folder.FullName, "base.safetensors");
            Run = Write(shape, weights, precision, "first", seed: 1);
            string other = Write(shape, weights, precision, "second", seed: 2);
            Adapters = [File.ReadAllBytes(AdapterFile.Locate(Run)), File.ReadAllBytes(AdapterFile.Locate(other))];
            Expected = [.. new[] { Run, other }.Select(Ask)];
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The run folder of the first adapter.</summary>
    public string Run { get; }

    /// <summary>Content of the two adapter files.</summary>
    public IReadOnlyList<byte[]> Adapters { get; }

    /// <summary>Content of the images.</summary>
    public IReadOnlyList<byte[]> Images { get; }

    /// <summary>Probabilities by adapter, image and finding, each image predicted alone in this process.</summary>
    public IReadOnlyList<IReadOnlyList<double[]>> Expected { get; }

    /// <inheritdoc/>
    public void Dispose() => _folder.Delete(recursive: true);

    private IEnumerable<byte[]> Draw(int count, int side)
    {
        string phantoms = Path.Combine(_folder.FullName, "phantoms");
        PhantomSet.Write(phantoms, new PhantomOptions { Count = Math.Max(10, count), Size = side, Seed = 3, Masks = false });
        string[] files = [.. Directory.EnumerateFiles(Path.Combine(phantoms, "images")).Order(StringComparer.Ordinal)];
        return files.Take(count).Select((file, i) => i % DicomEvery == DicomEvery - 1
            ? DicomPhantom.Draw(side, side, DicomBits, seed: i).ToFile("explicit") : File.ReadAllBytes(file));
    }

    private string Write(BackboneShape shape, string weights, string precision, string name, long seed)
    {
        using IDisposable scope = NewDisposeScope();
        string run = Directory.CreateDirectory(Path.Combine(_folder.FullName, name)).FullName;
        using var classifier = new Classifier(shape, Findings, Pooling.Mean, 0, ComputePlan.Float32);
        Initialisation.FromScratch(classifier.Encoder, seed: 0);
        classifier.Head.Initialise(seed);
        if (!File.Exists(weights))
        {
            SafetensorsWriter.Write(weights, classifier.Encoder.named_parameters().ToDictionary(p => p.name, p => (Tensor)p.parameter));
        }

        using BackboneWeights source = BackboneWeights.Open(weights);
        var description = new AdapterDescription
        {
            Method = new LoraOptions { Rank = 4, Dropout = 0 },
            Backbone = shape,
            Pooling = Pooling.Mean,
            Findings = [.. Enumerable.Range(1, Findings).Select(f => $"finding {f}")],
            Preprocessing = new Preprocessing(shape.ImageSize, shape.ImageSize, 0.5, 0.25),
            BaseWeights = weights,
            BaseSha256 = source.Hash(),
            Accepts = new AcceptedImages { Saturated = true },
        };
        AdaptationMethod.Apply(classifier, description.Method, ComputePlan.Float32, seed);
        foreach ((string tensor, Tensor values) in classifier.Trained())
        {
            Initialisation.TruncatedNormal(values, tensor, Spread, seed);
        }

        AdapterFile.Save(Path.Combine(run, "adapter.safetensors"), description, classifier.Trained());
        File.WriteAllText(Path.Combine(run, RecipeFile.Name), $"precision: {precision}\n");
        return run;
    }

    private double[][] Ask(string run)
    {
        using var predictor = Predictor.Open(run);
        return
        [
            .. Images.Select(image => predictor.PredictAsync(ImageSource.FromMemory(image, "image")).GetAwaiter().GetResult()
                .Logits!.Select(Scoring.Probability).ToArray()),
        ];
    }
}
