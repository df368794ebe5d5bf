using Radapt.Training;

namespace Radapt.Studies;

/// <summary>
/// Trains the folds of a cross-validation, and shows them if it likes. The cross-validation decides which, in which order and where.
/// </summary>
internal interface IFoldRunner
{
    /// <summary>A fold is complete since an earlier session.</summary>
    /// <param name="fold">From 1.</param>
    /// <param name="folder">Its run folder.</param>
    void Skip(int fold, string folder);

    /// <summary>Reads data and weights of a fold, which may take minutes.</summary>
    /// <param name="prepare">Does it; its argument is told how many files' headers were read, of how many.</param>
    FineTuning Prepare(Func<IProgress<(int Read, int Files)>?, FineTuning> prepare);

    /// <summary>A fold is about to be trained; nothing of it is written yet. An exception ends the cross-validation.</summary>
    void Start(FoldRun fold, CancellationToken cancellation);

    /// <summary>Trains the fold in its folder, by <see cref="FineTuning.Run"/>.</summary>
    void Train(FoldRun fold, CancellationToken cancellation);
}
