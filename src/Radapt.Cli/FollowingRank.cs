using Radapt.Distribution;
using Radapt.Options;
using Radapt.Pretraining;
using Radapt.Training;

namespace Radapt.Cli;

/// <summary>A rank other than the first: it trains by the recipe of rank 0, whatever its own command line says.</summary>
internal static class FollowingRank
{
    /// <summary>Helps rank 0 to fine-tune.</summary>
    /// <param name="group">The ranks.</param>
    /// <param name="interrupted">Asks all ranks to stop.</param>
    /// <returns>The exit code.</returns>
    public static int FineTune(IProcessGroup group, CancellationToken interrupted)
    {
        string recipe = group.Share();
        if (recipe.Length > 0)
        {
            ProcessSettings.PrepareCompute();
            FineTuning.Follow(group, recipe, r => ProcessSettings.UseThreads(r.Compute.Threads), interrupted);
        }

        return ExitCode.Done;
    }

    /// <summary>Helps rank 0 to pre-train.</summary>
    /// <param name="group">The ranks.</param>
    /// <param name="catalogue">The options of this kind of pre-training.</param>
    /// <param name="interrupted">Asks all ranks to stop.</param>
    /// <returns>The exit code.</returns>
    public static int Pretrain(IProcessGroup group, OptionCatalogue catalogue, CancellationToken interrupted)
    {
        string recipe = group.Share();
        if (recipe.Length > 0)
        {
            ProcessSettings.PrepareCompute();
            MaskedPretraining.Follow(group, recipe, catalogue, r => ProcessSettings.UseThreads(r.Compute.Threads), interrupted);
        }

        return ExitCode.Done;
    }

    /// <summary>Tells the other ranks that there is nothing to do; called by rank 0.</summary>
    public static void Dismiss(IProcessGroup group) => group.Share();
}
