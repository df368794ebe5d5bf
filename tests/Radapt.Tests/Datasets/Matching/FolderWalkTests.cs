using Radapt.Datasets.Matching;

namespace Radapt.Tests.Datasets.Matching;

public sealed class FolderWalkTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // K16
    [Fact]
    public void Files_LinksToFoldersAboveAndBeside_ListEveryFolderOnce()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links need rights there");
        Directory.CreateDirectory(_folder["root/deep"]);
        Directory.CreateDirectory(_folder["beside"]);
        File.WriteAllText(_folder["root/deep/a.png"], "a");
        File.WriteAllText(_folder["beside/b.png"], "b");
        Directory.CreateSymbolicLink(_folder["root/deep/up"], _folder["root"]);
        Directory.CreateSymbolicLink(_folder["root/0-to-deep"], "deep");
        Directory.CreateSymbolicLink(_folder["root/other"], _folder["beside"]);
        Directory.CreateSymbolicLink(_folder["root/other-again"], _folder["beside"]);
        Directory.CreateSymbolicLink(_folder["way"], _folder["root"]);
        Assert.Equal(["deep/a.png", "other/b.png"], Names(_folder["root"]));
        Assert.Equal(["deep/a.png", "other/b.png"], Names(_folder["way"]));
        Assert.Equal(["deep/a.png", "other/b.png"], Names(_folder["root"] + Path.DirectorySeparatorChar)); // C10
    }

    private static string[] Names(string root) =>
        [.. FolderWalk.Files(root).Select(f => Path.GetRelativePath(root, f).Replace('\\', '/')).Order()];
}
