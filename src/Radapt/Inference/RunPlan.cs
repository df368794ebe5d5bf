using Radapt.Compute;
using Radapt.Options;
using Radapt.Recipes;
using TorchSharp;

namespace Radapt.Inference;

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
        string file = Path.Combine(runOrAdapter, RecipeFile.Name);
        var given = PartialRecipe.Merge(File.Exists(file) ? [RecipeFile.Read(file)] : []);
        var plan = new ComputePlan(
            given.Value((ComputeOptions c) => c.Precision).Spelled(), given.Value((ComputeOptions c) => c.Device).Spelled(),
            threads ?? given.Value((ComputeOptions c) => c.Threads, Machine.Current.PhysicalCores))
        {
            Products = given.Value((ComputeOptions c) => c.Products).Spelled(),
        };
        bool runsHere = plan.Device == DeviceKind.Cpu.Spelled() || torch.cuda.is_available();
        return runsHere ? plan : ComputePlan.Float32 with { Threads = plan.Threads };
    }
}
