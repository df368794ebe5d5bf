namespace Radapt.Studies.Work;

/// <summary>Where the data and weights of a study are.</summary>
/// <param name="Recipes">The folder that recipe files are relative to.</param>
/// <param name="Data">The folder that images and labels are relative to.</param>
/// <param name="Weights">The folder that checkpoints and run folders are relative to.</param>
internal sealed record StudyRoots(string Recipes, string Data, string Weights);
