using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Radapt.Tests.Cli;

/// <summary>
/// Slurm on this machine: one node, without accounts, with files, ports and keys of its own. Tests that need it are skipped where Slurm is
/// missing, or where they may not start it.
/// </summary>
public sealed class SlurmCluster : IAsyncLifetime
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    private readonly TemporaryFolder _folder = new();
    private readonly List<Process> _processes = [];

    /// <summary>Why there is no cluster; null: there is one.</summary>
    public string? Missing { get; private set; }

    /// <summary>What commands need in their environment.</summary>
    public IReadOnlyDictionary<string, string> Variables => new Dictionary<string, string> { ["SLURM_CONF"] = _folder["slurm.conf"] };

    public async ValueTask InitializeAsync()
    {
        string[] programs = ["munged", "slurmctld", "slurmd", "sbatch", "squeue", "scontrol", "scancel"];
        string? missing = Array.Find(programs, p => Find(p) is null);
        Missing = !OperatingSystem.IsLinux() ? "Slurm needs Linux" : missing is not null ? $"Slurm is not installed ({missing}); .ci/run installs it"
            : !Environment.IsPrivilegedProcess ? "only root can start Slurm's node here" : null;
        if (!OperatingSystem.IsLinux() || Missing is not null)
        {
            return;
        }

        foreach (string name in new[] { "munge", "state", "spool" })
        {
            Directory.CreateDirectory(_folder[name], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        await File.WriteAllBytesAsync(_folder["munge/key"], RandomNumberGenerator.GetBytes(1024));
        File.SetUnixFileMode(_folder["munge/key"], UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await File.WriteAllTextAsync(_folder["slurm.conf"], Configuration());
        Start("munged", "--foreground", "--force", $"--key-file={_folder["munge/key"]}", $"--socket={_folder["munge/socket"]}",
            $"--pid-file={_folder["munge/pid"]}", $"--seed-file={_folder["munge/seed"]}", $"--log-file={_folder["munge/log"]}");
        await Until(() => Task.FromResult(File.Exists(_folder["munge/socket"])));
        Start("slurmctld", "-D");
        Start("slurmd", "-D");
        await Until(async () => (await Run("sinfo", "--noheader", "--format=%t")).Contains("idle", StringComparison.Ordinal));
    }

    /// <summary>Runs one of Slurm's commands.</summary>
    /// <returns>What it wrote.</returns>
    public async Task<string> Run(string command, params string[] arguments)
    {
        using Process process = Process.Start(With(new ProcessStartInfo(Find(command)!, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        }))!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return output + await error;
    }

    /// <summary>Waits for something that Slurm does by itself.</summary>
    public async Task Until(Func<Task<bool>> isSo)
    {
        var watch = Stopwatch.StartNew();
        while (!await isSo())
        {
            Assert.True(watch.Elapsed < s_patience, $"Slurm did not become ready: {string.Join('\n', Logs())}");
            await Task.Delay(100);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (Process process in Enumerable.Reverse(_processes))
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
            process.Dispose();
        }

        _folder.Dispose();
    }

    private IEnumerable<string> Logs() => Directory.EnumerateFiles(_folder.Path, "*.log").SelectMany(f => File.ReadLines(f).TakeLast(5));

    private string Configuration()
    {
        string host = Dns.GetHostName();
        (int controller, int node) = (FreePort(), FreePort());
        return string.Create(CultureInfo.InvariantCulture, $"""
            ClusterName=test
            SlurmctldHost={host}(127.0.0.1)
            SlurmUser=root
            AuthType=auth/munge
            AuthInfo=socket={_folder["munge/socket"]}
            CredType=cred/munge
            SlurmctldPort={controller}
            SlurmdPort={node}
            StateSaveLocation={_folder["state"]}
            SlurmdSpoolDir={_folder["spool"]}
            SlurmctldPidFile={_folder["slurmctld.pid"]}
            SlurmdPidFile={_folder["slurmd.pid"]}
            SlurmctldLogFile={_folder["slurmctld.log"]}
            SlurmdLogFile={_folder["slurmd.log"]}
            ProctrackType=proctrack/linuxproc
            TaskPlugin=task/none
            MpiDefault=none
            SelectType=select/cons_tres
            SelectTypeParameters=CR_CPU
            SchedulerParameters=sched_interval=1,batch_sched_delay=0
            ReturnToService=2
            JobAcctGatherType=jobacct_gather/none
            AccountingStorageType=accounting_storage/none
            NodeName={host} NodeAddr=127.0.0.1 CPUs={Environment.ProcessorCount} State=UNKNOWN
            PartitionName=all Nodes=ALL Default=YES State=UP

            """);
    }

    private void Start(string program, params string[] arguments) => _processes.Add(Process.Start(With(new ProcessStartInfo(
        "sh", ["-c", "exec \"$0\" \"$@\" > \"$RADAPT_LOG\" 2>&1", Find(program)!, .. arguments])
    {
        Environment = { ["RADAPT_LOG"] = _folder[program + ".out.log"] },
    }))!);

    private ProcessStartInfo With(ProcessStartInfo start)
    {
        foreach ((string variable, string value) in Variables)
        {
            start.Environment[variable] = value;
        }

        return start;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static string? Find(string program) => new[] { "/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin" }
        .Select(f => Path.Combine(f, program)).FirstOrDefault(File.Exists);
}
