using Radapt.Training;

namespace Radapt.Studies;

/// <summary>The run of one fold, ready to be trained.</summary>
/// <param name="Fold">From 1.</param>
/// <param name="Folds">The number of folds.</param>
/// <param name="FineTuning">The run; the cross-validation disposes it.</param>
/// <param name="Folder">Its folder.</param>
/// <param name="StudyFolder">The folder of all folds.</param>
/// <param name="Resumes">Whether it goes on from its folder.</param>
internal sealed record FoldRun(int Fold, int Folds, FineTuning FineTuning, string Folder, string StudyFolder, bool Resumes);
