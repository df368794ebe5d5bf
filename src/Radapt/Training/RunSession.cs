using Radapt.Recipes;
using Radapt.Runs;

namespace Radapt.Training;

/// <summary>
/// A session that works on a run: it alone works in the folder, by the recipe that the run began with. A run that fails before it has a
/// state leaves nothing behind.
/// </summary>
internal static class RunSession
{
    /// <summary>Begins a run, or continues one, and completes it.</summary>
    /// <param name="folder">An empty or new folder; with <paramref name="resume"/> that of the run to continue.</param>
    /// <param name="resume">Continue the run in the folder.</param>
    /// <param name="recipe">The recipe.</param>
    /// <param name="values">Its values, and who decided each.</param>
    /// <param name="work">What the run does.</param>
    /// <exception cref="RadaptException">The folder is not empty or has nothing to resume, another session works in it, or the recipe is
    /// not
    /// the run's.</exception>
    public static T Run<T>(
        string folder, bool resume, IRecipe recipe, IReadOnlyList<ResolvedValue> values, Func<RunFolder, T> work)
    {
        var run = new RunFolder(folder);
        using RunLock held = resume ? run.Reopen() : run.Create();
        T result;
        try
        {
            if (resume)
            {
                RecipeIdentity.RequireSame(run, recipe);
            }
            else
            {
                RecipeFile.Write(recipe, values, run.RecipeFile);
            }

            result = work(run);
        }
        catch when (!resume && !run.HasState)
        {
            run.Discard(held);
            throw;
        }

        run.Complete(held);
        return result;
    }
}
