using System.Diagnostics;
using System.Globalization;

namespace Radapt.Tests;

public class ProcessOwnerTests
{
    [Fact]
    public void IsAlive_ThisProcess_IsSo() => Assert.True(ProcessOwner.This.IsAlive());

    [Fact]
    public void IsAlive_LaterProcessOfTheNumber_IsNotSo() =>
        Assert.False((ProcessOwner.This with { Started = ProcessOwner.This.Started.AddMinutes(-5) }).IsAlive());

    [Fact]
    public void IsAlive_OtherMachine_IsNotKnown() => Assert.Null((ProcessOwner.This with { Host = "elsewhere" }).IsAlive());

    // Such as a rank that was killed and whose parent is gone, too.
    [Fact]
    public async Task IsAlive_EndedProcessThatNobodyHasAskedFor_IsNotSo()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs /proc");
        using Process parent = Process.Start(new ProcessStartInfo("sh", ["-c", "exec 3<&0; sh -c 'read x <&3' & echo $!; exec sleep 600"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        try
        {
            string line = (await parent.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken))!;
            int child = int.Parse(line, CultureInfo.InvariantCulture);
            while (File.ReadAllText($"/proc/{parent.Id}/comm").Trim() != "sleep") // which asks for no child
            {
                await Task.Delay(20, TestContext.Current.CancellationToken);
            }

            parent.StandardInput.Close(); // the child has waited for it
            while (!File.ReadAllText($"/proc/{child}/stat").Contains(") Z ", StringComparison.Ordinal))
            {
                await Task.Delay(20, TestContext.Current.CancellationToken);
            }

            using var ended = Process.GetProcessById(child);
            Assert.False(new ProcessOwner(Environment.MachineName, child, ended.StartTime).IsAlive());
        }
        finally
        {
            parent.Kill();
        }
    }
}
