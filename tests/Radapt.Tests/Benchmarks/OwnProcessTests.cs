using Radapt.Benchmarks;
using Radapt.Compute;

namespace Radapt.Tests.Benchmarks;

public class OwnProcessTests
{
    private static readonly ComputePlan s_plan = new("float32", "cpu", 1);

    [Fact]
    public void Run_BenchCommandWithRequest_GivesFiguresAndPeakMemoryOfThatProcess()
    {
        byte[] ballast = new byte[600 << 20];
        Array.Fill(ballast, (byte)1); // this process is larger than its child
        string output = Run(new StepRequest(BenchmarkedStep.TrainLora, TinyBenchmark.Options, s_plan));

        StepFigures figures = BenchmarkReport.Read(output);

        Assert.Equal(("train.lora", "float32"), (figures.Step, figures.Precision));
        Assert.True(figures.ImagesPerSecond > 0 && figures.FractionOfLimit > 0);
        Assert.InRange(figures.PeakMemoryMib, 30, Machine.PeakMemoryMib - 100);
        GC.KeepAlive(ballast);
    }

    [Fact]
    public void Run_ProcessThatFails_SaysSo()
    {
        var exception = Assert.Throws<RadaptException>(() => Run(new StepRequest("train.nothing", TinyBenchmark.Options, s_plan)));
        Assert.Contains("exit code 2", exception.Message, StringComparison.Ordinal);
    }

    private static string Run(StepRequest request) =>
        OwnProcess.Run(System.Reflection.Assembly.Load("radapt"), ["bench", "--request", request.ToArgument()],
            TestContext.Current.CancellationToken);
}
