using System.IO.Hashing;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Radapt.Compute;
using Radapt.Training.Recipes;
using TorchSharp;

namespace Radapt.Training;

/// <summary>Reads what runs leave in their folders.</summary>
public static class RunFile
{
    internal const string Complete = "complete";
    private const string Checksum = "checksum";
    private static readonly JsonSerializerOptions s_indented = new(RunFolder.Json) { WriteIndented = true };

    /// <summary>The content of <c>run.json</c>: versions, machine, data fingerprint, figures.</summary>
    /// <param name="folder">The run folder.</param>
    /// <returns>Null where the folder has none.</returns>
    /// <exception cref="RadaptException">It is damaged or cannot be read.</exception>
    public static JsonObject? Read(string folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        string file = new RunFolder(folder).RunFile;
        try
        {
            JsonObject? run = File.Exists(file) ? JsonNode.Parse(File.ReadAllText(file), documentOptions: new() { AllowDuplicateProperties = false })?.AsObject() : null;
            return run?[Checksum] is not { } stored || stored.ToString() == ChecksumOf(run) ? run
                : throw new RadaptException($"{file}: is damaged: its content does not match its checksum. Take the run folder from its backup.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException)
        {
            throw new RadaptException($"{file}: cannot be read ({e.Message}). Take the run folder from its backup.", e);
        }
    }

    /// <summary>Writes a <c>run.json</c> with a checksum of itself, which is added to <paramref name="run"/>.</summary>
    internal static void Write(string file, JsonObject run)
    {
        run[Checksum] = ChecksumOf(run);
        AtomicFile.WriteText(file, run.ToJsonString(s_indented) + "\n");
    }

    // Of the text without white space, so that it holds for the file however it is laid out.
    private static string ChecksumOf(JsonObject run)
    {
        var content = (JsonObject)run.DeepClone();
        content.Remove(Checksum);
        return "xxh128:" + Convert.ToHexStringLower(XxHash128.Hash(Encoding.UTF8.GetBytes(content.ToJsonString(RunFolder.Json))));
    }

    /// <summary>How a run was computed, so that it predicts as it was tested; float32 on the CPU where the folder has no recipe.</summary>
    /// <param name="runOrAdapter">Run folder or adapter file.</param>
    /// <param name="threads">Threads of the tensor kernels; null: the run's, else the machine's cores.</param>
    /// <exception cref="RadaptException">The recipe is damaged.</exception>
    public static ComputePlan ReadPlan(string runOrAdapter, int? threads = null)
    {
        ArgumentNullException.ThrowIfNull(runOrAdapter);
        string file = new RunFolder(runOrAdapter).RecipeFile;
        Recipe? recipe = File.Exists(file) ? RecipeResolver.Partial([RecipeFile.Read(file)]) : null;
        bool runsHere = recipe is not null && (recipe.Device == "cpu" || torch.cuda.is_available());
        int used = threads ?? (recipe?.Threads > 0 ? recipe.Threads : Machine.Current.PhysicalCores);
        return runsHere ? new ComputePlan(recipe!.Precision, recipe.Device, used) { Products = recipe.Products } : ComputePlan.Float32 with { Threads = used };
    }

    /// <summary>Whether the run in this folder went to its end, so that nothing is left to resume.</summary>
    /// <exception cref="RadaptException"><c>run.json</c> is damaged or cannot be read, though the run ended.</exception>
    public static bool IsComplete(string folder) => ReadUnlessRewritten(folder)?["status"]?.ToString() == Complete;

    /// <summary>The content of <c>run.json</c>; null also where it is damaged and the run is unfinished, since what it said is then written again.</summary>
    /// <exception cref="RadaptException">It is damaged or cannot be read, though the run ended.</exception>
    internal static JsonObject? ReadUnlessRewritten(string folder)
    {
        try
        {
            return Read(folder);
        }
        catch (RadaptException) when (new RunFolder(folder).IsUnfinished)
        {
            return null;
        }
    }

    /// <summary>A line for people where a run folder's adapter is that of a run that has not come to its end; else null.</summary>
    /// <param name="runOrAdapter">Run folder or adapter file.</param>
    public static string? UnfinishedNote(string runOrAdapter)
    {
        ArgumentNullException.ThrowIfNull(runOrAdapter);
        return new RunFolder(runOrAdapter).IsUnfinished && File.Exists(new RunFolder(runOrAdapter).RecipeFile) && !IsComplete(runOrAdapter)
            ? $"{runOrAdapter}: this run is not finished; its adapter is that of the best epoch so far. --resume goes on with it."
            : null;
    }
}
