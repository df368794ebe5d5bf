using Radapt.Compute;
using Radapt.Runs;
using Radapt.Training.Recipes;
using TorchSharp;

namespace Radapt.Training;

/// <summary>Finds how a run was computed.</summary>
internal static class RunPlan
{
    /// <summary>How a run was computed, so that it predicts as it was tested; float32 on the CPU where the folder has no recipe.</summary>
    /// <param name="runOrAdapter">Run folder or adapter file.</param>
    /// <param name="threads">Threads of the tensor kernels; null: the run's, else the machine's cores.</param>
    /// <exception cref="RadaptException">The recipe is damaged.</exception>
    public static ComputePlan Read(string runOrAdapter, int? threads = null)
    {
        ArgumentNullException.ThrowIfNull(runOrAdapter);
        string file = new RunFolder(runOrAdapter).RecipeFile;
        Recipe? recipe = File.Exists(file) ? RecipeResolver.Partial([RecipeFile.Read(file)]) : null;
        bool runsHere = recipe is not null && (recipe.Device == "cpu" || torch.cuda.is_available());
        int used = threads ?? (recipe?.Threads > 0 ? recipe.Threads : Machine.Current.PhysicalCores);
        return runsHere ? new ComputePlan(recipe!.Precision, recipe.Device, used)
        {
            Products = recipe.Products,
        } : ComputePlan.Float32 with { Threads = used };
    }
}
