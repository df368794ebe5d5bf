using Radapt.Cli;

namespace Radapt.Tests.Cli;

public sealed class FailuresTests
{
    [Fact] // K22
    public void WriteDetails_Fault_IsOnlyForItsOwnerAndNamesNobody()
    {
        using var folder = new TemporaryFolder();
        IReadOnlySet<string> words = Failures.CommandWords;
        try
        {
            Failures.CommandWords = new HashSet<string> { "predict", "--weights" };
            Exception fault = Assert.Throws<InvalidOperationException>(Fail);
            string[] line = ["predict", "run", "/scans/Muster^Erika.dcm", "--weights", "w.pth", "--weights=/scans/Erika.pth"];
            string[] files = [.. Enumerable.Range(0, 2).Select(_ => Failures.WriteDetails(folder.Path, fault, line)!)];
            string text = File.ReadAllText(files[0]);
            Assert.All(["predict --weights", "InvalidOperationException", "IOException", nameof(Fail)],
                t => Assert.Contains(t, text, StringComparison.Ordinal));
            Assert.All(["Erika", "w.pth", "scans"], t => Assert.DoesNotContain(t, text, StringComparison.Ordinal));
            Assert.Matches("radapt-failure-[0-9a-f]{32}\\.txt$", files[0]);
            Assert.NotEqual(files[0], files[1]);
            if (!OperatingSystem.IsWindows())
            {
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(files[0]));
            }
        }
        finally
        {
            Failures.CommandWords = words;
        }
    }

    [Fact] // P1
    public void FaultLine_MessageWithAPath_IsLeftOut() => Assert.Equal(
        "this is a bug in radapt itself (InvalidOperationException), not in your data",
        Failures.FaultLine(Assert.Throws<InvalidOperationException>(Fail)));

    private static void Fail() => throw new InvalidOperationException("/scans/Muster^Erika.dcm", new IOException("Erika"));
}
