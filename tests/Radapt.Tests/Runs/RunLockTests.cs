using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using Radapt.Runs;

namespace Radapt.Tests.Runs;

public sealed class RunLockTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // WORKFLOW B5: who lost the race for a folder has trained nothing that it could go on with.
    [Fact]
    public void IsOthers_OwnFreeForeignAndDead_OnlyForeign()
    {
        Assert.False(RunLock.IsOthers(_folder.Path));
        using (RunLock.Take("run", _folder.Path))
        {
            Assert.False(RunLock.IsOthers(_folder.Path));
        }

        Own(Other());
        Assert.True(RunLock.IsOthers(_folder.Path));
        Assert.Contains("another radapt is working in this folder",
            Assert.Throws<RadaptException>(() => RunLock.Take("run", _folder.Path)).Message, StringComparison.Ordinal);
        Own(Other() with { Started = DateTimeOffset.UnixEpoch }); // a later process of the same number
        Assert.False(RunLock.IsOthers(_folder.Path));
    }

    private void Own(ProcessOwner owner) => File.WriteAllText(_folder["owner.json"], JsonSerializer.Serialize(owner, RunFolder.Json));

    private static ProcessOwner Other()
    {
        foreach (Process process in Process.GetProcesses().Where(p => p.Id != Environment.ProcessId))
        {
            try
            {
                return new ProcessOwner(Environment.MachineName, process.Id, process.StartTime);
            }
            catch (Exception e) when (e is InvalidOperationException or Win32Exception)
            {
                // it has just ended, or may not be asked
            }
        }

        throw new InvalidOperationException("No other process is running.");
    }
}
