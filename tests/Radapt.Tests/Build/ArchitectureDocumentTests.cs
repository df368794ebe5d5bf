namespace Radapt.Tests.Build;

/// <summary>docs/architecture.md describes the code as it is.</summary>
public sealed class ArchitectureDocumentTests
{
    private static readonly ArchitectureDocument s_document = new(
        File.ReadAllText(Path.Combine(Repository.Root, "docs", "architecture.md")).ReplaceLineEndings("\n"), FolderOrderTests.Folders);

    [Fact]
    public void Document_EveryName_Exists() => Assert.Empty(s_document.Unknown());

    [Fact]
    public void Document_EveryFolder_IsDescribed() => Assert.Empty(s_document.MissingFolders());

    [Fact]
    public void Document_TableOfFolders_HasTheOrderOfTheTest() =>
        Assert.Equal(FolderOrderTests.Folders.Where(f => ArchitectureDocument.Folders.Contains(f)), s_document.Rows());

    [Fact]
    public void ArchitectureDocument_MadeUpNames_AreFound()
    {
        var document = new ArchitectureDocument(
            "`Recipe` `TrainingLoop.OnUpdate` `Compute.Passes` `Metrics/NAME.cs` `run.json`\n"
                + "`Recepie` `TrainingLoop.OnUpdates` `Compute.Parses` `Metrics/NAMEMetric.cs` `Runs/RunFigure` `src/Radapt.Viewer`\n\n"
                + "| `Datasets` | `Tables` |\n| `Compute` | `Passes`, `Functions` |\n\n"
                + "What comes next has its place: `src/Radapt.Planned`.",
            FolderOrderTests.Folders);

        Assert.Equal(
            ["Recepie", "TrainingLoop.OnUpdates", "Compute.Parses", "Metrics/NAMEMetric.cs", "Runs/RunFigure", "src/Radapt.Viewer"],
            document.Unknown());
        Assert.Contains("Training", document.MissingFolders());
        Assert.Contains("Datasets/Matching", document.MissingFolders());
        Assert.DoesNotContain("Datasets/Tables", document.MissingFolders());
        Assert.DoesNotContain("Compute/Passes", document.MissingFolders());
        Assert.Equal(["Datasets", "Compute"], document.Rows());
    }
}
