using System.Text.Json;
using System.Text.Json.Nodes;
using Radapt.Compute;
using Radapt.Training.Recipes;
using TorchSharp;

namespace Radapt.Training;

/// <summary>Reads what runs leave in their folders.</summary>
public static class RunFile
{
    /// <summary>The content of <c>run.json</c>: versions, machine, data fingerprint, figures.</summary>
    /// <param name="folder">The run folder.</param>
    /// <returns>Null where the folder has none.</returns>
    /// <exception cref="RadaptException">It is damaged or cannot be read.</exception>
    public static JsonObject? Read(string folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        string file = new RunFolder(folder).Run;
        try
        {
            return File.Exists(file) ? JsonNode.Parse(File.ReadAllText(file))?.AsObject() : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException)
        {
            throw new RadaptException($"{file}: cannot be read ({e.Message}). Take the run folder from its backup.", e);
        }
    }

    /// <summary>How a run was computed, so that it predicts as it was tested; float32 on the CPU where the folder has no recipe.</summary>
    /// <param name="runOrAdapter">Run folder or adapter file.</param>
    /// <param name="threads">Threads of the tensor kernels; null: the run's, else the machine's cores.</param>
    /// <exception cref="RadaptException">The recipe is damaged.</exception>
    public static ComputePlan ReadPlan(string runOrAdapter, int? threads = null)
    {
        ArgumentNullException.ThrowIfNull(runOrAdapter);
        string file = new RunFolder(runOrAdapter).Recipe;
        Recipe? recipe = File.Exists(file) ? RecipeResolver.Partial([RecipeFile.Read(file)]) : null;
        bool runsHere = recipe is not null && (recipe.Device == "cpu" || torch.cuda.is_available());
        int used = threads ?? (recipe?.Threads > 0 ? recipe.Threads : Machine.Current.PhysicalCores);
        return runsHere ? new ComputePlan(recipe!.Precision, recipe.Device, used) { Products = recipe.Products } : ComputePlan.Float32 with { Threads = used };
    }

    /// <summary>Whether the run in this folder went to its end, so that nothing is left to resume.</summary>
    /// <exception cref="RadaptException"><c>run.json</c> is damaged or cannot be read.</exception>
    public static bool IsComplete(string folder) => Read(folder)?["status"]?.ToString() == "complete";
}
