using System.Globalization;
using Radapt.Adaptation;
using Radapt.Checkpoints;
using Radapt.Datasets.Phantoms;
using Radapt.Recipes;
using Radapt.Runs;
using static TorchSharp.torch;

namespace Radapt.Pretraining;

/// <summary>
/// A small transformer that learns from synthetic radiographs: the encoder of <c>radapt demo</c>, and how the weights were made that are
/// part of the library (<see cref="ShippedWeights.PhantomTiny"/>).
/// </summary>
internal static class PhantomBackbone
{
    private const int Side = 64; // pixels
    private const string Licence = "MIT";

    /// <summary>Images of the weights that are part of the library.</summary>
    public static PhantomOptions Phantoms { get; } = new() { Count = 8000, Size = Side, Seed = 1000, Masks = false };

    /// <summary>Its dimensions, as options: 818,176 parameters.</summary>
    public static IReadOnlyDictionary<string, string> Architecture { get; } = new Dictionary<string, string>
    {
        ["backbone"] = "custom",
        ["image-size"] = Side.ToString(CultureInfo.InvariantCulture),
        ["patch-size"] = "8",
        ["depth"] = "4",
        ["width"] = "128",
        ["heads"] = "4",
    };

    /// <summary>One thread and the tensor library's products: the same bits every time on one machine.</summary>
    public static IReadOnlyDictionary<string, string> Compute { get; } = new Dictionary<string, string>
    {
        ["precision"] = "float32",
        ["products"] = "linear",
        ["threads"] = "1",
        ["loader-threads"] = "1",
    };

    private static IReadOnlyDictionary<string, string> Recipe { get; } = new Dictionary<string, string>
    {
        ["crop-scale"] = "0.5",
        ["epochs"] = "30",
        ["batch-size"] = "64",
        ["lr"] = "1e-3",
        ["warmup-epochs"] = "2",
        ["checkpoint-every"] = "0",
        ["check-pixels"] = "off",
        ["seed"] = "0",
    };

    /// <summary>Makes the weights that are part of the library. Called again with the same folder, it goes on where it stopped.</summary>
    /// <param name="folder">Where images and run are kept.</param>
    /// <param name="file">The weights, bfloat16.</param>
    /// <param name="onEpoch">Told the result of every epoch.</param>
    /// <param name="cancellation">Stops; the state is saved.</param>
    /// <exception cref="RadaptException">The folder is another's, or cannot be written.</exception>
    public static void Make(string folder, string file, Action<EpochResult>? onEpoch = null, CancellationToken cancellation = default)
    {
        string images = Path.Combine(folder, "phantoms");
        string run = Path.Combine(folder, "run");
        if (!Directory.Exists(images))
        {
            PhantomSet.Write(images, Phantoms, cancellation: cancellation);
        }

        if (!RunRecord.IsComplete(run))
        {
            var given = new Dictionary<string, string>([.. Architecture, .. Compute, .. Recipe])
            {
                ["images"] = Path.GetFullPath(Path.Combine(images, "images")),
            };
            RecipeLayer layer = RecipeLayer.From(given, "the recipe of phantom-tiny", PretrainingRecipe.MaeCatalogue);
            using MaskedPretraining pretraining = MaskedPretraining.Prepare([layer]);
            pretraining.Run(run, resume: new RunFolder(run).HasState, onEpoch: onEpoch, cancellation: cancellation);
        }

        Shorten(run, file);
    }

    /// <summary>Writes the encoder of a pre-training rounded to bfloat16, without the decoder.</summary>
    /// <param name="run">The pre-training's folder.</param>
    /// <param name="file">Where to write.</param>
    /// <exception cref="RadaptException">The run is not there, or the file cannot be written.</exception>
    public static void Shorten(string run, string file)
    {
        using var scope = NewDisposeScope();
        using CheckpointFile weights = CheckpointFile.Open(BackboneWeights.FileIn(run));
        var encoder = weights.Tensors.Where(t => !t.Name.StartsWith("decoder", StringComparison.Ordinal) && t.Name != "mask_token")
            .ToDictionary(t => t.Name, t => weights.ReadFloat32(t.Name).to(ScalarType.BFloat16));
        SafetensorsWriter.Write(file, encoder, new Dictionary<string, string>(weights.Metadata)
        {
            ["license"] = Licence,
            ["trained_on"] = "synthetic radiographs only (radapt data phantoms)",
        }, checksum: true);
    }
}
