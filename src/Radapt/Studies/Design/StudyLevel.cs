namespace Radapt.Studies.Design;

/// <summary>One of the values that a factor takes: an entry of a section of the study file.</summary>
/// <param name="Factor">The factor.</param>
/// <param name="Key">Names it in folders, filters and tables for programs, such as <c>lora</c>.</param>
/// <param name="Title">For people, such as <c>LoRA, rank 4</c>.</param>
/// <param name="Settings">What its cells are given.</param>
internal sealed record StudyLevel(StudyFactor Factor, string Key, string Title, StudySettings Settings)
{
    /// <summary>The key in names of folders and recipes: <c>10</c> for <c>10%</c>.</summary>
    public string Word => Key.Replace("%", "", StringComparison.Ordinal);
}
