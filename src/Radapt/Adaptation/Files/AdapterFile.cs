using Radapt.Adaptation.Peft;
using Radapt.Checkpoints;
using Radapt.Compute;
using static TorchSharp.torch;

namespace Radapt.Adaptation.Files;

/// <summary>The file <c>adapter.safetensors</c>: the trained tensors of a classifier and what they are for.</summary>
internal static class AdapterFile
{
    /// <summary>The adapter file that a path means: the file itself, or the one in a run folder.</summary>
    /// <exception cref="RadaptException">Neither.</exception>
    public static string Locate(string path)
    {
        string inFolder = Path.Combine(path, "adapter.safetensors");
        return File.Exists(inFolder) ? inFolder
            : File.Exists(path) ? path
            : PeftFolder.Is(path)
            ? throw new RadaptException($"{path}: this is an adapter in PEFT's format. Import it first: radapt adapter import.")
            : Directory.Exists(Path.Combine(path, "fold1"))
            ? throw new RadaptException(
                $"{path}: this is the folder of a cross-validation, and each fold is a run. Name one of them, such as "
                    + $"{Path.Combine(path, "fold1")}; only radapt predict and radapt evaluate take the whole folder.")
            : Directory.Exists(path) && !File.Exists(Path.Combine(path, "recipe.yaml"))
            ? throw new RadaptException($"{path}: this is not a run folder (no recipe.yaml and no adapter.safetensors).{RunWithin(path)}")
            : Directory.Exists(path)
            ? throw new RadaptException(
                $"{path}: this folder has no adapter.safetensors yet. Give a run folder whose first validation is complete.")
            : throw new RadaptException($"{path}: there is no such run folder or adapter file.");
    }

    // Of a folder that holds one run, such as that of a demonstration, the run is likely to be meant.
    private static string RunWithin(string folder)
    {
        string[] runs = [.. Directory.EnumerateDirectories(folder).Where(d => File.Exists(Path.Combine(d, "adapter.safetensors"))).Take(2)];
        return runs is [string run] ? $" Did you mean {run}?" : " Give the folder that finetune wrote.";
    }

    /// <summary>Saves trained tensors, whole or not at all.</summary>
    public static void Save(string path, AdapterDescription description, IEnumerable<(string Name, Tensor Tensor)> trained) =>
        SafetensorsWriter.Write(path, trained.ToDictionary(t => t.Name, t => t.Tensor), description.ToMetadata(), checksum: true);

    /// <summary>Puts a card into a file, or another one in its place; the tensors stay as they are.</summary>
    /// <exception cref="RadaptException">The file is damaged or cannot be written.</exception>
    public static void WriteCard(string path, AdapterCard card)
    {
        using var scope = NewDisposeScope();
        AdapterDescription description;
        Dictionary<string, Tensor> tensors;
        using (CheckpointFile file = CheckpointFile.Open(path))
        {
            StoredChecksum.Verify(file);
            description = AdapterDescription.FromMetadata(file.Metadata, path);
            tensors = file.Tensors.ToDictionary(t => t.Name, t => file.ReadTensor(t.Name), StringComparer.Ordinal);
        }

        SafetensorsWriter.Write(path, tensors, (description with { Card = card }).ToMetadata(), checksum: true);
    }

    /// <summary>Reads the description alone.</summary>
    public static AdapterDescription Describe(string path)
    {
        using CheckpointFile file = CheckpointFile.Open(Locate(path));
        return AdapterDescription.FromForeignFile(file.Metadata, path) is not { } foreign
            ? AdapterDescription.FromMetadata(file.Metadata, path)
            : foreign.Method.Name == "full" ? foreign
            : throw new RadaptException($"{path}: this is an adapter in another program's format. Import it first: radapt adapter import.");
    }

    /// <summary>Copies the saved tensors into those of the same names.</summary>
    /// <exception cref="RadaptException">A tensor is missing, superfluous, of another shape or no weight, or the checksum does not match,
    /// and nothing is changed then; or it holds NaN or infinity.</exception>
    public static void Load(string path, IReadOnlyList<(string Name, Tensor Tensor)> trained)
    {
        using CheckpointFile file = CheckpointFile.Open(Locate(path));
        IReadOnlyDictionary<string, TensorParts> saved = Ensure(path, file, trained);
        StoredChecksum.Verify(file);
        using var noGradient = no_grad();
        foreach ((string name, Tensor tensor) in trained)
        {
            file.ReadInto(saved[name], tensor);
        }

        FiniteNumbers.Require(path, trained);
    }

    /// <summary>The saved tensors by name; the caller's scope owns them.</summary>
    /// <returns>float32</returns>
    /// <exception cref="RadaptException">The checksum does not match.</exception>
    public static Dictionary<string, Tensor> Read(string path)
    {
        using CheckpointFile file = CheckpointFile.Open(Locate(path));
        StoredChecksum.Verify(file);
        return file.Tensors.ToDictionary(t => t.Name, t => file.ReadFloat32(t.Name), StringComparer.Ordinal);
    }

    /// <summary>Makes sure that a file is undamaged and holds what its description promises, without its base weights.</summary>
    /// <exception cref="RadaptException">A tensor is missing, superfluous, of another shape or no weight; or the checksum does not
    /// match.</exception>
    public static void EnsureFits(string path, AdapterDescription description)
    {
        var nowhere = new ComputePlan("float32", "meta", 1);
        using var scope = NewDisposeScope();
        using var classifier = new Classifier(description.Backbone, description.Findings.Count, description.Pooling, dropPath: 0, nowhere);
        AdaptationMethod.Apply(classifier, description.Method, nowhere, seed: 0);
        using CheckpointFile file = CheckpointFile.Open(Locate(path));
        Ensure(path, file, [.. classifier.Trained()]);
        StoredChecksum.Verify(file);
    }

    /// <summary>
    /// Every file and folder that opening an adapter reads: itself, its base weights, and what those are made of where they are a run.
    /// </summary>
    /// <param name="path">Run folder or adapter file.</param>
    /// <param name="weights">Where the base weights are now; null: where they were in training.</param>
    public static IEnumerable<string> Inputs(string path, string? weights)
    {
        yield return path;
        if ((weights ?? Describe(path).BaseWeights) is not { } ofBase || !Path.Exists(ofBase))
        {
            yield break;
        }

        IEnumerable<string> inputs = File.Exists(Path.Combine(ofBase, "adapter.safetensors")) ? Inputs(ofBase, null) : [ofBase];
        foreach (string input in inputs)
        {
            yield return input;
        }
    }

    /// <summary>Makes sure that an adapter file is there, undamaged, and holds what its description promises.</summary>
    /// <exception cref="RadaptException">It is missing or damaged.</exception>
    public static AdapterDescription RequireSound(string file)
    {
        if (!File.Exists(file))
        {
            throw new RadaptException($"{file}: is missing.");
        }

        AdapterDescription description = Describe(file);
        EnsureFits(file, description);
        return description;
    }

    private static IReadOnlyDictionary<string, TensorParts> Ensure(
        string path, CheckpointFile file, IReadOnlyList<(string Name, Tensor Tensor)> trained)
    {
        bool isOurs = file.Metadata.GetValueOrDefault("format") == AdapterDescription.Format; // else merged weights in another dialect
        IReadOnlyDictionary<string, TensorParts> saved = isOurs ? file.Tensors.ToDictionary(t => t.Name, t => TensorParts.Whole(t.Name))
            : WrittenNames.Read(file);
        var shapes = saved.ToDictionary(t => t.Key, t => t.Value.ShapeIn(file) ?? []);
        string[] problems =
        [
            .. trained.Where(t => !saved.ContainsKey(t.Name)).Select(t => $"{t.Name} is missing"),
            .. trained.Where(t => shapes.TryGetValue(t.Name, out IReadOnlyList<long>? shape) && !shape.SequenceEqual(t.Tensor.shape))
                .Select(t => $"{t.Name} is ({string.Join(", ", shapes[t.Name])}) instead of ({string.Join(", ", t.Tensor.shape)})"),
            .. saved.Keys.Except(trained.Select(t => t.Name)).Select(n => $"{n} is unexpected"),
            .. trained.Where(t => saved.TryGetValue(t.Name, out TensorParts? parts) && !parts.HoldsFloats(file))
            .Select(t => $"{t.Name} is not stored as floats"),
        ];
        return problems.Length == 0 ? saved
            : throw new RadaptException(
                $"{path}: does not fit the model it describes: {Listing.First(5, problems, "; ")}.");
    }
}
