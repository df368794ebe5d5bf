using System.Globalization;
using Radapt.Runs;

namespace Radapt.Studies;

/// <summary>The folder of a cross-validation, where a run is meant: its folds together.</summary>
internal static class FoldedRuns
{
    /// <summary>Whether a folder is that of a cross-validation rather than of one run.</summary>
    /// <exception cref="RadaptException"><c>run.json</c> is damaged.</exception>
    public static bool Is(string run) => Directory.Exists(run) && RunRecord.ReadUnlessRewritten(run)?.Folds is not null;

    /// <summary>The runs of all folds; a run or adapter file itself.</summary>
    /// <exception cref="RadaptException">The cross-validation is not complete.</exception>
    public static IReadOnlyList<string> Expand(string run)
    {
        if (!Is(run))
        {
            return [run];
        }

        int count = RunRecord.ReadUnlessRewritten(run)!.Folds!.Count;
        string[] folds = [.. Enumerable.Range(1, count).Select(f => FoldsFolder.FolderOf(run, f))];
        int complete = folds.Count(RunRecord.IsComplete);
        return complete == count ? folds
            : throw new RadaptException(string.Create(CultureInfo.InvariantCulture,
                $"{run}: {complete} of {count} folds of this cross-validation are complete. Complete it with radapt finetune --resume --out ")
                + $"{run}, or name the folder of one fold.");
    }
}
