using Radapt.Studies.Launching;

namespace Radapt.Tests.Studies.Launching;

public class SlurmQueueTests
{
    private const string Remembered = """
        JobId=19 ArrayJobId=17 ArrayTaskId=1 JobName=x UserId=u(1) JobState=RUNNING Reason=None
        JobId=18 ArrayJobId=17 ArrayTaskId=0 JobName=x UserId=u(1) JobState=FAILED Reason=NonZeroExitCode ExitCode=3:0
        JobId=17 ArrayJobId=17 ArrayTaskId=2-4%2 JobName=x UserId=u(1) JobState=PENDING Reason=Resources

        """;

    [Fact]
    public void Read_ClusterWithoutAccounts_TakesWhatIsRemembered()
    {
        var queue = new SlurmQueue(new Told(new()
        {
            ["squeue"] = "17|1|RUNNING\n17|2|PENDING\n17|3|PENDING\n17|4|PENDING\n9|0|RUNNING\n21|N/A|RUNNING\n",
            ["scontrol"] = Remembered,
        }));
        IReadOnlyDictionary<(string Job, int Task), SlurmTask> tasks = queue.Read(["17"]);
        Assert.Equal([0, 1, 2, 3, 4], tasks.Keys.Select(k => k.Task).Order());
        Assert.Equal(new SlurmTask("FAILED", false), tasks[("17", 0)]);
        Assert.True(tasks[("17", 1)].IsRunning);
        Assert.True(tasks[("17", 3)] is { IsLive: true, IsRunning: false });
    }

    [Fact]
    public void Read_ClusterWithAccounts_TakesTheirStates()
    {
        var queue = new SlurmQueue(new Told(new()
        {
            ["squeue"] = "",
            ["sacct"] = "17_0|COMPLETED\n17_1|CANCELLED by 1000\n17_2|OUT_OF_MEMORY\n17_[3-4]|PENDING\n17_5|NODE_FAIL\n"
                + "17_[6-7,9%2]|CANCELLED by 1\n",
        }));
        IReadOnlyDictionary<(string Job, int Task), SlurmTask> tasks = queue.Read(["17"]);
        Assert.Equal(["COMPLETED", "CANCELLED", "OUT_OF_MEMORY", "NODE_FAIL", "CANCELLED", "CANCELLED", "CANCELLED"],
            tasks.Values.Select(t => t.State));
        Assert.Equal([0, 1, 2, 5, 6, 7, 9], tasks.Keys.Select(k => k.Task));
        Assert.Equal([false, true, true, false, true, true, true], tasks.Values.Select(t => t.IsFinal));
    }

    [Fact]
    public void Read_SlurmDoesNotAnswer_IsOneLine() => Assert.Contains("squeue does not answer: slurm_load_jobs error: Unable to contact",
        Assert.Throws<RadaptException>(() => new SlurmQueue(new Told([])).Read([])).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("17\n")]
    [InlineData("17;cluster\n")]
    public void Submit_Accepted_IsTheNumberOfTheJob(string said) =>
        Assert.Equal("17", new SlurmQueue(new Told(new() { ["sbatch"] = said })).Submit("job.sh"));

    [Fact]
    public void Submit_Refused_SaysWhy() => Assert.Contains("sbatch refused job.sh: slurm_load_jobs error",
        Assert.Throws<RadaptException>(() => new SlurmQueue(new Told([])).Submit("job.sh")).Message, StringComparison.Ordinal);

    private sealed class Told(Dictionary<string, string> outputs) : ISchedulerCommands
    {
        public (bool Succeeded, string Output, string Error) Run(string command, params IReadOnlyList<string> arguments) =>
            outputs.TryGetValue(command, out string? output) ? (true, output, "")
                : (false, "", "\nslurm_load_jobs error: Unable to contact slurm controller (connect failure)\n");
    }
}
