using ArchUnitNET.Loader;

namespace Radapt.Tests.Build;

/// <summary>"Data flows downwards": docs/architecture.md.</summary>
public class FolderOrderTests
{
    /// <summary>The folders of the library; each may use those before it.</summary>
    internal static IReadOnlyList<string> Folders { get; } =
    [
        "Options", "Compute", "Distribution", "Imaging", "RadiologyReports", "Metrics", "Datasets", "Batching", "Checkpoints", "Models",
        "Adaptation", "Recipes", "Inference", "Runs", "Evaluation", "Training", "Pretraining", "Export", "Pacs", "Pages", "Studies",
        "Reporting", "Benchmarks", "Hosting",
    ];

    private static readonly FolderOrder s_library = new("Radapt", [.. Folders]);

    [Fact]
    public void Library_EveryReference_FollowsTheOrder() =>
        Assert.Empty(s_library.Violations(new ArchLoader().LoadAssembly(typeof(RadaptException).Assembly).Build()));

    [Fact]
    public void FolderOrder_MadeUpFolders_FindsEveryKindOfReference()
    {
        const string Root = "Radapt.Tests.Build.MadeUp";
        var order = new FolderOrder(Root, "Upper", "Lower");

        IReadOnlyList<string> found = order.Violations(new ArchLoader().LoadAssembly(typeof(FolderOrderTests).Assembly).Build());

        string[] users = ["CallsInAsync", "CallsInIterator", "CallsInLambda", "CallsStatic", "HasField", "HasParameter",
            "Inherits", "NamesType"];
        Assert.Equal(
            [
                $"{Root}.Forgotten.Anything: its folder has no place in the order",
                .. users.Append("Implements").Select(u => $"{Root}.Upper.{u} uses {Root}.Lower.{(u == "Implements" ? "IThing" : "Thing")}")
                    .Order(StringComparer.Ordinal),
            ],
            found);
    }

    [Fact]
    public void FolderOrder_OtherWayRound_FindsNoneOfThem()
    {
        var order = new FolderOrder("Radapt.Tests.Build.MadeUp", "Lower", "Upper", "Forgotten");
        Assert.Empty(order.Violations(new ArchLoader().LoadAssembly(typeof(FolderOrderTests).Assembly).Build()));
    }
}
