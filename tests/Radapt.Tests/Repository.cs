namespace Radapt.Tests;

/// <summary>Where things lie on the machine that runs the tests.</summary>
internal static class Repository
{
    /// <summary>The folder that holds Radapt.slnx.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>
    /// A folder of real data (RADAPT_DATA, else ../shared/data). Skips the calling test with a message where it is missing.
    /// </summary>
    public static string RealData(string folder)
    {
        string? path = FindRealData(folder);
        Assert.SkipWhen(path is null, $"needs the data folder {folder} (set RADAPT_DATA)");
        return path!;
    }

    /// <summary>The same; null where it is missing.</summary>
    public static string? FindRealData(string folder)
    {
        string root = Environment.GetEnvironmentVariable("RADAPT_DATA") is { Length: > 0 } data ? data
            : Path.Combine(Root, "..", "shared", "data");
        string path = Path.GetFullPath(Path.Combine(root, folder), Root);
        return Directory.Exists(path) ? path : null;
    }

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Radapt.slnx")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("The tests run outside of a checkout.");
    }
}
