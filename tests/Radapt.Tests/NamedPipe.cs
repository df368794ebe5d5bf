namespace Radapt.Tests;

/// <summary>Named pipes, which look like files until somebody reads them.</summary>
internal static class NamedPipe
{
    /// <summary>Makes one that nobody writes to. The test is skipped where a file's type is not known before it is opened.</summary>
    public static string Make(string path)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "only Linux tells the type of a file before it is opened");
        using var make = System.Diagnostics.Process.Start("mkfifo", [path]);
        make.WaitForExit();
        Assert.Equal(0, make.ExitCode);
        return path;
    }
}
